import { xmlAnswer, xmlDate } from '../answers.ts';
import { commonPrefixes } from '../contents.ts';
import { type Listed, listKeys } from '../listing.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { INITIATOR, OWNER } from '../owner.ts';
import { readCount, readEncoder } from '../parameters.ts';
import type { Upload } from '../store/bucket.ts';
import { SortedKeys } from '../store/sorted-keys.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
const MOST = 1000;

export const listMultipartUploads = s3Operation(({ bucket, query }, context) => {
  const { objects } = bucketOf(context, bucket);
  const encode = readEncoder(query);
  const most = readCount(query, 'max-uploads', MOST);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const page = pageOf(objects.uploads(), { prefix, delimiter, keyMarker, idMarker, most });
  const last = page.truncated ? page.rows.at(-1) : undefined;
  const uploads = page.rows.flatMap((row) => ('upload' in row ? [row.upload] : []));
  return xmlAnswer(
    xmlDocument(
      'ListMultipartUploadsResult',
      leaf('Bucket', bucket),
      leaf('KeyMarker', encode(keyMarker)),
      leaf('UploadIdMarker', idMarker),
      last && leaf('NextKeyMarker', encode('upload' in last ? last.upload.key : last.prefix)),
      last && leaf('NextUploadIdMarker', 'upload' in last ? last.upload.id : ''),
      leaf('Prefix', encode(prefix)),
      delimiter === '' ? undefined : leaf('Delimiter', encode(delimiter)),
      query.get('encoding-type') === 'url' ? leaf('EncodingType', 'url') : undefined,
      leaf('MaxUploads', most),
      leaf('IsTruncated', page.truncated),
      ...uploads.map((upload) => uploadElement(upload, encode)),
      ...commonPrefixes(
        page.rows.flatMap((row): Listed[] => ('prefix' in row ? [row] : [])),
        encode,
      ),
    ),
  );
});

type Row = { readonly upload: Upload } | { readonly prefix: string };

interface PageQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly idMarker: string;
  readonly most: number;
}

/** By key, and those of one key in the order in which they began. */
function pageOf(
  uploads: readonly Upload[],
  { prefix, delimiter, keyMarker, idMarker, most }: PageQuery,
): { readonly rows: readonly Row[]; readonly truncated: boolean } {
  const byKey = new Map<string, Upload[]>();
  for (const upload of [...uploads].sort((a, b) => a.initiated - b.initiated)) {
    byKey.set(upload.key, [...(byKey.get(upload.key) ?? []), upload]);
  }
  const all = { prefix, delimiter, after: keyMarker, most: Number.POSITIVE_INFINITY };
  const { listed } = listKeys(new SortedKeys(byKey.keys()), all);
  const rows = listed.flatMap((one): Row[] =>
    'prefix' in one ? [one] : (byKey.get(one.key) ?? []).map((upload) => ({ upload })),
  );
  const ofMarker = byKey.get(keyMarker) ?? [];
  const place = ofMarker.findIndex(({ id }) => id === idMarker);
  const rest = place < 0 || !keyMarker.startsWith(prefix) ? [] : ofMarker.slice(place + 1);
  const found = [...rest.map((upload) => ({ upload })), ...rows];
  return { rows: found.slice(0, most), truncated: most > 0 && found.length > most };
}

function uploadElement(upload: Upload, encode: (name: string) => string): string {
  return element(
    'Upload',
    leaf('Key', encode(upload.key)),
    leaf('UploadId', upload.id),
    INITIATOR,
    OWNER,
    leaf('StorageClass', upload.storageClass),
    leaf('Initiated', xmlDate(upload.initiated)),
    upload.chosen ? leaf('ChecksumAlgorithm', upload.algorithm) : undefined,
    upload.chosen ? leaf('ChecksumType', upload.checksumType) : undefined,
  );
}
