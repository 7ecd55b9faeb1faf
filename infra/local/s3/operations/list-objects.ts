import { xmlAnswer } from '../answers.ts';
import { contentsOf } from '../contents.ts';
import { listKeys } from '../listing.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { readCount, readEncoder } from '../parameters.ts';
import { leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
const MOST = 1000;

export const listObjects = s3Operation(({ bucket, query }, context) => {
  const { objects } = bucketOf(context, bucket);
  const encode = readEncoder(query);
  const most = readCount(query, 'max-keys', MOST);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const marker = query.get('marker') ?? '';
  const { listed, next } = listKeys(objects.keys, { prefix, delimiter, after: marker, most });
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', bucket),
      leaf('Prefix', encode(prefix)),
      leaf('Marker', encode(marker)),
      // Without a delimiter the last key says the same.
      next === undefined || delimiter === '' ? undefined : leaf('NextMarker', encode(next)),
      leaf('MaxKeys', most),
      delimiter === '' ? undefined : leaf('Delimiter', encode(delimiter)),
      query.get('encoding-type') === 'url' ? leaf('EncodingType', 'url') : undefined,
      leaf('IsTruncated', next !== undefined),
      ...contentsOf(listed, objects, encode, true),
    ),
  );
});
