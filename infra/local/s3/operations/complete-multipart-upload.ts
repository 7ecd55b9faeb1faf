import { createHash } from 'node:crypto';
import type { XmlElement } from '@rgrove/parse-xml';
import { encryptionHeaders, quoted, xmlAnswer } from '../answers.ts';
import { checksumElement, checksumHeader, combineChecksums } from '../body/checksums.ts';
import { receiveDocument } from '../body/receive.ts';
import { storeObject } from '../changes.ts';
import { checkWritable } from '../conditions.ts';
import { invalidArgument, invalidRequest, malformedXml, S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { Upload, UploadedPart } from '../store/bucket.ts';
import { MOST_PARTS, uploadOf } from '../uploads.ts';
import { childrenOf, leaf, parseDocument, requiredText, textOf, xmlDocument } from '../xml.ts';

/** Bytes of every part but the last. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const SMALLEST_PART = 5 * 1024 * 1024;

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const completeMultipartUpload = s3Operation(async (request, context) => {
  const before = uploadOf(request, context);
  checkWritable(request, bucketOf(context, request.bucket).objects.get(request.key));
  const { body } = await receiveDocument(request);
  const asked = readParts(
    parseDocument(body, 'CompleteMultipartUpload', 'CompleteMultipartUploadRequest'),
    before,
  );
  // As it is now, in one go with what follows: parts may have come meanwhile.
  const upload = uploadOf(request, context);
  const parts = chosenParts(asked, upload, bucketOf(context, request.bucket).objects.parts(upload.id));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const { algorithm, checksumType: type } = upload;
  const summed = parts.map((part) => ({ value: part.checksum, size: part.size }));
  const checksum = { algorithm, type, value: combineChecksums(algorithm, type, summed) };
  checkPromises(request, upload, size, checksum.value);
  const { headers, metadata, tags, storageClass, encryption } = upload;
  const object = storeObject(
    context,
    request,
    {
      attributes: { headers, metadata, tags, storageClass, encryption },
      size,
      etag: etagOf(parts),
      content: parts.flatMap((part) => part.content),
      checksum,
      parts: parts.map(({ number, size: bytes, checksum: sum }) => ({ number, size: bytes, checksum: sum })),
    },
    {
      event: 'ObjectCreated:CompleteMultipartUpload',
      check: (existing) => checkWritable(request, existing),
      uploadId: upload.id,
    },
  );
  return xmlAnswer(
    xmlDocument(
      'CompleteMultipartUploadResult',
      leaf(
        'Location',
        `http://${request.header('host') ?? request.header(':authority') ?? 'localhost'}${request.resource}`,
      ),
      leaf('Bucket', request.bucket),
      leaf('Key', request.key),
      leaf('ETag', quoted(object.etag)),
      leaf(checksumElement(algorithm), checksum.value),
      leaf('ChecksumType', type),
    ),
    encryptionHeaders(encryption),
  );
});

interface AskedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksum: string | undefined;
}

function readParts(document: XmlElement, upload: Upload): AskedPart[] {
  const parts = childrenOf(document, 'Part').map((part) => ({
    number: Number(requiredText(part, 'PartNumber')),
    etag: requiredText(part, 'ETag').replace(/^"|"$/g, ''),
    checksum: textOf(part, checksumElement(upload.algorithm)),
  }));
  if (parts.length === 0) throw malformedXml();
  for (const { number } of parts) {
    if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) continue;
    throw invalidArgument('PartNumber must be >= 1', 'partNumber', String(number));
  }
  if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1]!.number)) {
    throw new S3Error(
      400,
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      { UploadId: upload.id },
    );
  }
  return parts;
}

function chosenParts(
  asked: readonly AskedPart[],
  upload: Upload,
  uploaded: readonly UploadedPart[],
): UploadedPart[] {
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const { algorithm, checksumType } = upload;
  const parts = asked.map(({ number, etag, checksum }) => {
    const part = byNumber.get(number);
    if (part === undefined || part.etag !== etag) throw invalidPart(upload, number, etag);
    if (checksum !== undefined && checksum !== part.checksum) throw invalidPart(upload, number, etag);
    if (checksum === undefined && upload.chosen && checksumType === 'COMPOSITE') {
      throw invalidRequest(
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    return part;
  });
  const small = parts.slice(0, -1).find(({ size }) => size < SMALLEST_PART);
  if (small !== undefined) {
    throw new S3Error(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      {
        ProposedSize: small.size,
        MinSizeAllowed: SMALLEST_PART,
        PartNumber: small.number,
        ETag: small.etag,
      },
    );
  }
  return parts;
}

function invalidPart({ id }: Upload, number: number, etag: string): S3Error {
  return new S3Error(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: id, PartNumber: number, ETag: etag },
  );
}

/** What the client says of the whole. */
function checkPromises(request: S3Request, upload: Upload, size: number, checksum: string): void {
  const told = request.header('x-amz-mp-object-size');
  if (told !== undefined && told !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${told} does not match what was computed: ${size}`,
    );
  }
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (type !== undefined && type !== upload.checksumType) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const value = request.header(checksumHeader(upload.algorithm));
  if (value !== undefined && value !== checksum && value !== checksum.replace(/-\d+$/, '')) {
    throw new S3Error(
      400,
      'BadDigest',
      `The ${upload.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    );
  }
}

/** MD5 of the parts' MD5s, and how many they are. */
function etagOf(parts: readonly UploadedPart[]): string {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}
