import type { ApiResponse } from '../gateway/service.ts';
import type { Described } from '../protocol/operation.ts';
import { noSuchBucket, S3Error } from './errors.ts';
import type { Notifier } from './notifications.ts';
import type { S3Request } from './request.ts';
import type { Buckets, OpenBucket } from './store/buckets.ts';
import type { StoredObject } from './store/object.ts';

/** What an operation works with. */
export interface Context {
  readonly buckets: Buckets;
  readonly notifier: Notifier;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * One operation: from a request, whose body it reads itself, to the answer.
 *
 * @throws S3Error for an answer other than success
 */
export interface Operation extends Described {
  (request: S3Request, context: Context): ApiResponse | Promise<ApiResponse>;
}

/** @param differs see Described */
export function s3Operation(
  run: (request: S3Request, context: Context) => ApiResponse | Promise<ApiResponse>,
  differs?: string,
): Operation {
  return differs === undefined ? run : Object.assign(run, { differs });
}

/** Bytes of a key in UTF-8. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1024;

/** @throws S3Error NoSuchBucket */
export function bucketOf(context: Context, name: string): OpenBucket {
  const bucket = context.buckets.get(name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

/**
 * The object that a request is about; undefined if there is none.
 *
 * @throws S3Error NoSuchBucket, KeyTooLongError; InvalidArgument for a version: there are none
 */
export function objectOf(request: S3Request, context: Context): StoredObject | undefined {
  checkVersion(request.query.get('versionId'));
  checkKey(request.key);
  return bucketOf(context, request.bucket).objects.get(request.key);
}

/** Objects of buckets without versioning have the version `null`. */
export function checkVersion(versionId: string | null): void {
  if (versionId === null || versionId === 'null') return;
  throw new S3Error(400, 'InvalidArgument', 'Invalid version id specified', {
    ArgumentName: 'versionId',
    ArgumentValue: versionId,
  });
}

/** @throws S3Error KeyTooLongError */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= LONGEST_KEY) return;
  throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', {
    Size: size,
    MaxSizeAllowed: LONGEST_KEY,
  });
}
