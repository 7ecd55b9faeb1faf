import { xmlAnswer } from '../answers.ts';
import { contentsOf } from '../contents.ts';
import { listKeys } from '../listing.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { readCount, readEncoder, readToken, tokenOf } from '../parameters.ts';
import { leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MOST = 1000;

export const listObjectsV2 = s3Operation(({ bucket, query }, context) => {
  const { objects } = bucketOf(context, bucket);
  const encode = readEncoder(query);
  const most = readCount(query, 'max-keys', MOST);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? startAfter : readToken(token);
  const { listed, next } = listKeys(objects.keys, { prefix, delimiter, after, most });
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', bucket),
      leaf('Prefix', encode(prefix)),
      leaf('ContinuationToken', token ?? undefined),
      leaf('NextContinuationToken', next === undefined ? undefined : tokenOf(next)),
      startAfter === '' ? undefined : leaf('StartAfter', encode(startAfter)),
      leaf('KeyCount', listed.length),
      leaf('MaxKeys', most),
      delimiter === '' ? undefined : leaf('Delimiter', encode(delimiter)),
      query.get('encoding-type') === 'url' ? leaf('EncodingType', 'url') : undefined,
      leaf('IsTruncated', next !== undefined),
      ...contentsOf(listed, objects, encode, query.get('fetch-owner') === 'true'),
    ),
  );
});
