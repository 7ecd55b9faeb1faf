import { emptyAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket = s3Operation(({ bucket }, context) => {
  const { record } = bucketOf(context, bucket);
  return emptyAnswer(200, {
    'Content-Type': 'application/xml',
    'x-amz-bucket-region': record.region,
    'x-amz-bucket-arn': `arn:aws:s3:::${bucket}`,
    'x-amz-access-point-alias': 'false',
  });
});
