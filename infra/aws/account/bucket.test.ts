import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { S3Fixture } from '../../local/s3/fixture.ts';
import { emptyBucket } from './bucket.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const forever = new AbortController().signal;

describe('a bucket of the local cloud', () => {
  test('is empty afterwards: objects of several pages, and uploads that nobody finished', async () => {
    const { client } = await fixture.openBucket('herd');
    const keys = Array.from({ length: 1_203 }, (_, index) => `2026/11/28/${index}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(
        keys
          .slice(from, from + 50)
          .map((Key) => client.send(new PutObjectCommand({ Bucket: 'herd', Key, Body: 'x' }))),
      );
    }
    for (const Key of ['a', 'b'])
      await client.send(new CreateMultipartUploadCommand({ Bucket: 'herd', Key }));
    const told: number[] = [];
    const emptied = await emptyBucket(client, 'herd', ({ objects }) => told.push(objects), forever);
    expect(emptied).toEqual({ objects: 1_203, uploads: 2 });
    expect(told.at(-1)).toBe(1_203);
    const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: 'herd' }));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'herd' }));
    expect({ KeyCount, Uploads }).toEqual({ KeyCount: 0, Uploads: [] });
  });

  test('that is empty, or gone, needs nothing', async () => {
    const { client } = await fixture.openBucket('herd');
    for (const bucket of ['herd', 'nowhere']) {
      expect(await emptyBucket(client, bucket, () => {}, forever)).toEqual({ objects: 0, uploads: 0 });
    }
  });

  test('is left as it is once that was asked for', async () => {
    const { client } = await fixture.openBucket('herd');
    await client.send(new PutObjectCommand({ Bucket: 'herd', Key: 'a', Body: 'x' }));
    expect(await emptyBucket(client, 'herd', () => {}, AbortSignal.abort())).toMatchObject({ objects: 0 });
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'herd' }))).KeyCount).toBe(1);
  });
});

/** A bucket that keeps versions, of which the local cloud has none: a server that answers as S3 does. */
async function versionedBucket(refuse?: string) {
  const deleted: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { searchParams } = new URL(request.url ?? '', 'http://s3');
    const xml = (root: string, inner: string) => response.end(`<${root}>${inner}</${root}>`);
    if (searchParams.has('uploads')) xml('ListMultipartUploadsResult', '<IsTruncated>false</IsTruncated>');
    else if (searchParams.has('versioning')) xml('VersioningConfiguration', '<Status>Suspended</Status>');
    else if (searchParams.has('versions')) {
      const more = !searchParams.has('key-marker');
      xml(
        'ListVersionsResult',
        more
          ? '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>' +
              '<Version><Key>a</Key><VersionId>2</VersionId></Version><Version><Key>a</Key><VersionId>1</VersionId></Version>'
          : '<IsTruncated>false</IsTruncated><DeleteMarker><Key>b</Key><VersionId>9</VersionId></DeleteMarker>',
      );
    } else if (searchParams.has('delete')) {
      for (const [, key, version] of body.matchAll(/<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g)) {
        deleted.push(`${key} ${version}`);
      }
      xml(
        'DeleteResult',
        refuse === undefined
          ? ''
          : `<Error><Key>a</Key><Code>${refuse}</Code><Message>Access Denied</Message></Error>`,
      );
    } else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, deleted };
}

describe('a bucket that keeps versions, or did', () => {
  test('loses each of them, and the marks of deletions', async () => {
    const { client, deleted } = await versionedBucket();
    expect(await emptyBucket(client, 'herd', () => {}, forever)).toEqual({ objects: 3, uploads: 0 });
    expect(deleted.sort()).toEqual(['a 1', 'a 2', 'b 9']);
  });

  test('whose objects may not be deleted is told of', async () => {
    const { client } = await versionedBucket('AccessDenied');
    await expect(emptyBucket(client, 'herd', () => {}, forever)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'cannot delete a from the bucket herd: Access Denied',
    });
  });
});
