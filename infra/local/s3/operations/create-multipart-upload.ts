import { encryptionHeaders, xmlAnswer } from '../answers.ts';
import { readAttributes } from '../attributes.ts';
import type { ChecksumAlgorithm, ChecksumType } from '../body/checksums.ts';
import { DEFAULT_ALGORITHM, isChecksumAlgorithm, multipartTypes } from '../body/checksums.ts';
import { newId } from '../changes.ts';
import { invalidRequest } from '../errors.ts';
import { bucketOf, checkKey, s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload = s3Operation((request, context) => {
  const { record, objects } = bucketOf(context, request.bucket);
  checkKey(request.key);
  const attributes = readAttributes(request, record.encryption);
  const checksum = readChecksumChoice(request);
  const id = newId();
  objects.beginUpload({ id, key: request.key, initiated: context.now(), ...attributes, ...checksum });
  return xmlAnswer(
    xmlDocument(
      'InitiateMultipartUploadResult',
      leaf('Bucket', request.bucket),
      leaf('Key', request.key),
      leaf('UploadId', id),
    ),
    {
      ...encryptionHeaders(attributes.encryption),
      ...(checksum.chosen
        ? {
            'x-amz-checksum-algorithm': checksum.algorithm,
            'x-amz-checksum-type': checksum.checksumType,
          }
        : {}),
    },
  );
});

function readChecksumChoice(request: S3Request): {
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  readonly chosen: boolean;
} {
  const named = request.header('x-amz-checksum-algorithm')?.toUpperCase();
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (named === undefined) {
    if (type === undefined)
      return { algorithm: DEFAULT_ALGORITHM, checksumType: 'FULL_OBJECT', chosen: false };
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  if (!isChecksumAlgorithm(named)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const types = multipartTypes(named);
  const checksumType = type === undefined ? types[0] : types.find((one) => one === type);
  if (checksumType === undefined) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${named.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm: named, checksumType, chosen: true };
}
