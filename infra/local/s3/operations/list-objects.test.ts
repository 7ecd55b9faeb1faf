import {
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { raw, S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

async function openKeys(...keys: readonly string[]) {
  const open = await fixture.openBucket();
  await Promise.all(keys.map((key) => open.s3.putObject('herd', key, key)));
  return open;
}

describe('ListObjectsV2', () => {
  it('lists folders and files, page by page', async () => {
    const { client } = await openKeys('a/1', 'a/2', 'b', 'c/d/1', 'c/e');
    const pages = [];
    const asked = { Bucket: 'herd', Delimiter: '/' };
    for await (const page of paginateListObjectsV2({ client, pageSize: 1 }, { ...asked })) {
      pages.push([page.KeyCount, page.Contents?.[0]?.Key, page.CommonPrefixes?.[0]?.Prefix]);
    }
    expect(pages).toEqual([
      [1, undefined, 'a/'],
      [1, 'b', undefined],
      [1, undefined, 'c/'],
    ]);
    const inside = await client.send(new ListObjectsV2Command({ ...asked, Prefix: 'c/', FetchOwner: true }));
    expect(inside).toMatchObject({
      IsTruncated: false,
      MaxKeys: 1000,
      Contents: [{ Key: 'c/e', Size: 3, StorageClass: 'STANDARD', Owner: { ID: expect.any(String) } }],
      CommonPrefixes: [{ Prefix: 'c/d/' }],
    });
  });

  it('writes keys that XML cannot hold as URLs do, if asked to', async () => {
    const key = 'a +%/\u0001\u{1f984}&<';
    const { client } = await openKeys(key);
    const encoded = await client.send(new ListObjectsV2Command({ Bucket: 'herd', EncodingType: 'url' }));
    const [listed] = encoded.Contents ?? [];
    expect(decodeURIComponent((listed?.Key ?? '').replaceAll('+', ' '))).toBe(key);
    const plain = await client.send(new ListObjectsV2Command({ Bucket: 'herd' }));
    expect(plain.Contents?.[0]?.Key).toBe(key.replace('\u0001', '\ufffd'));
  });

  it.each([
    ['max-keys=x', 'InvalidArgument'],
    ['max-keys=-1', 'InvalidArgument'],
    ['max-keys=2147483648', 'InvalidArgument'],
    ['encoding-type=html', 'InvalidArgument'],
    ['continuation-token=nonsense', 'InvalidArgument'],
    ['continuation-token=', 'InvalidArgument'],
  ])('refuses %s', async (query, code) => {
    const { endpoint } = await openKeys();
    const answer = await raw(endpoint, 'GET', `/herd?list-type=2&${query}`);
    expect([answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]]).toEqual([400, code]);
  });

  it('gives a thousand at most', async () => {
    const { client, endpoint } = await openKeys(...Array.from({ length: 1001 }, (_, i) => `key ${i}`));
    const page = await client.send(new ListObjectsV2Command({ Bucket: 'herd', MaxKeys: 5000 }));
    expect(page).toMatchObject({ KeyCount: 1000, MaxKeys: 1000, IsTruncated: true });
    const none = await (await raw(endpoint, 'GET', '/herd?list-type=2&max-keys=0')).text();
    expect(none).toContain('<MaxKeys>0</MaxKeys><IsTruncated>false</IsTruncated>');
  });
});

describe('ListObjects', () => {
  it('goes on after a marker, which is told with a delimiter only', async () => {
    const { client } = await openKeys('a/1', 'a/2', 'b', 'c');
    const first = await client.send(new ListObjectsCommand({ Bucket: 'herd', Delimiter: '/', MaxKeys: 1 }));
    expect(first).toMatchObject({ NextMarker: 'a/', IsTruncated: true, CommonPrefixes: [{ Prefix: 'a/' }] });
    const second = await client.send(
      new ListObjectsCommand({ Bucket: 'herd', Delimiter: '/', MaxKeys: 1, Marker: 'a/' }),
    );
    expect(second).toMatchObject({ NextMarker: 'b', Contents: [{ Key: 'b' }] });
    const plain = await client.send(new ListObjectsCommand({ Bucket: 'herd', MaxKeys: 1 }));
    expect(plain.NextMarker).toBeUndefined();
  });
});

describe('ListBuckets', () => {
  it('lists by name, prefix and region, page by page', async () => {
    const open = await fixture.openBucket('herd-b');
    for (const name of ['herd-a', 'other']) await raw(open.endpoint, 'PUT', `/${name}`);
    const { Buckets } = await open.client.send(new ListBucketsCommand({ Prefix: 'herd' }));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['herd-a', 'herd-b']);
    const page = await open.client.send(new ListBucketsCommand({ MaxBuckets: 2 }));
    expect(page.Buckets).toHaveLength(2);
    const rest = await open.client.send(
      new ListBucketsCommand({ ContinuationToken: page.ContinuationToken ?? '' }),
    );
    expect(rest.Buckets).toMatchObject([{ Name: 'other', BucketRegion: 'us-east-1' }]);
    expect(
      (await open.client.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' }))).Buckets ?? [],
    ).toEqual([]);
  });
});
