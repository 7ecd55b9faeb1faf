import { quoted, xmlAnswer, xmlDate } from '../answers.ts';
import { checksumElement } from '../body/checksums.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import { INITIATOR, OWNER } from '../owner.ts';
import { readCount } from '../parameters.ts';
import { uploadOf } from '../uploads.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
const MOST = 1000;

export const listParts = s3Operation((request, context) => {
  const upload = uploadOf(request, context);
  const { query, bucket, key } = request;
  const most = readCount(query, 'max-parts', MOST);
  const marker = query.get('part-number-marker') ? readCount(query, 'part-number-marker', 10_000) : 0;
  const after = bucketOf(context, bucket)
    .objects.parts(upload.id)
    .filter(({ number }) => number > marker);
  const page = after.slice(0, most);
  return xmlAnswer(
    xmlDocument(
      'ListPartsResult',
      leaf('Bucket', bucket),
      leaf('Key', key),
      leaf('UploadId', upload.id),
      INITIATOR,
      OWNER,
      leaf('StorageClass', upload.storageClass),
      leaf('PartNumberMarker', marker),
      leaf('NextPartNumberMarker', page.at(-1)?.number ?? 0),
      leaf('MaxParts', most),
      leaf('IsTruncated', page.length < after.length),
      upload.chosen ? leaf('ChecksumAlgorithm', upload.algorithm) : undefined,
      upload.chosen ? leaf('ChecksumType', upload.checksumType) : undefined,
      ...page.map((part) =>
        element(
          'Part',
          leaf('PartNumber', part.number),
          leaf('LastModified', xmlDate(part.modified)),
          leaf('ETag', quoted(part.etag)),
          leaf('Size', part.size),
          upload.chosen ? leaf(checksumElement(upload.algorithm), part.checksum) : undefined,
        ),
      ),
    ),
  );
});
