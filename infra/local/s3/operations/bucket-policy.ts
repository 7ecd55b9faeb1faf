import { emptyAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';

const RECORDED = 'It is kept and told back; nothing is enforced by it.';

/** Bytes. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const LONGEST_POLICY = 20 * 1024;

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const putBucketPolicy = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body } = await receiveDocument(request);
  const policy = body.toString('utf8');
  const malformed = (message: string) => new S3Error(400, 'MalformedPolicy', message);
  if (body.length > LONGEST_POLICY) throw malformed('Policies must be no longer than 20480 bytes');
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, 'Statement')) {
    throw malformed('Missing required field Statement');
  }
  context.buckets.update(request.bucket, { policy });
  return emptyAnswer(204);
}, RECORDED);

export const getBucketPolicy = s3Operation(({ bucket }, context) => {
  const { policy } = bucketOf(context, bucket).record;
  if (policy !== null) return { status: 200, headers: { 'Content-Type': 'application/json' }, body: policy };
  throw new S3Error(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: bucket });
});

export const deleteBucketPolicy = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  context.buckets.update(bucket, { policy: null });
  return emptyAnswer(204);
});
