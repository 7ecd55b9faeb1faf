import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { canLimitFiles, limitFiles } from '../../../test/full-disk.ts';
import { type Child, startChild } from '../child-fixture.ts';
import { raw, S3Fixture } from './fixture.ts';
import { createS3 } from './service.ts';

const fixture = new S3Fixture();
let child: Child | undefined;
afterEach(async () => {
  await child?.kill();
  child = undefined;
  await fixture.closeAll();
});

/** An S3 behind a gateway in a process of its own, that tells its endpoint and, asked for it, its memory in bytes. */
async function startS3(folder: string): Promise<{ child: Child; client: S3Client; endpoint: string }> {
  child = await startChild(`
    import { createInterface } from 'node:readline';
    import { openGateway } from './gateway/gateway.ts';
    import { createS3 } from './s3/service.ts';
    const s3 = createS3({ folder: ${JSON.stringify(folder)}, clock: Date });
    const gateway = await openGateway({ port: 0, services: [s3] });
    console.log('at ' + gateway.endpoint);
    createInterface({ input: process.stdin }).on('line', () => console.log('peak ' + process.resourceUsage().maxRSS * 1024));
  `);
  const endpoint = (await child.line('at ')).slice(3);
  const client = fixture.client(
    new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    }),
  );
  return { child, client, endpoint };
}

describe('what is acknowledged', () => {
  it('survives kill -9, and nothing is left of what was not', async () => {
    const folder = fixture.folder();
    const started = await startS3(folder);
    await raw(started.endpoint, 'PUT', '/herd');
    const body = (key: string) => Buffer.alloc(20_000, key);
    const acknowledged: string[] = [];
    let killed = false;
    const writer = async (name: string) => {
      for (let i = 0; !killed; i++) {
        const Key = `${name}/${i}`;
        await started.client.send(new PutObjectCommand({ Bucket: 'herd', Key, Body: body(Key) }));
        acknowledged.push(Key);
        if (acknowledged.length === 60) {
          killed = true;
          await started.child.kill();
        }
      }
    };
    await Promise.allSettled(['a', 'b', 'c', 'd'].map(writer));

    const s3 = createS3({ folder, clock: systemClock });
    for (const key of acknowledged) {
      expect((await s3.readObject('herd', key))?.equals(body(key))).toBe(true);
    }
    await s3.close();
    const { client } = await fixture.openS3({ folder });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'herd' }));
    for (const { Key = '' } of Contents) {
      const got = await client.send(new GetObjectCommand({ Bucket: 'herd', Key }));
      expect(body(Key).equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    }
    expect(readdirSync(join(folder, 'blobs'))).toHaveLength(Contents.length);
  });

  it.skipIf(!canLimitFiles)('is there after a disk was full, and what was not is not', async () => {
    const folder = fixture.folder();
    const started = await startS3(folder);
    await raw(started.endpoint, 'PUT', '/herd');
    limitFiles(started.child.process.pid ?? 0, 4000);
    const put = (key: string, size: number) =>
      raw(started.endpoint, 'PUT', `/herd/${key}`, {}, Buffer.alloc(size, key));
    const large = await put('large', 20_000);
    expect([large.status, await large.text()]).toEqual([500, expect.stringContaining('InternalError')]);
    const acknowledged: string[] = [];
    let refused = 0;
    for (let i = 0; i < 30; i++) {
      const { status } = await put(`k${i}`, 100);
      if (status === 200) acknowledged.push(`k${i}`);
      else refused++;
    }
    expect([acknowledged.length > 0, refused > 0]).toEqual([true, true]);
    limitFiles(started.child.process.pid ?? 0, 'unlimited');
    expect((await put('last', 20_000)).status).toBe(200);
    await started.child.kill();
    const { client } = await fixture.openS3({ folder });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'herd' }));
    expect(Contents.map(({ Key }) => Key)).toEqual([...acknowledged, 'last'].sort());
    expect(readdirSync(join(folder, 'blobs'))).toHaveLength(Contents.length);
  });

  it('is whole up to a line that was cut short, and damage elsewhere is told', async () => {
    const folder = fixture.folder();
    const before = await fixture.openBucket('herd', { folder });
    for (const key of ['a', 'b']) await before.s3.putObject('herd', key, key);
    await before.s3.close();
    const [id = ''] = readdirSync(join(folder, 'buckets'));
    const journal = join(folder, 'buckets', id, 'journal');
    const good = readFileSync(journal);
    appendFileSync(journal, '12345678 [{"is":"delete","key":"a"');
    const s3 = createS3({ folder, clock: systemClock });
    expect(String(await s3.readObject('herd', 'a'))).toBe('a');
    await s3.putObject('herd', 'c', 'c');
    await s3.close();
    const bad = Buffer.from(good);
    bad[40]! ^= 1;
    writeFileSync(journal, bad);
    expect(() => createS3({ folder, clock: systemClock })).toThrow(/journal is damaged at byte 0/);
  });
});

