import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../infra/target.ts';
import { fetchObjects } from './objects.ts';

/** A client of a server that answers as it likes. */
async function clientOf(answer: RequestListener): Promise<S3Client> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  return client;
}

async function fetchFrom(client: S3Client, keys: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'wildrydes-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const told: string[] = [];
  let fetched = 0;
  const files = await fetchObjects(
    client,
    'bucket',
    keys.map((key) => ({ key, hour: 0, size: 1 })),
    folder,
    () => fetched++,
    (key, reason) => told.push(`${key}: ${reason}`),
    new AbortController().signal,
  );
  const texts = await Promise.all(files.map(async ({ key, path }) => [key, await readFile(path, 'utf8')]));
  return { told, fetched, texts: Object.fromEntries(texts) as Record<string, string> };
}

const zipped = gzipSync('line\n');

test('an object whose body breaks off is fetched again, whole', async () => {
  let requests = 0;
  const client = await clientOf((_, response) => {
    response.writeHead(200, { 'content-length': zipped.length });
    if (++requests > 2) response.end(zipped);
    else response.write(zipped.subarray(0, 12), () => response.destroy());
  });
  expect(await fetchFrom(client, ['a.gz'])).toEqual({ told: [], fetched: 1, texts: { 'a.gz': 'line\n' } });
  expect(requests).toBe(3);
});

test('one whose body always breaks off fails, after a few attempts', async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(200, { 'content-length': zipped.length });
    response.write(zipped.subarray(0, 12), () => response.destroy());
  });
  await expect(fetchFrom(client, ['a.gz'])).rejects.toThrow();
});

test('what is gone, cut off in the bucket or no gzip is told and left out; what is not zipped is taken as it is', async () => {
  const client = await clientOf(({ url = '' }, response) => {
    if (url.includes('gone')) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchKey</Code><Message>no</Message></Error>');
    } else if (url.includes('cut')) response.end(zipped.subarray(0, 14));
    else if (url.includes('other')) response.end('no gzip');
    else response.end(url.includes('.gz') ? zipped : 'plain\n');
  });
  const { told, fetched, texts } = await fetchFrom(client, [
    'a.gz',
    'gone.gz',
    'cut.gz',
    'other.gz',
    'plain',
  ]);
  expect(texts).toEqual({ 'a.gz': 'line\n', plain: 'plain\n' });
  expect(fetched).toBe(5);
  expect(told.sort()).toEqual([
    'cut.gz: unexpected end of file',
    'gone.gz: it is no longer there',
    'other.gz: incorrect header check',
  ]);
});
