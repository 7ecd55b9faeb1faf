import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeObject } from '../files/fixture.ts';
import { serviceError, virtualEffort } from '../fixture.ts';
import type { Effort } from '../resend.ts';
import { openObject } from './object-body.ts';

const NAME = { bucket: 'uploads', key: 'a b.ndjson', etag: 'e1' };
const CONTENT = Buffer.from(Array.from({ length: 30_000 }, (_, n) => `${n}\n`).join(''));

async function read(opened: Promise<Awaited<ReturnType<typeof openObject>>>): Promise<Buffer> {
  return buffer((await opened).pieces);
}

describe('a body', () => {
  it('is read once from its first byte to its last, wherever it breaks off', async () => {
    const fault = fc.record({
      after: fc.nat(5_000),
      how: fc.constantFrom('breaks' as const, 'ends' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 7 }), fc.nat(20_000), async (faults, length) => {
        const object = fakeObject({ content: CONTENT.subarray(0, length), faults, pieces: [1_000, 7] });
        const content = await read(openObject(object.client, NAME, virtualEffort(100_000)));
        expect(content.equals(CONTENT.subarray(0, length))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is taken up as often as it makes progress, and given up when it makes none', async () => {
    const moving = Array.from({ length: 100 }, () => ({ after: 10, how: 'breaks' as const }));
    const some = fakeObject({ content: CONTENT.subarray(0, 900), faults: moving, pieces: [10] });
    expect(await read(openObject(some.client, NAME, virtualEffort(1e6)))).toEqual(CONTENT.subarray(0, 900));
    expect(some.asked).toHaveLength(90);

    const stuck = Array.from({ length: 100 }, () => ({ after: 0, how: 'ends' as const }));
    const none = fakeObject({ content: CONTENT, faults: stuck });
    await expect(read(openObject(none.client, NAME, virtualEffort(1e6)))).rejects.toThrow(
      'read 0 of 168890 bytes: Error: the body ended',
    );
    expect(none.asked).toHaveLength(8);
  });

  it('is that of the version which answered first, to its end', async () => {
    const faults = [{ after: 10, how: 'breaks' as const }];
    const object = fakeObject({ content: CONTENT, faults, versionId: 'v1' });
    await read(openObject(object.client, { ...NAME, etag: undefined }, virtualEffort(10_000)));
    expect(object.asked).toEqual([
      { Bucket: 'uploads', Key: 'a b.ndjson' },
      { Bucket: 'uploads', Key: 'a b.ndjson', IfMatch: '"e1"', VersionId: 'v1', Range: 'bytes=10-' },
    ]);
  });

  it('is not mixed with that of an object which replaced it', async () => {
    const faults = [{ after: 10, how: 'breaks' as const }];
    const object = fakeObject({ content: CONTENT, faults });
    const opened = await openObject(object.client, NAME, virtualEffort(10_000));
    object.replace(Buffer.alloc(CONTENT.length), 'e2');
    await expect(buffer(opened.pieces)).rejects.toMatchObject({ name: 'ObjectGone', how: 'replaced' });
  });
});

describe('an object', () => {
  it('that was replaced or deleted before is told as such', async () => {
    const object = fakeObject({ content: CONTENT, etag: 'e2' });
    await expect(openObject(object.client, NAME, virtualEffort(1_000))).rejects.toMatchObject({
      how: 'replaced',
    });
    object.remove();
    await expect(openObject(object.client, NAME, virtualEffort(1_000))).rejects.toMatchObject({
      how: 'deleted',
    });
  });

  it('that may not be read, or is not there for now, fails as S3 says', async () => {
    for (const [name, status] of [
      ['AccessDenied', 403],
      ['InternalError', 500],
    ] as const) {
      const client = { send: () => Promise.reject(serviceError(name, status)) };
      await expect(openObject(client, NAME, virtualEffort(1_000))).rejects.toMatchObject({ name });
    }
  });
});

/** Serves CONTENT as S3 does; each request as the next one of the ways says, and the last of them for ever. */
async function serve(
  ways: readonly ((response: ServerResponse, from: number) => void)[],
  sum = crc32(CONTENT),
) {
  const ranges: (string | undefined)[] = [];
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(sum);
  const server = createServer((request: IncomingMessage, response) => {
    const { range } = request.headers;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const way = ways[Math.min(ranges.length, ways.length - 1)]!;
    ranges.push(range);
    response.writeHead(range === undefined ? 200 : 206, {
      etag: '"e1"',
      'content-length': CONTENT.length - from,
      ...(range === undefined
        ? {}
        : { 'content-range': `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` }),
      // Of the whole: S3 tells none of a range.
      ...(range === undefined && request.headers['x-amz-checksum-mode'] !== undefined
        ? { 'x-amz-checksum-crc32': checksum.toString('base64') }
        : {}),
    });
    way(response, from);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, ranges };
}

const whole = (response: ServerResponse, from: number) => void response.end(CONTENT.subarray(from));

describe('the SDK', () => {
  /** Time as it is, with less patience. */
  const effort: Effort = {
    remaining: () => 10_000,
    random: () => 0,
    sleep: async () => {},
    abortAfter: (milliseconds) => AbortSignal.timeout(Math.min(milliseconds, 1_000)),
  };

  it('tells of a connection that is cut, and of one that is silent, and the rest is asked for', async () => {
    const { client, ranges } = await serve([
      (response) => {
        response.write(CONTENT.subarray(0, 1_000), () => response.destroy());
      },
      (response, from) => void response.write(CONTENT.subarray(from, 5_000)),
      whole,
    ]);
    // Who waits for a silent connection to speak waits for ever.
    const limit = new Promise<string>((resolve) => setTimeout(resolve, 8_000, 'nothing'));
    expect(await Promise.race([read(openObject(client, NAME, effort)), limit])).toEqual(CONTENT);
    expect(ranges).toEqual([undefined, 'bytes=1000-', 'bytes=5000-']);
  });

  it('compares the checksum of what comes in one piece, and nothing is read again for it', async () => {
    const { client, ranges } = await serve([whole], 0);
    await expect(read(openObject(client, NAME, effort))).rejects.toThrow(/Checksum mismatch/);
    expect(ranges).toHaveLength(1);
  });

  it('goes on reading longer than an attempt may take', async () => {
    const { client, ranges } = await serve([
      (response, from) => {
        let at = from;
        const next = () => {
          const to = Math.min(at + CONTENT.length / 8, CONTENT.length);
          response.write(CONTENT.subarray(at, to));
          at = to;
          if (at < CONTENT.length) setTimeout(next, 170);
          else response.end();
        };
        next();
      },
    ]);
    const { pieces } = await openObject(client, NAME, effort);
    expect(await buffer(pieces)).toEqual(CONTENT);
    expect(ranges).toEqual([undefined]);
  });
});
