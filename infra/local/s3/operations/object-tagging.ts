import { emptyAnswer, xmlAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { noSuchKey } from '../errors.ts';
import { bucketOf, type Context, objectOf, s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { Pairs, StoredObject } from '../store/object.ts';
import { MOST_OBJECT_TAGS, readTags, taggingDocument } from '../tags.ts';
import { parseDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const putObjectTagging = s3Operation(async (request, context) => {
  existing(request, context);
  const { body } = await receiveDocument(request);
  setTags(request, context, readTags(parseDocument(body, 'Tagging'), MOST_OBJECT_TAGS));
  return emptyAnswer(200);
});

export const getObjectTagging = s3Operation((request, context) =>
  xmlAnswer(taggingDocument(existing(request, context).tags)),
);

export const deleteObjectTagging = s3Operation((request, context) => {
  setTags(request, context, []);
  return emptyAnswer(204);
});

function existing(request: S3Request, context: Context): StoredObject {
  const object = objectOf(request, context);
  if (object === undefined) throw noSuchKey(request.key);
  return object;
}

/** Tags are no part of the content: when it was modified stays. */
function setTags(request: S3Request, context: Context, tags: Pairs): void {
  bucketOf(context, request.bucket).objects.put({ ...existing(request, context), tags });
}
