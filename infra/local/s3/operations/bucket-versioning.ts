import { xmlAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { xmlDocument } from '../xml.ts';

/** Never on. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export const getBucketVersioning = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  return xmlAnswer(xmlDocument('VersioningConfiguration'));
}, 'Versioning cannot be turned on.');
