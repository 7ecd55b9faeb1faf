import { httpDate, xmlAnswer } from '../answers.ts';
import { checksumElement } from '../body/checksums.ts';
import { readable } from '../conditions.ts';
import { invalidArgument, noSuchKey } from '../errors.ts';
import { objectOf, s3Operation } from '../operation.ts';
import { readCount } from '../parameters.ts';
import type { S3Request } from '../request.ts';
import type { StoredObject } from '../store/object.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
/** Of parts in one answer. */
const MOST = 1000;

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export const getObjectAttributes = s3Operation((request, context) => {
  const object = objectOf(request, context);
  if (object === undefined) throw noSuchKey(request.key);
  readable(request, object);
  const wanted = (request.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !ATTRIBUTES.includes(name));
  if (unknown !== undefined) {
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', unknown);
  }
  const { etag, checksum, storageClass, size } = object;
  const parts = wanted.includes('ObjectParts') ? partsElement(request, object) : undefined;
  return xmlAnswer(
    xmlDocument(
      'GetObjectAttributesResponse',
      wanted.includes('ETag') ? leaf('ETag', etag) : undefined,
      wanted.includes('Checksum') && checksum !== undefined
        ? element(
            'Checksum',
            leaf(checksumElement(checksum.algorithm), checksum.value),
            leaf('ChecksumType', checksum.type),
          )
        : undefined,
      parts,
      wanted.includes('StorageClass') ? leaf('StorageClass', storageClass) : undefined,
      wanted.includes('ObjectSize') ? leaf('ObjectSize', size) : undefined,
    ),
    { 'Last-Modified': httpDate(object.modified) },
  );
});

/** Each part is told only of objects whose parts have checksums of their own. */
function partsElement(request: S3Request, { parts, checksum }: StoredObject): string | undefined {
  if (parts === undefined) return undefined;
  if (checksum?.type !== 'COMPOSITE') return element('ObjectParts', leaf('PartsCount', parts.length));
  const asked = new URLSearchParams(
    Object.entries({
      'max-parts': request.header('x-amz-max-parts') ?? '',
      'part-number-marker': request.header('x-amz-part-number-marker') ?? '0',
    }),
  );
  const most = readCount(asked, 'max-parts', MOST);
  const marker = readCount(asked, 'part-number-marker', 10_000);
  const after = parts.filter(({ number }) => number > marker);
  const page = after.slice(0, most);
  return element(
    'ObjectParts',
    leaf('PartsCount', parts.length),
    leaf('PartNumberMarker', marker),
    leaf('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    leaf('MaxParts', most),
    leaf('IsTruncated', page.length < after.length),
    ...page.map((part) =>
      element(
        'Part',
        leaf('PartNumber', part.number),
        leaf(checksumElement(checksum.algorithm), part.checksum),
        leaf('Size', part.size),
      ),
    ),
  );
}
