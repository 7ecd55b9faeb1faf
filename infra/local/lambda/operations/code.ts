import type { Input } from '../../protocol/validation.ts';
import { invalidParameter, LambdaError } from '../errors.ts';
import { CODE_LIMITS } from '../functions/code-store.ts';
import type { ReadObject } from '../operation.ts';

/** Where a request has a function's code. */
export const CODE = {
  ZipFile: { type: 'Blob' },
  S3Bucket: { type: 'String', min: 3, max: 63 },
  S3Key: { type: 'String', min: 1, max: 1024 },
  S3ObjectVersion: { type: 'String', min: 1, max: 1024 },
  ImageUri: { type: 'String' },
} as const;

/**
 * The archive that a request gives, or names in S3.
 *
 * @throws LambdaError InvalidParameterValueException
 */
export async function archiveOf(code: Input<typeof CODE>, readObject: ReadObject): Promise<Buffer> {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri } = code;
  if (ImageUri !== undefined) throw invalidParameter('The local Lambda does not offer container images.');
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    }
    return withinLimit(Buffer.from(ZipFile, 'base64'));
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('Please provide a source for function code.');
  }
  const found = await readObject(S3Bucket, S3Key, S3ObjectVersion);
  if (found === undefined) {
    throw invalidParameter(
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    );
  }
  if (found.length > CODE_LIMITS.unzipped) {
    throw invalidParameter(`Unzipped size must be smaller than ${CODE_LIMITS.unzipped} bytes`);
  }
  return found;
}

function withinLimit(archive: Buffer): Buffer {
  if (archive.length <= CODE_LIMITS.zipped) return archive;
  const message = `Zipped size must be smaller than ${CODE_LIMITS.zipped} bytes`;
  throw new LambdaError(413, 'RequestEntityTooLargeException', message);
}