describe('a large object', () => {
  it('goes to disk and back in constant memory', { timeout: 120_000 }, async () => {
    const { child: server, endpoint } = await startS3(fixture.folder());
    await raw(endpoint, 'PUT', '/herd');
    const bytes = 300 * 1024 * 1024;
    const piece = Buffer.alloc(1024 * 1024, 'magic');
    async function* chunks() {
      let sum = 0;
      for (let sent = 0; sent < bytes; sent += piece.length) {
        sum = crc32(piece, sum);
        yield Buffer.from(`${piece.length.toString(16)}\r\n`);
        yield piece;
        yield Buffer.from('\r\n');
      }
      const value = Buffer.from(sum.toString(16).padStart(8, '0'), 'hex').toString('base64');
      yield Buffer.from(`0\r\nx-amz-checksum-crc32:${value}\r\n\r\n`);
    }
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/aws4_request, S=0';
    const put = await fetch(`${endpoint}/herd/large`, {
      method: 'PUT',
      headers: {
        authorization,
        'x-amz-decoded-content-length': String(bytes),
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      body: Readable.from(chunks()),
      duplex: 'half',
    } as unknown as RequestInit);
    expect([put.status, await put.text()]).toEqual([200, '']);
    const got = await fetch(`${endpoint}/herd/large`, { headers: { authorization } });
    let read = 0;
    for await (const chunk of got.body as AsyncIterable<Uint8Array>) read += chunk.length;
    expect(read).toBe(bytes);
    server.process.stdin.write('?\n');
    expect(Number((await server.line('peak ')).slice(5))).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('S3 from within', () => {
  it('reads and puts, as others see it', async () => {
    const { s3, client } = await fixture.openBucket();
    await s3.putObject('herd', 'a', '{}', { contentType: 'application/json', metadata: { x: 'y' } });
    const got = await client.send(new GetObjectCommand({ Bucket: 'herd', Key: 'a' }));
    expect(got).toMatchObject({ ContentType: 'application/json', Metadata: { x: 'y' }, ContentLength: 2 });
    expect(await got.Body?.transformToString()).toBe('{}');
    expect(String(await s3.readObject('herd', 'a'))).toBe('{}');
    expect(await s3.readObject('herd', 'none')).toBeUndefined();
    expect(await s3.readObject('none', 'a')).toBeUndefined();
    expect([s3.hasBucket('herd'), s3.hasBucket('none')]).toEqual([true, false]);
    await expect(s3.putObject('herd', 'a', '', { metadata: { a: '\n' } })).rejects.toMatchObject({
      type: 'InvalidArgument',
    });
    await expect(s3.putObject('none', 'a', '')).rejects.toMatchObject({ type: 'NoSuchBucket' });
  });

  it('leaves no temporary files', async () => {
    const s3 = createS3({ folder: null, clock: systemClock });
    await s3.close();
    await s3.close();
    expect(existsSync('null')).toBe(false);
  });
});

describe('addresses and queries', () => {
  it('takes a presigned request, whose headers may be in the query', async () => {
    const { endpoint, client } = await fixture.openBucket();
    const credential = 'X-Amz-Credential=a%2Fb%2Fus-east-1%2Fs3%2Faws4_request';
    const url = `${endpoint}/herd/a?${credential}&X-Amz-Meta-Rider=x&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject`;
    expect((await fetch(url, { method: 'PUT', body: 'magic' })).status).toBe(200);
    const got = await client.send(new GetObjectCommand({ Bucket: 'herd', Key: 'a' }));
    expect(await got.Body?.transformToString()).toBe('magic');
    expect(got.Metadata).toEqual({ rider: 'x' });
  });

  it.each(['X-Amz-Meta-A=%0d%0aX: y', 'X-Amz-Meta-A%20B=c', 'X-Amz-Meta-A=%F0%9F%A6%84'])(
    'refuses a presigned %s, which no header can hold',
    async (member) => {
      const { endpoint } = await fixture.openBucket();
      const credential = 'X-Amz-Credential=a%2Fb%2Fus-east-1%2Fs3%2Faws4_request';
      const answer = await fetch(`${endpoint}/herd/a?${credential}&${member}`, { method: 'PUT', body: 'x' });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('InvalidArgument')]);
      await raw(endpoint, 'PUT', '/herd/b');
      const got = await raw(endpoint, 'GET', `/herd/b?response-content-type=${member.split('=')[1]}%00`);
      expect(got.status).toBe(400);
    },
  );

  it('names each answer and keeps keys apart that are no paths', async () => {
    const { endpoint, s3 } = await fixture.openBucket();
    const answer = await raw(endpoint, 'HEAD', '/herd');
    expect(answer.headers.get('x-amz-request-id')).toBe(answer.headers.get('x-amzn-requestid'));
    const keys = ['../../x', '/x', '//x', 'x/', '__proto__', '\u0000', 'a\\b'];
    for (const key of keys) {
      const put = await raw(endpoint, 'PUT', `/herd/${encodeURIComponent(key)}`, {}, key);
      expect(put.status).toBe(200);
    }
    for (const key of keys) expect(String(await s3.readObject('herd', key))).toBe(key);
  });

  it('finds the bucket in the host name', async () => {
    const { endpoint, client } = await fixture.openBucket();
    const { port } = new URL(endpoint);
    await client.send(new HeadBucketCommand({ Bucket: 'herd' }));
    const connection = fixture.raw(Number(port));
    await connection.say(
      `PUT /a%2Fb HTTP/1.1\r\nHost: herd.localhost:${port}\r\nContent-Length: 5\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/aws4_request, S=0\r\n\r\nmagic`,
    );
    expect(await connection.hears('\r\n\r\n')).toContain('200 OK');
    const got = await client.send(new GetObjectCommand({ Bucket: 'herd', Key: 'a/b' }));
    expect(await got.Body?.transformToString()).toBe('magic');
  });
});
