import { emptyAnswer, xmlAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { malformedXml } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { Encryption } from '../store/object.ts';
import { childOf, element, leaf, parseDocument, requiredText, textOf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export const putBucketEncryption = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body } = await receiveDocument(request);
  const rule = childOf(parseDocument(body, 'ServerSideEncryptionConfiguration'), 'Rule');
  const byDefault = rule && childOf(rule, 'ApplyServerSideEncryptionByDefault');
  if (rule === undefined || byDefault === undefined) throw malformedXml();
  const algorithm = requiredText(byDefault, 'SSEAlgorithm');
  if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm)) throw malformedXml();
  const keyId = textOf(byDefault, 'KMSMasterKeyID');
  const encryption: Encryption = {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(textOf(rule, 'BucketKeyEnabled') === 'true' ? { bucketKey: true } : {}),
  };
  context.buckets.update(request.bucket, { encryption });
  return emptyAnswer(200);
}, 'Objects carry its name; their bytes on disk are not encrypted.');

export const getBucketEncryption = s3Operation(({ bucket }, context) => {
  const { algorithm, keyId, bucketKey } = bucketOf(context, bucket).record.encryption;
  const byDefault = element(
    'ApplyServerSideEncryptionByDefault',
    leaf('SSEAlgorithm', algorithm),
    leaf('KMSMasterKeyID', keyId),
  );
  const rule = element('Rule', byDefault, leaf('BucketKeyEnabled', bucketKey ?? false));
  return xmlAnswer(xmlDocument('ServerSideEncryptionConfiguration', rule));
});

/** Back to what every bucket begins with. */
export const deleteBucketEncryption = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  context.buckets.update(bucket, { encryption: { algorithm: 'AES256' } });
  return emptyAnswer(204);
});
