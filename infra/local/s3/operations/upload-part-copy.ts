import { encryptionHeaders, quoted, xmlAnswer, xmlDate } from '../answers.ts';
import { checksumElement } from '../body/checksums.ts';
import { digestContent, MAX_UPLOAD } from '../body/receive.ts';
import { readCopySource } from '../copy-source.ts';
import { invalidArgument, invalidRequest, S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { ByteRange } from '../ranges.ts';
import { sizeOf, sliceExtents } from '../store/blobs.ts';
import { readPartNumber, uploadOf } from '../uploads.ts';
import { leaf, xmlDocument } from '../xml.ts';

/**
 * A part shares the bytes of the original, which are only read for their sums.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
export const uploadPartCopy = s3Operation(async (request, context) => {
  const number = readPartNumber(request.query);
  const upload = uploadOf(request, context);
  const { object } = readCopySource(request, context);
  const range = readCopyRange(request.header('x-amz-copy-source-range'), object.size);
  const content = range === undefined ? object.content : sliceExtents(object.content, range.from, range.to);
  const size = sizeOf(content);
  if (size > MAX_UPLOAD) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD}`,
    );
  }
  const { blobs } = context.buckets;
  blobs.retain(content);
  try {
    const { md5, checksum } = await digestContent(blobs, content, upload.algorithm);
    uploadOf(request, context);
    const modified = context.now();
    const part = { number, size, etag: md5, checksum, modified, content };
    bucketOf(context, request.bucket).objects.putPart(upload.id, part);
    return xmlAnswer(
      xmlDocument(
        'CopyPartResult',
        leaf('LastModified', xmlDate(modified)),
        leaf('ETag', quoted(md5)),
        upload.chosen ? leaf(checksumElement(upload.algorithm), checksum) : undefined,
      ),
      encryptionHeaders(upload.encryption),
    );
  } finally {
    blobs.release(content);
  }
});

function readCopyRange(given: string | undefined, size: number): ByteRange | undefined {
  if (given === undefined) return undefined;
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(given) ?? [];
  const range = { from: Number(first), to: Number(last) };
  if (first === undefined || last === undefined || range.from > range.to) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      given,
    );
  }
  if (range.to < size) return range;
  throw new S3Error(400, 'InvalidRange', `Range specified is not valid for source object of size: ${size}`);
}
