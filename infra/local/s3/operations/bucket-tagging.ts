import { emptyAnswer, xmlAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { MOST_BUCKET_TAGS, readTags, taggingDocument } from '../tags.ts';
import { parseDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export const putBucketTagging = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body } = await receiveDocument(request);
  const tags = readTags(parseDocument(body, 'Tagging'), MOST_BUCKET_TAGS);
  context.buckets.update(request.bucket, { tags });
  return emptyAnswer(204);
});

export const getBucketTagging = s3Operation(({ bucket }, context) => {
  const { tags } = bucketOf(context, bucket).record;
  if (tags.length > 0) return xmlAnswer(taggingDocument(tags));
  throw new S3Error(404, 'NoSuchTagSet', 'The TagSet does not exist', { BucketName: bucket });
});

export const deleteBucketTagging = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  context.buckets.update(bucket, { tags: [] });
  return emptyAnswer(204);
});
