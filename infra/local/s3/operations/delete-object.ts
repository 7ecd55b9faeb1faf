import { emptyAnswer } from '../answers.ts';
import { deleteObject as remove } from '../changes.ts';
import { matches } from '../conditions.ts';
import { noSuchKey, preconditionFailed } from '../errors.ts';
import { objectOf, s3Operation } from '../operation.ts';

/** Succeeds also where nothing is. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject = s3Operation((request, context) => {
  const object = objectOf(request, context);
  const ifMatch = request.header('if-match');
  if (ifMatch !== undefined) {
    if (object === undefined) throw noSuchKey(request.key);
    if (!matches(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  }
  remove(context, request);
  return emptyAnswer(204);
});
