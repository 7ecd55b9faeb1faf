import { xmlAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation = s3Operation(({ bucket }, context) => {
  const { region } = bucketOf(context, bucket).record;
  return xmlAnswer(xmlDocument('LocationConstraint', region === 'us-east-1' ? undefined : region));
});
