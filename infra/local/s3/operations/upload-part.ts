import { emptyAnswer, encryptionHeaders, quoted } from '../answers.ts';
import { refuseWhatIsNotHere } from '../attributes.ts';
import { type ChecksumAlgorithm, checksumHeader } from '../body/checksums.ts';
import { receiveContent } from '../body/receive.ts';
import { invalidRequest } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { Upload } from '../store/bucket.ts';
import { readPartNumber, uploadOf } from '../uploads.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart = s3Operation(async (request, context) => {
  const number = readPartNumber(request.query);
  const upload = uploadOf(request, context);
  refuseWhatIsNotHere(request);
  const { blobs } = context.buckets;
  const received = await receiveContent(request, blobs, (brought) => checkAlgorithm(upload, brought));
  const { size, md5, algorithm, checksum, content, brought } = received;
  try {
    // It may have ended while its part came.
    uploadOf(request, context);
    const part = { number, size, etag: md5, checksum, modified: context.now(), content };
    bucketOf(context, request.bucket).objects.putPart(upload.id, part);
  } finally {
    blobs.release(content);
  }
  return emptyAnswer(200, {
    ETag: quoted(md5),
    ...(brought === undefined ? {} : { [checksumHeader(brought.algorithm)]: brought.value }),
    ...(brought === undefined && upload.chosen ? { [checksumHeader(algorithm)]: checksum } : {}),
    ...encryptionHeaders(upload.encryption),
  });
});

/** An upload that was begun for one algorithm takes no part that is summed with another. */
function checkAlgorithm(
  { algorithm, chosen }: Upload,
  brought: ChecksumAlgorithm | undefined,
): ChecksumAlgorithm {
  if (brought === undefined || brought === algorithm || !chosen) return algorithm;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${brought.toLowerCase()}`,
  );
}
