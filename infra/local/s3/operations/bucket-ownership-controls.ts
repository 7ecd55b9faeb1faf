import { xmlAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** As in every new bucket. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export const getBucketOwnershipControls = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  const rule = element('Rule', leaf('ObjectOwnership', 'BucketOwnerEnforced'));
  return xmlAnswer(xmlDocument('OwnershipControls', rule));
});
