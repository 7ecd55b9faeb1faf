import { noSuchKey, preconditionFailed, S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { StoredObject } from './store/object.ts';

/** Conditions of one request, each as its header has it. */
interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/** @param start of the headers' names: '' or `x-amz-copy-source-` */
function conditionsOf(request: S3Request, start: string): Conditions {
  return {
    ifMatch: request.header(`${start}if-match`),
    ifNoneMatch: request.header(`${start}if-none-match`),
    ifModifiedSince: request.header(`${start}if-modified-since`),
    ifUnmodifiedSince: request.header(`${start}if-unmodified-since`),
  };
}

/**
 * Whether an object may be read. A comparison of ETags decides before one of times does.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
 *
 * @throws S3Error PreconditionFailed
 */
export function readable(request: S3Request, object: StoredObject): 'yes' | 'not modified' {
  const failed = failedCondition(conditionsOf(request, ''), object);
  if (failed === undefined) return 'yes';
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') return 'not modified';
  throw preconditionFailed(failed);
}

/**
 * Whether an object may be copied from.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 *
 * @throws S3Error PreconditionFailed
 */
export function checkCopySource(request: S3Request, object: StoredObject): void {
  const failed = failedCondition(conditionsOf(request, 'x-amz-copy-source-'), object);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

function failedCondition(conditions: Conditions, object: StoredObject): string | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modified = Math.floor(object.modified / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return 'If-Match';
  } else if (
    ifUnmodifiedSince !== undefined &&
    modified > timeOf(ifUnmodifiedSince, Number.POSITIVE_INFINITY)
  ) {
    return 'If-Unmodified-Since';
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, object.etag)) return 'If-None-Match';
  } else if (ifModifiedSince !== undefined && modified <= timeOf(ifModifiedSince, Number.NEGATIVE_INFINITY)) {
    return 'If-Modified-Since';
  }
  return undefined;
}

/** What is no time is as if it were not there. */
function timeOf(text: string, otherwise: number): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? otherwise : time;
}

/**
 * Whether a key may be written: with If-None-Match `*` only where nothing is, with If-Match only over what has that ETag.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @param existing what has the key now
 * @throws S3Error PreconditionFailed, NoSuchKey, NotImplemented
 */
export function checkWritable(request: S3Request, existing: StoredObject | undefined): void {
  const ifMatch = request.header('if-match');
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || ifMatch !== undefined)) {
    throw new S3Error(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      { Header: 'If-None-Match' },
    );
  }
  if (ifNoneMatch !== undefined && existing !== undefined) throw preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (existing === undefined) throw noSuchKey(request.key);
  if (!matches(ifMatch, existing.etag)) throw preconditionFailed('If-Match');
}

/** @param condition `*`, or ETags with commas between them, quoted or not */
export function matches(condition: string, etag: string): boolean {
  return condition
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === etag || one === `"${etag}"`);
}
