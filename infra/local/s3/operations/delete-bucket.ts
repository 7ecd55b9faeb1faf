import { emptyAnswer } from '../answers.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';

/** Uploads under way end with it. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const deleteBucket = s3Operation(({ bucket }, context) => {
  const { objects } = bucketOf(context, bucket);
  if (objects.size > 0) {
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      BucketName: bucket,
    });
  }
  context.buckets.delete(bucket);
  return emptyAnswer(204);
});
