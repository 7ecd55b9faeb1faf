import { encryptionHeaders, quoted, xmlAnswer, xmlDate } from '../answers.ts';
import { readAttributes, readEncryption, readStorageClass, refuseWhatIsNotHere } from '../attributes.ts';
import { checksumElement, DEFAULT_ALGORITHM, isChecksumAlgorithm } from '../body/checksums.ts';
import { digestContent, MAX_UPLOAD } from '../body/receive.ts';
import { storeObject } from '../changes.ts';
import { checkWritable } from '../conditions.ts';
import { readCopySource } from '../copy-source.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { bucketOf, checkKey, s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { Encryption, ObjectAttributes, StoredObject } from '../store/object.ts';
import { leaf, xmlDocument } from '../xml.ts';

/**
 * The copy shares the bytes of the original, which are only read for their sums.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export const copyObject = s3Operation(async (request, context) => {
  const { record } = bucketOf(context, request.bucket);
  checkKey(request.key);
  const source = readCopySource(request, context);
  const { content, size } = source.object;
  if (size > MAX_UPLOAD) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD}`,
    );
  }
  const attributes = copiedAttributes(request, source.object, record.encryption);
  checkChanged(request, source);
  const asked = request.header('x-amz-checksum-algorithm')?.toUpperCase();
  if (asked !== undefined && !isChecksumAlgorithm(asked)) {
    throw invalidRequest('Checksum algorithm provided is unsupported.');
  }
  const kept = source.object.checksum;
  const algorithm = asked ?? kept?.algorithm ?? DEFAULT_ALGORITHM;
  const { blobs } = context.buckets;
  // Held while it is being read, as its key may go meanwhile.
  blobs.retain(content);
  try {
    const { md5, checksum } = await digestContent(blobs, content, algorithm);
    const object = storeObject(
      context,
      request,
      { attributes, size, etag: md5, content, checksum: { algorithm, value: checksum, type: 'FULL_OBJECT' } },
      { event: 'ObjectCreated:Copy', check: (existing) => checkWritable(request, existing) },
    );
    return xmlAnswer(
      xmlDocument(
        'CopyObjectResult',
        leaf('LastModified', xmlDate(object.modified)),
        leaf('ETag', quoted(object.etag)),
        leaf(checksumElement(algorithm), checksum),
        leaf('ChecksumType', 'FULL_OBJECT'),
      ),
      encryptionHeaders(object.encryption),
    );
  } finally {
    blobs.release(content);
  }
});

/** The original's or the request's, as the two directives say. Storage class and encryption are never taken over. */
function copiedAttributes(request: S3Request, source: StoredObject, byDefault: Encryption): ObjectAttributes {
  const replacesMetadata = readDirective(request, 'x-amz-metadata-directive');
  const replacesTags = readDirective(request, 'x-amz-tagging-directive');
  refuseWhatIsNotHere(request);
  const storageClass = readStorageClass(request);
  const encryption = readEncryption(request, byDefault);
  const fresh =
    replacesMetadata || replacesTags ? readAttributes(request, byDefault) : { ...source, storageClass };
  return {
    headers: replacesMetadata ? fresh.headers : source.headers,
    metadata: replacesMetadata ? fresh.metadata : source.metadata,
    tags: replacesTags ? fresh.tags : source.tags,
    storageClass,
    encryption,
  };
}

/** True to replace, false to copy. */
function readDirective(request: S3Request, name: string): boolean {
  const given = request.header(name) ?? 'COPY';
  if (given === 'COPY' || given === 'REPLACE') return given === 'REPLACE';
  throw invalidArgument(
    name === 'x-amz-metadata-directive' ? 'Unknown metadata directive.' : 'Unknown tagging directive.',
    name,
    given,
  );
}

/** An object copied onto itself must change in something. */
function checkChanged(request: S3Request, source: { bucket: string; object: StoredObject }): void {
  if (source.bucket !== request.bucket || source.object.key !== request.key) return;
  const changes = [
    'x-amz-storage-class',
    'x-amz-website-redirect-location',
    'x-amz-server-side-encryption',
    'x-amz-checksum-algorithm',
  ];
  if (readDirective(request, 'x-amz-metadata-directive')) return;
  if (changes.some((name) => request.header(name) !== undefined)) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
