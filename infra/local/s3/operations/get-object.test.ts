import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { NodeHttp2Handler } from '@smithy/node-http-handler';
import { afterEach, describe, expect, it } from 'vitest';
import { raw, S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const KEY = { Bucket: 'herd', Key: 'ride' };
const ETAG = `"${createHash('md5').update('0123456789').digest('hex')}"`;

async function openRide() {
  const open = await fixture.openBucket();
  await open.client.send(new PutObjectCommand({ ...KEY, Body: '0123456789', ContentType: 'text/plain' }));
  return open;
}

describe('GetObject', () => {
  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99999999999999999999', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-4', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=0-1', 200, '0123456789', null],
    ['bytes=-', 200, '0123456789', null],
  ])('range %s', async (range, status, body, contentRange) => {
    const { endpoint } = await openRide();
    const answer = await raw(endpoint, 'GET', '/herd/ride', { range });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    expect(answer.headers.get('content-length')).toBe(String(body.length));
    expect(await answer.text()).toBe(body);
  });

  it.each(['bytes=10-', 'bytes=-0', 'bytes=99-100'])('range %s is not satisfiable', async (Range) => {
    const { client } = await openRide();
    await expect(client.send(new GetObjectCommand({ ...KEY, Range }))).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  const earlier = 'Thu, 01 Jan 2015 00:00:00 GMT';
  const later = 'Fri, 01 Jan 2099 00:00:00 GMT';
  it.each([
    [{ 'if-match': ETAG }, 200],
    [{ 'if-match': ETAG.slice(1, -1) }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"no"' }, 412],
    [{ 'if-match': `"no", ${ETAG}` }, 200],
    [{ 'if-none-match': ETAG }, 304],
    [{ 'if-none-match': '"no"' }, 200],
    [{ 'if-modified-since': earlier }, 200],
    [{ 'if-modified-since': later }, 304],
    [{ 'if-modified-since': 'soon' }, 200],
    [{ 'if-unmodified-since': earlier }, 412],
    [{ 'if-unmodified-since': later }, 200],
    [{ 'if-match': ETAG, 'if-unmodified-since': earlier }, 200],
    [{ 'if-none-match': '"no"', 'if-modified-since': later }, 200],
    [{ 'if-none-match': ETAG, 'if-modified-since': earlier }, 304],
  ] as [Record<string, string>, number][])('condition %j', async (headers, status) => {
    const { endpoint } = await openRide();
    for (const method of ['GET', 'HEAD']) {
      const answer = await raw(endpoint, method, '/herd/ride', headers);
      expect([method, answer.status]).toEqual([method, status]);
      if (status === 304) expect(answer.headers.get('etag')).toBe(ETAG);
    }
  });

  it('says of its headers what the query asks', async () => {
    const { client } = await openRide();
    const got = await client.send(
      new GetObjectCommand({
        ...KEY,
        ResponseContentType: 'application/json',
        ResponseContentDisposition: 'attachment',
        ResponseCacheControl: 'no-cache',
      }),
    );
    expect(got).toMatchObject({
      ContentType: 'application/json',
      ContentDisposition: 'attachment',
      CacheControl: 'no-cache',
    });
    expect(await got.Body?.transformToString()).toBe('0123456789');
  });

  it('names the key that is not there, the bucket that is not, and the version', async () => {
    const { client } = await openRide();
    const missing = client.send(new GetObjectCommand({ ...KEY, Key: 'no & <no>' }));
    await expect(missing).rejects.toBeInstanceOf(NoSuchKey);
    await expect(missing).rejects.toMatchObject({ Key: 'no & <no>' });
    await expect(client.send(new GetObjectCommand({ ...KEY, Bucket: 'nowhere' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      BucketName: 'nowhere',
    });
    await expect(client.send(new GetObjectCommand({ ...KEY, VersionId: 'v1' }))).rejects.toMatchObject({
      name: 'InvalidArgument',
    });
  });

  it('gives what it began to give though it is deleted or overwritten meanwhile', async () => {
    const { client } = await fixture.openBucket();
    const Body = Buffer.alloc(8 * 1024 * 1024, 'magic');
    await client.send(new PutObjectCommand({ ...KEY, Body }));
    const got = await client.send(new GetObjectCommand(KEY));
    await client.send(new PutObjectCommand({ ...KEY, Body: 'new' }));
    await client.send(new DeleteObjectCommand(KEY));
    expect(Body.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  });

  it('gives an object without bytes', async () => {
    const { client } = await fixture.openBucket();
    await client.send(new PutObjectCommand(KEY));
    const got = await client.send(new GetObjectCommand(KEY));
    expect(got.ContentLength).toBe(0);
    expect(await got.Body?.transformToString()).toBe('');
  });
});

describe('HeadObject', () => {
  it('says what GetObject would, and of errors only the status', async () => {
    const { client, endpoint } = await openRide();
    const head = await client.send(new HeadObjectCommand(KEY));
    expect(head).toMatchObject({
      ContentLength: 10,
      ContentType: 'text/plain',
      ETag: ETAG,
      AcceptRanges: 'bytes',
    });
    const answer = await raw(endpoint, 'HEAD', '/herd/none');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
    await expect(client.send(new HeadObjectCommand({ ...KEY, Key: 'none' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('does so in HTTP/2 too', async () => {
    const { endpoint, logged } = await openRide();
    const { client } = await fixture.openS3({}, { requestHandler: new NodeHttp2Handler(), endpoint });
    expect(await client.send(new HeadObjectCommand(KEY))).toMatchObject({ ContentLength: 10, ETag: ETAG });
    await expect(client.send(new HeadObjectCommand({ ...KEY, Key: 'none' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(client.send(new GetObjectCommand({ ...KEY, IfNoneMatch: ETAG }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await client.send(new PutObjectCommand({ ...KEY, Body: 'in HTTP/2' }));
    const got = await client.send(new GetObjectCommand(KEY));
    expect(await got.Body?.transformToString()).toBe('in HTTP/2');
    await client.send(new DeleteObjectCommand(KEY));
    expect(logged).toEqual([]);
  });
});

describe('GetObjectAttributes', () => {
  it('tells what is asked', async () => {
    const { client } = await openRide();
    const all = new GetObjectAttributesCommand({
      ...KEY,
      ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass', 'Checksum', 'ObjectParts'],
    });
    const told = await client.send(all);
    expect(told).toMatchObject({ ETag: ETAG.slice(1, -1), ObjectSize: 10, StorageClass: 'STANDARD' });
    expect(told.Checksum?.ChecksumType).toBe('FULL_OBJECT');
    expect(told.ObjectParts).toBeUndefined();
    const some = await client.send(
      new GetObjectAttributesCommand({ ...KEY, ObjectAttributes: ['ObjectSize'] }),
    );
    expect(some.ETag).toBeUndefined();
  });
});
