import { notImplemented, S3Error } from './errors.ts';
import type { Operation } from './operation.ts';
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts';
import { getBucketAcl } from './operations/bucket-acl.ts';
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from './operations/bucket-encryption.ts';
import { getBucketLocation } from './operations/bucket-location.ts';
import { getBucketOwnershipControls } from './operations/bucket-ownership-controls.ts';
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from './operations/bucket-policy.ts';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './operations/bucket-tagging.ts';
import { getBucketVersioning } from './operations/bucket-versioning.ts';
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createBucket } from './operations/create-bucket.ts';
import { createMultipartUpload } from './operations/create-multipart-upload.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { deleteObject } from './operations/delete-object.ts';
import { deleteObjects } from './operations/delete-objects.ts';
import { getBucketNotificationConfiguration } from './operations/get-bucket-notification-configuration.ts';
import { getObject, headObject } from './operations/get-object.ts';
import { getObjectAttributes } from './operations/get-object-attributes.ts';
import { headBucket } from './operations/head-bucket.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { listMultipartUploads } from './operations/list-multipart-uploads.ts';
import { listObjects } from './operations/list-objects.ts';
import { listObjectsV2 } from './operations/list-objects-v2.ts';
import { listParts } from './operations/list-parts.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/object-tagging.ts';
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from './operations/public-access-block.ts';
import { putBucketNotificationConfiguration } from './operations/put-bucket-notification-configuration.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';
import type { S3Request } from './request.ts';

/** What a request is for. */
type Level = 'service' | 'bucket' | 'object';

interface Route {
  readonly name: string;
  readonly method: string;
  readonly level: Level;
  /** A member of the query that must be there, of that value if one is given: `list-type=2`. */
  readonly query?: string;
  /** A header that must be there. */
  readonly header?: string;
  readonly run: Operation;
}

/** The first that fits is meant: one without a query or header comes after those with. A new operation is a line here. */
const ROUTES: readonly Route[] = [
  route('ListBuckets', 'GET service', listBuckets),

  route('GetBucketAcl', 'GET bucket ?acl', getBucketAcl),
  route('GetBucketEncryption', 'GET bucket ?encryption', getBucketEncryption),
  route('GetBucketLocation', 'GET bucket ?location', getBucketLocation),
  route('GetBucketNotificationConfiguration', 'GET bucket ?notification', getBucketNotificationConfiguration),
  route('GetBucketOwnershipControls', 'GET bucket ?ownershipControls', getBucketOwnershipControls),
  route('GetBucketPolicy', 'GET bucket ?policy', getBucketPolicy),
  route('GetBucketTagging', 'GET bucket ?tagging', getBucketTagging),
  route('GetBucketVersioning', 'GET bucket ?versioning', getBucketVersioning),
  route('GetPublicAccessBlock', 'GET bucket ?publicAccessBlock', getPublicAccessBlock),
  route('ListMultipartUploads', 'GET bucket ?uploads', listMultipartUploads),
  route('ListObjectsV2', 'GET bucket ?list-type=2', listObjectsV2),
  route('ListObjects', 'GET bucket', listObjects),
  route('HeadBucket', 'HEAD bucket', headBucket),
  route('PutBucketEncryption', 'PUT bucket ?encryption', putBucketEncryption),
  route('PutBucketNotificationConfiguration', 'PUT bucket ?notification', putBucketNotificationConfiguration),
  route('PutBucketPolicy', 'PUT bucket ?policy', putBucketPolicy),
  route('PutBucketTagging', 'PUT bucket ?tagging', putBucketTagging),
  route('PutPublicAccessBlock', 'PUT bucket ?publicAccessBlock', putPublicAccessBlock),
  route('CreateBucket', 'PUT bucket', createBucket),
  route('DeleteBucketEncryption', 'DELETE bucket ?encryption', deleteBucketEncryption),
  route('DeleteBucketPolicy', 'DELETE bucket ?policy', deleteBucketPolicy),
  route('DeleteBucketTagging', 'DELETE bucket ?tagging', deleteBucketTagging),
  route('DeletePublicAccessBlock', 'DELETE bucket ?publicAccessBlock', deletePublicAccessBlock),
  route('DeleteBucket', 'DELETE bucket', deleteBucket),
  route('DeleteObjects', 'POST bucket ?delete', deleteObjects),

  route('GetObjectAttributes', 'GET object ?attributes', getObjectAttributes),
  route('GetObjectTagging', 'GET object ?tagging', getObjectTagging),
  route('ListParts', 'GET object ?uploadId', listParts),
  route('GetObject', 'GET object', getObject),
  route('HeadObject', 'HEAD object', headObject),
  route('PutObjectTagging', 'PUT object ?tagging', putObjectTagging),
  route('UploadPartCopy', 'PUT object ?uploadId', uploadPartCopy, 'x-amz-copy-source'),
  route('UploadPart', 'PUT object ?uploadId', uploadPart),
  route('CopyObject', 'PUT object', copyObject, 'x-amz-copy-source'),
  route('PutObject', 'PUT object', putObject),
  route('CreateMultipartUpload', 'POST object ?uploads', createMultipartUpload),
  route('CompleteMultipartUpload', 'POST object ?uploadId', completeMultipartUpload),
  route('AbortMultipartUpload', 'DELETE object ?uploadId', abortMultipartUpload),
  route('DeleteObjectTagging', 'DELETE object ?tagging', deleteObjectTagging),
  route('DeleteObject', 'DELETE object', deleteObject),
];

