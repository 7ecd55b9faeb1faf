import { emptyAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { uploadOf } from '../uploads.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload = s3Operation((request, context) => {
  const { id } = uploadOf(request, context);
  bucketOf(context, request.bucket).objects.endUpload(id);
  return emptyAnswer(204);
});
