import { xmlAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { OWNER, OWNER_ID } from '../owner.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** Its owner's alone. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export const getBucketAcl = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${leaf('ID', OWNER_ID)}</Grantee>`;
  const grant = element('Grant', grantee, leaf('Permission', 'FULL_CONTROL'));
  return xmlAnswer(xmlDocument('AccessControlPolicy', OWNER, element('AccessControlList', grant)));
});