function route(name: string, pattern: string, run: Operation, header?: string): Route {
  const [method = '', level = '', query] = pattern.split(' ');
  return {
    name,
    method,
    level: level as Level,
    run,
    ...(query === undefined ? {} : { query: query.slice(1) }),
    ...(header === undefined ? {} : { header }),
  };
}

/** What is offered, by name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  ROUTES.map(({ name, run }) => [name, run] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * Members of the query that make another operation of a request, by the noun in that one's name. With one of these, and
 * no route for it, a request must not be taken for the plain one.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const SUBRESOURCES: ReadonlyMap<string, string> = new Map([
  ['abac', 'Abac'],
  ['accelerate', 'AccelerateConfiguration'],
  ['acl', 'Acl'],
  ['analytics', 'AnalyticsConfiguration'],
  ['annotation', 'Annotation'],
  ['attributes', 'Attributes'],
  ['cors', 'Cors'],
  ['delete', 'Objects'],
  ['encryption', 'Encryption'],
  ['intelligent-tiering', 'IntelligentTieringConfiguration'],
  ['inventory', 'InventoryConfiguration'],
  ['legal-hold', 'LegalHold'],
  ['lifecycle', 'LifecycleConfiguration'],
  ['location', 'Location'],
  ['logging', 'Logging'],
  ['metadataAnnotationTable', 'MetadataAnnotationTableConfiguration'],
  ['metadataConfiguration', 'MetadataConfiguration'],
  ['metadataInventoryTable', 'MetadataInventoryTableConfiguration'],
  ['metadataJournalTable', 'MetadataJournalTableConfiguration'],
  ['metadataTable', 'MetadataTableConfiguration'],
  ['metrics', 'MetricsConfiguration'],
  ['notification', 'NotificationConfiguration'],
  ['object-lock', 'ObjectLockConfiguration'],
  ['ownershipControls', 'OwnershipControls'],
  ['policy', 'Policy'],
  ['policyStatus', 'PolicyStatus'],
  ['publicAccessBlock', 'PublicAccessBlock'],
  ['renameObject', 'Rename'],
  ['replication', 'Replication'],
  ['requestPayment', 'RequestPayment'],
  ['restore', 'Restore'],
  ['retention', 'Retention'],
  ['select', 'Select'],
  ['session', 'Session'],
  ['tagging', 'Tagging'],
  ['torrent', 'Torrent'],
  ['uploadId', 'Part'],
  ['uploads', 'MultipartUploads'],
  ['versioning', 'Versioning'],
  ['versions', 'Versions'],
  ['website', 'Website'],
]);

/** Operations that are not named by verb, owner and noun: by method, level and member of the query. Same source. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['DELETE bucket lifecycle', 'DeleteBucketLifecycle'],
  ['GET bucket analytics', 'ListBucketAnalyticsConfigurations'],
  ['GET bucket intelligent-tiering', 'ListBucketIntelligentTieringConfigurations'],
  ['GET bucket inventory', 'ListBucketInventoryConfigurations'],
  ['GET bucket metrics', 'ListBucketMetricsConfigurations'],
  ['GET bucket object-lock', 'GetObjectLockConfiguration'],
  ['PUT bucket object-lock', 'PutObjectLockConfiguration'],
  ['GET bucket session', 'CreateSession'],
  ['GET bucket versions', 'ListObjectVersions'],
  ['POST bucket metadataConfiguration', 'CreateBucketMetadataConfiguration'],
  ['POST bucket metadataTable', 'CreateBucketMetadataTableConfiguration'],
  ['POST object restore', 'RestoreObject'],
  ['POST object select', 'SelectObjectContent'],
  ['PUT bucket metadataAnnotationTable', 'UpdateBucketMetadataAnnotationTableConfiguration'],
  ['PUT bucket metadataInventoryTable', 'UpdateBucketMetadataInventoryTableConfiguration'],
  ['PUT bucket metadataJournalTable', 'UpdateBucketMetadataJournalTableConfiguration'],
  ['PUT object encryption', 'UpdateObjectEncryption'],
  ['PUT object renameObject', 'RenameObject'],
]);

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  PUT: 'Put',
  DELETE: 'Delete',
  POST: 'Post',
  HEAD: 'Head',
};

/**
 * The operation that a request is for.
 *
 * @throws S3Error NotImplemented, MethodNotAllowed
 */
