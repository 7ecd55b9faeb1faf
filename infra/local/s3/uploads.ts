import { invalidArgument, noSuchUpload } from './errors.ts';
import { bucketOf, type Context, checkKey } from './operation.ts';
import type { S3Request } from './request.ts';
import type { Upload } from './store/bucket.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MOST_PARTS = 10_000;

/**
 * The upload that a request names, of its own bucket and key.
 *
 * @throws S3Error NoSuchBucket, NoSuchUpload
 */
export function uploadOf(request: S3Request, context: Context): Upload {
  checkKey(request.key);
  const { objects } = bucketOf(context, request.bucket);
  const id = request.query.get('uploadId') ?? '';
  const upload = objects.upload(id);
  if (upload === undefined || upload.key !== request.key) throw noSuchUpload(id);
  return upload;
}

/** @throws S3Error InvalidArgument */
export function readPartNumber(query: URLSearchParams): number {
  const given = query.get('partNumber') ?? '';
  const number = Number(given);
  if (/^\d{1,5}$/.test(given) && number >= 1 && number <= MOST_PARTS) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    'partNumber',
    given,
  );
}
