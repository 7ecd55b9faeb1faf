import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { raw, S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('PutObject', () => {
  it('keeps the body with what is said of it', async () => {
    const { client } = await fixture.openBucket();
    const put = await client.send(
      new PutObjectCommand({
        Bucket: 'herd',
        Key: 'rides/a b+c/\u{1f984}.json',
        Body: '{"Name":"Shadowfax"}',
        ContentType: 'application/json',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentEncoding: 'identity',
        ContentLanguage: 'en',
        Metadata: { rider: 'Bucephalus', constructor: 'x' },
        Tagging: 'a=1&b=2',
        StorageClass: 'STANDARD_IA',
      }),
    );
    expect(put).toMatchObject({
      ETag: `"${md5('{"Name":"Shadowfax"}')}"`,
      ChecksumType: 'FULL_OBJECT',
      ServerSideEncryption: 'AES256',
    });
    expect(put.ChecksumCRC32).toBeDefined();
    const got = await client.send(
      new GetObjectCommand({ Bucket: 'herd', Key: 'rides/a b+c/\u{1f984}.json' }),
    );
    expect(await got.Body?.transformToString()).toBe('{"Name":"Shadowfax"}');
    expect(got).toMatchObject({
      ContentType: 'application/json',
      CacheControl: 'no-store',
      ContentDisposition: 'attachment',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      ContentLength: 20,
      Metadata: { rider: 'Bucephalus', constructor: 'x' },
      TagCount: 2,
      StorageClass: 'STANDARD_IA',
      ETag: put.ETag,
      ChecksumCRC32: put.ChecksumCRC32,
    });
  });

  it.each<ChecksumAlgorithm>(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])(
    'takes %s from the SDK and gives it back',
    async (ChecksumAlgorithm) => {
      const { client } = await fixture.openBucket();
      const key = { Bucket: 'herd', Key: 'sum' };
      await client.send(new PutObjectCommand({ ...key, Body: 'magic', ChecksumAlgorithm }));
      const head = await client.send(new HeadObjectCommand({ ...key, ChecksumMode: 'ENABLED' }));
      expect(head[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32']).toBeDefined();
      expect(head.ContentLength).toBe(5);
    },
  );

  it.each([
    ['sha512', 'ChecksumSHA512'],
    ['md5', 'ChecksumMD5'],
  ] as const)('takes %s, which this SDK does not compute', async (algorithm, member) => {
    const { client, endpoint } = await fixture.openBucket();
    const sum = createHash(algorithm).update('magic').digest('base64');
    const put = await raw(endpoint, 'PUT', '/herd/sum', { [`x-amz-checksum-${algorithm}`]: sum }, 'magic');
    expect(put.status).toBe(200);
    const head = new HeadObjectCommand({ Bucket: 'herd', Key: 'sum', ChecksumMode: 'ENABLED' });
    expect((await client.send(head))[member]).toBe(sum);
  });

  it('takes a stream of unknown length in chunks, its checksum in the trailer', async () => {
    const { client } = await fixture.openBucket();
    const piece = Buffer.alloc(70_000, 'unicorn');
    const Body = Readable.from([piece, piece, Buffer.from('end')]);
    const key = { Bucket: 'herd', Key: 'stream' };
    await client.send(new PutObjectCommand({ ...key, Body, ContentLength: 140_003 }));
    const got = await client.send(new GetObjectCommand(key));
    const bytes = await got.Body?.transformToByteArray();
    expect(Buffer.concat([piece, piece, Buffer.from('end')]).equals(bytes ?? Buffer.alloc(0))).toBe(true);
    expect(got.ContentEncoding).toBeUndefined();
  });

  it('takes signed chunks', async () => {
    const { client, endpoint } = await fixture.openBucket();
    const first = 'x'.repeat(8192);
    const signature = ';chunk-signature=ab';
    const body = `2000${signature}\r\n${first}\r\n3${signature}\r\nend\r\n0${signature}\r\n\r\n`;
    const answer = await raw(
      endpoint,
      'PUT',
      '/herd/signed',
      {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': '8195',
        'content-encoding': 'gzip,aws-chunked',
      },
      body,
    );
    expect(answer.status).toBe(200);
    const head = await client.send(new HeadObjectCommand({ Bucket: 'herd', Key: 'signed' }));
    expect(head).toMatchObject({
      ContentLength: 8195,
      ContentEncoding: 'gzip',
      ETag: `"${md5(`${first}end`)}"`,
    });
  });

  it('puts where nothing is, or over what is known, if asked to', async () => {
    const { client } = await fixture.openBucket();
    const key = { Bucket: 'herd', Key: 'once' };
    const { ETag } = await client.send(new PutObjectCommand({ ...key, Body: '1', IfNoneMatch: '*' }));
    await expect(
      client.send(new PutObjectCommand({ ...key, Body: '2', IfNoneMatch: '*' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    await expect(
      client.send(new PutObjectCommand({ ...key, Body: '2', IfMatch: '"no"' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await client.send(new PutObjectCommand({ ...key, Body: '2', IfMatch: ETag }));
    await expect(
      client.send(new PutObjectCommand({ ...key, Key: 'none', IfMatch: ETag })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('lets one of many win that all want to be the first', async () => {
    const { client } = await fixture.openBucket();
    const attempts = Array.from({ length: 10 }, (_, i) =>
      client.send(new PutObjectCommand({ Bucket: 'herd', Key: 'race', Body: String(i), IfNoneMatch: '*' })),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==', 400, 'BadDigest'],
    ['content-md5', 'nonsense', 400, 'InvalidDigest'],
    ['x-amz-checksum-crc32', 'AAAAAA==', 400, 'BadDigest'],
    ['x-amz-checksum-crc64nvme', 'AAAAAA==', 400, 'InvalidRequest'],
    ['x-amz-sdk-checksum-algorithm', 'CRC32', 400, 'InvalidRequest'],
    ['x-amz-content-sha256', '0'.repeat(64), 400, 'XAmzContentSHA256Mismatch'],
    ['x-amz-storage-class', 'COLD', 400, 'InvalidStorageClass'],
    ['x-amz-acl', 'public-read', 400, 'AccessControlListNotSupported'],
    ['x-amz-meta-long', 'x'.repeat(2048), 400, 'MetadataTooLarge'],
    ['x-amz-tagging', 'a=1&a=2', 400, 'InvalidTag'],
    ['x-amz-server-side-encryption', 'rot13', 400, 'InvalidArgument'],
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256', 501, 'NotImplemented'],
    ['x-amz-object-lock-mode', 'GOVERNANCE', 400, 'InvalidRequest'],
    ['if-none-match', '"etag"', 501, 'NotImplemented'],
    ['x-amz-expected-bucket-owner', '111111111111', 403, 'AccessDenied'],
  ])('refuses a bad %s, and leaves nothing behind', async (name, value, status, code) => {
    const folder = fixture.folder();
    const { endpoint } = await fixture.openBucket('herd', { folder });
    const answer = await raw(endpoint, 'PUT', '/herd/bad', { [name]: value }, 'magic');
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect(readdirSync(join(folder, 'blobs'))).toEqual([]);
    expect((await raw(endpoint, 'GET', '/herd/bad')).status).toBe(404);
  });

  it('refuses a key of more than 1,024 bytes, a bucket that is not there, and what cannot be decoded', async () => {
    const { endpoint } = await fixture.openBucket();
    const codes = [];
    for (const path of [`/herd/${'%C3%A9'.repeat(513)}`, '/nowhere/key', '/herd/%ff']) {
      codes.push(/<Code>(\w+)/.exec(await (await raw(endpoint, 'PUT', path, {}, 'x')).text())?.[1]);
    }
    expect(codes).toEqual(['KeyTooLongError', 'NoSuchBucket', 'InvalidURI']);
  });

  it('leaves nothing of a body that breaks off, and needs its length', async () => {
    const folder = fixture.folder();
    const { endpoint } = await fixture.openBucket('herd', { folder });
    const { port } = new URL(endpoint);
    const head =
      'PUT /herd/half HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/aws4_request, S=0\r\n';
    const broken = fixture.raw(Number(port));
    await broken.say(`${head}Content-Length: 100\r\n\r\nhalf`);
    await expect.poll(() => readdirSync(join(folder, 'blobs')).length).toBe(1);
    broken.socket.destroy();
    await expect.poll(() => readdirSync(join(folder, 'blobs'))).toEqual([]);
    const endless = fixture.raw(Number(port));
    await endless.say(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    expect(await endless.hears('</Error>')).toContain('MissingContentLength');
  });
});
