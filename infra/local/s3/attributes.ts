import { encryptionHeaders, type Headers, httpDate, quoted } from './answers.ts';
import { invalidArgument, invalidRequest, notImplemented, S3Error } from './errors.ts';
import { checkHeaders } from './header-values.ts';
import type { S3Request } from './request.ts';
import type { Encryption, ObjectAttributes, Pairs, StoredObject } from './store/object.ts';
import { readTagHeader } from './tags.ts';

/** Given back as they came. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const;

const DEFAULT_TYPE = 'binary/octet-stream';
const METADATA = 'x-amz-meta-';
/** Bytes of names and values of a user's metadata. Same source. */
const MOST_METADATA = 2048;

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#AmazonS3-PutObject-request-header-StorageClass */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

/** The only grants there are when a bucket's objects are all its owner's, as they are in every new bucket. */
const OWNERS_ACLS = ['private', 'bucket-owner-full-control'];

/**
 * What the headers say of an object that comes with them.
 *
 * @param byDefault the bucket's encryption
 * @throws S3Error MetadataTooLarge, InvalidStorageClass, InvalidTag, AccessControlListNotSupported and others
 */
export function readAttributes(request: S3Request, byDefault: Encryption): ObjectAttributes {
  refuseWhatIsNotHere(request);
  const headers: [string, string][] = [];
  for (const name of KEPT_HEADERS) {
    const value = name === 'content-encoding' ? contentEncoding(request) : request.header(name);
    if (value !== undefined && value !== '') headers.push([name, value]);
  }
  const redirect = request.header('x-amz-website-redirect-location');
  if (redirect !== undefined) headers.push(['x-amz-website-redirect-location', redirect]);
  const metadata = readMetadata(request);
  checkHeaders([...headers, ...metadata]);
  return {
    headers,
    metadata,
    tags: readTagHeader(request.header('x-amz-tagging')),
    storageClass: readStorageClass(request),
    encryption: readEncryption(request, byDefault),
  };
}

/** aws-chunked is how the body travels, and no property of the object. */
function contentEncoding(request: S3Request): string | undefined {
  return request
    .header('content-encoding')
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked')
    .join(',');
}

function readMetadata(request: S3Request): Pairs {
  const metadata = request.headersFrom(METADATA);
  const size = metadata.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (size > MOST_METADATA) {
    throw new S3Error(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      { Size: size, MaxSizeAllowed: MOST_METADATA },
    );
  }
  return metadata;
}

export function readStorageClass(request: S3Request): string {
  const storageClass = request.header('x-amz-storage-class') ?? 'STANDARD';
  if (STORAGE_CLASSES.includes(storageClass)) return storageClass;
  throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid', {
    StorageClassRequested: storageClass,
  });
}

export function readEncryption(request: S3Request, byDefault: Encryption): Encryption {
  const algorithm = request.header('x-amz-server-side-encryption');
  const keyId = request.header('x-amz-server-side-encryption-aws-kms-key-id');
  const bucketKey = request.header('x-amz-server-side-encryption-bucket-key-enabled') === 'true';
  if (algorithm === undefined) {
    if (keyId === undefined) return byDefault;
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      'x-amz-server-side-encryption',
      '',
    );
  }
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      algorithm,
    );
  }
  return {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(bucketKey ? { bucketKey } : {}),
  };
}

/** What would change the meaning of a request, and cannot be done. */
export function refuseWhatIsNotHere(request: S3Request): void {
  const acl = request.header('x-amz-acl');
  if ((acl !== undefined && !OWNERS_ACLS.includes(acl)) || request.headersFrom('x-amz-grant-').length > 0) {
    throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (request.headersFrom('x-amz-object-lock-').length > 0) {
    throw invalidRequest('Bucket is missing Object Lock Configuration');
  }
  for (const name of [
    'x-amz-server-side-encryption-customer-algorithm',
    'x-amz-copy-source-server-side-encryption-customer-algorithm',
    'x-amz-write-offset-bytes',
  ]) {
    if (request.header(name) !== undefined) throw notImplemented(`the header ${name}`);
  }
}

/** What GetObject and HeadObject tell of an object, but for its length. */
export function describingHeaders(object: StoredObject): Headers {
  const { tags, storageClass } = object;
  return {
    'Content-Type': DEFAULT_TYPE,
    ...Object.fromEntries(object.headers.map(([name, value]) => [canonical(name), value])),
    'Last-Modified': httpDate(object.modified),
    ETag: quoted(object.etag),
    'Accept-Ranges': 'bytes',
    ...Object.fromEntries(object.metadata.map(([name, value]) => [`${METADATA}${name}`, value])),
    ...(tags.length === 0 ? {} : { 'x-amz-tagging-count': String(tags.length) }),
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
    ...encryptionHeaders(object.encryption),
  };
}

/** `Content-Type`; S3's own stay in lower case. */
export function canonical(name: string): string {
  return name.startsWith('x-amz-') ? name : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
