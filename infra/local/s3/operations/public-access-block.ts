import { emptyAnswer, xmlAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { PUBLIC_ACCESS_SETTINGS } from '../store/buckets.ts';
import { leaf, parseDocument, textOf, xmlDocument } from '../xml.ts';

const RECORDED = 'It is kept and told back; nothing is enforced by it.';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export const putPublicAccessBlock = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body } = await receiveDocument(request);
  const configuration = parseDocument(body, 'PublicAccessBlockConfiguration');
  const publicAccessBlock = PUBLIC_ACCESS_SETTINGS.filter(
    (setting) => textOf(configuration, setting)?.toLowerCase() === 'true',
  );
  context.buckets.update(request.bucket, { publicAccessBlock });
  return emptyAnswer(200);
}, RECORDED);

export const getPublicAccessBlock = s3Operation(({ bucket }, context) => {
  const { publicAccessBlock } = bucketOf(context, bucket).record;
  if (publicAccessBlock === null) {
    throw new S3Error(
      404,
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      { BucketName: bucket },
    );
  }
  const settings = PUBLIC_ACCESS_SETTINGS.map((setting) =>
    leaf(setting, publicAccessBlock.includes(setting)),
  );
  return xmlAnswer(xmlDocument('PublicAccessBlockConfiguration', ...settings));
});

export const deletePublicAccessBlock = s3Operation(({ bucket }, context) => {
  bucketOf(context, bucket);
  context.buckets.update(bucket, { publicAccessBlock: null });
  return emptyAnswer(204);
});