export function operationOf(request: S3Request): Operation {
  const { method, query } = request;
  const level = levelOf(request);
  const subresource = subresourceOf(query);
  const found = routeOf(request);
  if (found !== undefined) return found.run;
  const verb = VERBS[method];
  if (verb === undefined || (subresource === undefined && method !== 'POST')) {
    throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      Method: method,
      ResourceType: level.toUpperCase(),
    });
  }
  if (subresource === undefined) throw notImplemented(`${verb}Object`);
  throw notImplemented(`${nameOf(query, verb, { method, level, subresource })} (${method} ?${subresource})`);
}

/** The name of the operation that a request is for, if it is offered. */
export function nameOfOperation(request: S3Request): string | undefined {
  return routeOf(request)?.name;
}

function routeOf(request: S3Request): Route | undefined {
  const { method, query } = request;
  const level = levelOf(request);
  const subresource = subresourceOf(query);
  return ROUTES.find(
    (one) =>
      one.method === method &&
      one.level === level &&
      (one.query === undefined ? subresource === undefined : isIn(query, one.query)) &&
      (one.header === undefined || request.header(one.header) !== undefined),
  );
}

function subresourceOf(query: URLSearchParams): string | undefined {
  return [...query.keys()].find((name) => SUBRESOURCES.has(name));
}

interface Asked {
  readonly method: string;
  readonly level: Level;
  readonly subresource: string;
}

/** What AWS calls an operation that is not offered here. */
function nameOf(query: URLSearchParams, verb: string, { method, level, subresource }: Asked): string {
  // Some SDKs say it themselves, where one request would do for two operations.
  const [said] = /^\w+$/.exec(query.get('x-id') ?? '') ?? [];
  if (said !== undefined) return said;
  // With an id, one of the configurations is meant that are listed without.
  const own = query.has('id') ? undefined : OWN_NAMES.get(`${method} ${level} ${subresource}`);
  return own ?? `${verb}${level === 'object' ? 'Object' : 'Bucket'}${SUBRESOURCES.get(subresource)}`;
}

function levelOf({ bucket, key }: S3Request): Level {
  if (key !== '') return 'object';
  return bucket === '' ? 'service' : 'bucket';
}

function isIn(query: URLSearchParams, wanted: string): boolean {
  const [name = '', value] = wanted.split('=');
  return value === undefined ? query.has(name) : query.get(name) === value;
}
