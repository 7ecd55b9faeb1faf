import { checkCopySource } from './conditions.ts';
import { invalidArgument, noSuchKey } from './errors.ts';
import { bucketOf, type Context, checkVersion } from './operation.ts';
import type { S3Request } from './request.ts';
import type { StoredObject } from './store/object.ts';

/**
 * The object that x-amz-copy-source names, `/bucket/key` with percent signs, its conditions checked.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 *
 * @throws S3Error InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed
 */
export function readCopySource(
  request: S3Request,
  context: Context,
): { readonly bucket: string; readonly object: StoredObject } {
  const given = request.header('x-amz-copy-source') ?? '';
  const mark = given.indexOf('?versionId=');
  const path = mark < 0 ? given : given.slice(0, mark);
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (bucket === undefined || key === undefined) throw invalid(given);
  checkVersion(mark < 0 ? null : given.slice(mark + '?versionId='.length));
  const object = bucketOf(context, bucket).objects.get(key);
  if (object === undefined) throw noSuchKey(key);
  checkCopySource(request, object);
  return { bucket, object };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid(path);
  }
}

function invalid(given: string) {
  return invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    given,
  );
}
