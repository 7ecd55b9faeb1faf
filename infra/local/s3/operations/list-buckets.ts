import { xmlAnswer, xmlDate } from '../answers.ts';
import { s3Operation } from '../operation.ts';
import { OWNER } from '../owner.ts';
import { readCount, readToken, tokenOf } from '../parameters.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
const MOST = 10_000;

export const listBuckets = s3Operation(({ query }, { buckets }) => {
  const prefix = query.get('prefix') ?? '';
  const region = query.get('bucket-region');
  const after = readToken(query.get('continuation-token'));
  const most = readCount(query, 'max-buckets', MOST, 1);
  const found = buckets
    .all()
    .map(({ record }) => record)
    .filter(({ name }) => name.startsWith(prefix) && name > after)
    .filter((record) => region === null || record.region === region);
  const page = found.slice(0, most);
  const next = found.length > page.length ? page.at(-1)?.name : undefined;
  const listed = page.map(({ name, createdAt, region: home }) =>
    element(
      'Bucket',
      leaf('Name', name),
      leaf('CreationDate', xmlDate(createdAt)),
      leaf('BucketRegion', home),
    ),
  );
  return xmlAnswer(
    xmlDocument(
      'ListAllMyBucketsResult',
      OWNER,
      element('Buckets', ...listed),
      leaf('ContinuationToken', next === undefined ? undefined : tokenOf(next)),
      leaf('Prefix', query.get('prefix') ?? undefined),
    ),
  );
});
