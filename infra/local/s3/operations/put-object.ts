import { checksumHeaders, emptyAnswer, encryptionHeaders, quoted } from '../answers.ts';
import { readAttributes } from '../attributes.ts';
import { DEFAULT_ALGORITHM } from '../body/checksums.ts';
import { receiveContent } from '../body/receive.ts';
import { storeObject } from '../changes.ts';
import { checkWritable } from '../conditions.ts';
import { bucketOf, checkKey, s3Operation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject = s3Operation(async (request, context) => {
  const { record, objects } = bucketOf(context, request.bucket);
  checkKey(request.key);
  // Before the body too, which may be long.
  checkWritable(request, objects.get(request.key));
  const attributes = readAttributes(request, record.encryption);
  const { blobs } = context.buckets;
  const received = await receiveContent(request, blobs, (brought) => brought ?? DEFAULT_ALGORITHM);
  const { size, md5, algorithm, checksum, content } = received;
  try {
    const object = storeObject(
      context,
      request,
      {
        attributes,
        size,
        etag: md5,
        content,
        checksum: { algorithm, value: checksum, type: 'FULL_OBJECT' },
      },
      { event: 'ObjectCreated:Put', check: (existing) => checkWritable(request, existing) },
    );
    return emptyAnswer(200, {
      ETag: quoted(object.etag),
      ...checksumHeaders(object.checksum),
      ...encryptionHeaders(object.encryption),
    });
  } finally {
    blobs.release(content);
  }
});
