import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { answers, base64, from, matching, refuses, type Scenario, type Step, utf8 } from '../scenario.ts';

const BUCKET = { Bucket: 'rides' };
const KEY = { ...BUCKET, Key: 'raw/2026/05/01/Einhorn 🦄+%&.json' };
const READING = '{"Name":"Rocinante"}\n';
const NO_BUCKET = { Bucket: 'nowhere' };
const missing = { status: 404 } as const;
/** boto3 asks for keys in URL encoding, and decodes them. */
const LISTING = { apart: ['EncodingType'] } as const;
const made = answers('s3.CreateBucket', BUCKET, { Location: '/rides' });
const gone = answers('s3.DeleteBucket', BUCKET);
const put = (key: string): Step => answers('s3.PutObject', { ...BUCKET, Key: key, Body: utf8(key) });
const removed = (...keys: string[]): Step =>
  answers('s3.DeleteObjects', { ...BUCKET, Delete: { Objects: keys.map((Key) => ({ Key })) } });
const PART = new Uint8Array(5 * 1024 * 1024).fill(0x61);
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::rides/*' }],
});

/** Objects and buckets. */
export const S3: readonly Scenario[] = [
  {
    title: 'an object is put, read in whole and in part, copied and deleted',
    steps: [
      made,
      answers('s3.HeadBucket', BUCKET),
      answers(
        's3.ListBuckets',
        {},
        { Buckets: [{ Name: 'rides', CreationDate: { time: expect.any(String) } }] },
      ),
      answers('s3.GetBucketLocation', BUCKET),
      answers(
        's3.PutObject',
        {
          ...KEY,
          Body: utf8(READING),
          ContentType: 'application/json',
          Metadata: { sensor: 'seven' },
        },
        { ETag: `"${createHash('md5').update(READING).digest('hex')}"` },
      ),
      answers('s3.GetObject', KEY, {
        Body: utf8(READING),
        ContentLength: 21,
        ContentType: 'application/json',
        Metadata: { sensor: 'seven' },
        LastModified: { time: expect.any(String) },
        ETag: matching(/^"[0-9a-f]{32}"$/),
        AcceptRanges: 'bytes',
      }),
      answers(
        's3.GetObject',
        { ...KEY, Range: 'bytes=2-5' },
        { Body: utf8('Name'), ContentRange: 'bytes 2-5/21', ContentLength: 4 },
      ),
      answers('s3.HeadObject', KEY, { ContentLength: 21, Metadata: { sensor: 'seven' } }),
      answers(
        's3.GetObjectAttributes',
        { ...KEY, ObjectAttributes: ['ETag', 'ObjectSize'] },
        { ObjectSize: 21 },
      ),
      answers('s3.PutObjectTagging', { ...KEY, Tagging: { TagSet: [{ Key: 'stage', Value: 'test' }] } }),
      answers('s3.GetObjectTagging', KEY, { TagSet: [{ Key: 'stage', Value: 'test' }] }),
      answers('s3.DeleteObjectTagging', KEY),
      answers('s3.PutObject', { ...BUCKET, Key: 'plain', Body: utf8(READING), ContentType: 'text/csv' }),
      answers(
        's3.CopyObject',
        { ...BUCKET, Key: 'Kopie 🦄', CopySource: 'rides/plain' },
        { CopyObjectResult: { ETag: expect.any(String), LastModified: { time: expect.any(String) } } },
      ),
      answers(
        's3.GetObject',
        { ...BUCKET, Key: 'Kopie 🦄' },
        { Body: utf8(READING), ContentType: 'text/csv' },
      ),
      answers('s3.DeleteObject', KEY),
      answers('s3.DeleteObject', KEY),
      answers(
        's3.DeleteObjects',
        { ...BUCKET, Delete: { Objects: [{ Key: 'Kopie 🦄' }, { Key: 'plain' }, { Key: 'never' }] } },
        {
          Deleted: expect.arrayContaining([expect.objectContaining({ Key: 'Kopie 🦄' })]),
        },
      ),
      gone,
    ],
  },
  {
    title: 'objects are listed below prefixes, and in pages',
    steps: [
      made,
      put('a/1'),
      put('a/2'),
      put('b/1'),
      put('c & ü'),
      answers(
        's3.ListObjectsV2',
        BUCKET,
        {
          Name: 'rides',
          KeyCount: 4,
          IsTruncated: false,
          Contents: [
            { Key: 'a/1', Size: 3, StorageClass: 'STANDARD' },
            { Key: 'a/2' },
            { Key: 'b/1' },
            { Key: 'c & ü' },
          ],
        },
        LISTING,
      ),
      answers(
        's3.ListObjectsV2',
        { ...BUCKET, Delimiter: '/' },
        { CommonPrefixes: [{ Prefix: 'a/' }, { Prefix: 'b/' }], Contents: [{ Key: 'c & ü' }] },
        LISTING,
      ),
      answers(
        's3.ListObjectsV2',
        { ...BUCKET, MaxKeys: 3 },
        { IsTruncated: true, NextContinuationToken: expect.any(String) },
        { as: 'page', ...LISTING },
      ),
      answers(
        's3.ListObjectsV2',
        { ...BUCKET, ContinuationToken: from('page.NextContinuationToken') },
        { Contents: [{ Key: 'c & ü' }] },
        LISTING,
      ),
      answers(
        's3.ListObjects',
        { ...BUCKET, Prefix: 'a/', Marker: 'a/1' },
        { Contents: [{ Key: 'a/2' }] },
        LISTING,
      ),
      removed('a/1', 'a/2', 'b/1', 'c & ü'),
      gone,
    ],
  },
  {
    title: 'a large object is uploaded in parts',
    steps: [
      made,
      answers(
        's3.CreateMultipartUpload',
        { ...BUCKET, Key: 'large' },
        { UploadId: expect.any(String) },
        { as: 'upload' },
      ),
      answers(
        's3.UploadPart',
        { ...BUCKET, Key: 'large', UploadId: from('upload.UploadId'), PartNumber: 1, Body: base64(PART) },
        {},
        { as: 'first' },
      ),
      put('source'),
      answers(
        's3.UploadPartCopy',
        {
          ...BUCKET,
          Key: 'large',
          UploadId: from('upload.UploadId'),
          PartNumber: 2,
          CopySource: 'rides/source',
        },
        {},
        { as: 'second' },
      ),
      answers(
        's3.ListParts',
        { ...BUCKET, Key: 'large', UploadId: from('upload.UploadId') },
        {
          Parts: [
            { PartNumber: 1, Size: PART.length },
            { PartNumber: 2, Size: 6 },
          ],
        },
        // A number to boto3, text to the JavaScript SDK.
        { apart: ['PartNumberMarker', 'NextPartNumberMarker'] },
      ),
      answers(
        's3.ListMultipartUploads',
        BUCKET,
        { Uploads: [{ Key: 'large', UploadId: from('upload.UploadId') }] },
        LISTING,
      ),
      answers(
        's3.CompleteMultipartUpload',
        {
          ...BUCKET,
          Key: 'large',
          UploadId: from('upload.UploadId'),
          MultipartUpload: {
            Parts: [
              { PartNumber: 1, ETag: from('first.ETag') },
              { PartNumber: 2, ETag: from('second.CopyPartResult.ETag') },
            ],
          },
        },
        { Bucket: 'rides', Key: 'large', ETag: matching(/^"[0-9a-f]{32}-2"$/) },
      ),
      answers('s3.GetObject', { ...BUCKET, Key: 'large', Range: 'bytes=-8' }, { Body: utf8('aasource') }),
      answers('s3.CreateMultipartUpload', { ...BUCKET, Key: 'never' }, {}, { as: 'aborted' }),
      answers('s3.AbortMultipartUpload', { ...BUCKET, Key: 'never', UploadId: from('aborted.UploadId') }),
      refuses(
        's3.ListParts',
        { ...BUCKET, Key: 'never', UploadId: from('aborted.UploadId') },
        'NoSuchUpload',
        /^The specified upload does not exist/,
        missing,
      ),
      removed('large', 'source'),
      gone,
    ],
  },
  {
    title: 'a bucket is set up privately',
    steps: [
      made,
      answers('s3.PutPublicAccessBlock', {
        ...BUCKET,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
      answers('s3.GetPublicAccessBlock', BUCKET, {
        PublicAccessBlockConfiguration: { BlockPublicAcls: true },
      }),
      answers('s3.DeletePublicAccessBlock', BUCKET),
      answers('s3.PutBucketPolicy', { ...BUCKET, Policy: POLICY }),
      answers('s3.GetBucketPolicy', BUCKET, { Policy: POLICY }),
      answers('s3.DeleteBucketPolicy', BUCKET),
      refuses(
        's3.GetBucketPolicy',
        BUCKET,
        'NoSuchBucketPolicy',
        /^The bucket policy does not exist$/,
        missing,
      ),
      answers('s3.PutBucketTagging', { ...BUCKET, Tagging: { TagSet: [{ Key: 'stage', Value: 'test' }] } }),
      answers('s3.GetBucketTagging', BUCKET, { TagSet: [{ Key: 'stage', Value: 'test' }] }),
      answers('s3.DeleteBucketTagging', BUCKET),
      refuses('s3.GetBucketTagging', BUCKET, 'NoSuchTagSet', /^The TagSet does not exist$/, missing),
      answers('s3.PutBucketEncryption', {
        ...BUCKET,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
      answers('s3.GetBucketEncryption', BUCKET, {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
      answers('s3.DeleteBucketEncryption', BUCKET),
      answers('s3.GetBucketAcl', BUCKET, { Grants: [{ Permission: 'FULL_CONTROL' }] }),
      answers('s3.GetBucketVersioning', BUCKET),
      answers('s3.GetBucketOwnershipControls', BUCKET, {
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      }),
      gone,
    ],
  },
  {
    title: 'what is wrong with a bucket or an object is told',
    steps: [
      refuses(
        's3.ListObjectsV2',
        NO_BUCKET,
        'NoSuchBucket',
        /^The specified bucket does not exist$/,
        missing,
      ),
      refuses(
        's3.PutObject',
        { ...NO_BUCKET, Key: 'k', Body: utf8('x') },
        'NoSuchBucket',
        /^The specified bucket does not exist$/,
        missing,
      ),
      refuses('s3.DeleteBucket', NO_BUCKET, 'NoSuchBucket', /^The specified bucket does not exist$/, missing),
      // An answer to HEAD has no body: what it says, the clients make up.
      refuses('s3.HeadBucket', NO_BUCKET, matching(/^(NotFound|NoSuchBucket|404)$/), /./, missing),
      made,
      refuses(
        's3.GetObject',
        { ...BUCKET, Key: 'none' },
        'NoSuchKey',
        /^The specified key does not exist\.$/,
        missing,
      ),
      refuses(
        's3.HeadObject',
        { ...BUCKET, Key: 'none' },
        matching(/^(NotFound|NoSuchKey|404)$/),
        /./,
        missing,
      ),
      put('kept'),
      refuses(
        's3.GetObject',
        { ...BUCKET, Key: 'kept', Range: 'bytes=9-' },
        'InvalidRange',
        /^The requested range is not satisfiable$/,
        { status: 416 },
      ),
      refuses(
        's3.PutObject',
        { ...BUCKET, Key: 'kept', Body: utf8('y'), IfNoneMatch: '*' },
        'PreconditionFailed',
        /^At least one of the pre-?conditions you specified did not hold/,
        { status: 412 },
      ),
      refuses('s3.DeleteBucket', BUCKET, 'BucketNotEmpty', /^The bucket you tried to delete is not empty/, {
        status: 409,
      }),
      refuses(
        's3.PutBucketVersioning',
        { ...BUCKET, VersioningConfiguration: { Status: 'Enabled' } },
        'NotImplemented',
        /./,
        { status: 501 },
      ),
      removed('kept'),
      gone,
    ],
  },
];
