import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const KEY = { Bucket: 'herd', Key: 'long ride' };
const LEAST = 5 * 1024 * 1024;
const FIRST = Buffer.alloc(LEAST, 'magic');

async function begin(
  client: S3Client,
  more: object = {},
): Promise<{ Bucket: string; Key: string; UploadId: string }> {
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ ...KEY, ...more }));
  return { ...KEY, UploadId };
}

async function upload(
  client: S3Client,
  to: { Bucket: string; Key: string; UploadId: string },
  PartNumber: number,
  Body: Buffer | string,
  more: object = {},
): Promise<CompletedPart> {
  const { ETag, ChecksumSHA256 } = await client.send(
    new UploadPartCommand({ ...to, PartNumber, Body, ...more }),
  );
  return { PartNumber, ETag: ETag ?? '', ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }) };
}

describe('a multipart upload', () => {
  it('becomes an object of its parts, with what was said at its beginning', async () => {
    const { client } = await fixture.openBucket();
    const to = await begin(client, { ContentType: 'text/plain', Metadata: { rider: 'x' }, Tagging: 'a=1' });
    const last = await upload(client, to, 9, 'end');
    await upload(client, to, 2, 'of another upload of the same part');
    const first = await upload(client, to, 2, FIRST);
    const listed = await client.send(new ListPartsCommand({ ...to, MaxParts: 1 }));
    expect(listed).toMatchObject({
      IsTruncated: true,
      NextPartNumberMarker: '2',
      Parts: [{ PartNumber: 2, Size: LEAST, ETag: first.ETag }],
    });
    const rest = await client.send(new ListPartsCommand({ ...to, PartNumberMarker: '2' }));
    expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 9, Size: 3 }] });

    const done = await client.send(
      new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts: [first, last] } }),
    );
    const md5s = [FIRST, 'end'].map((part) => createHash('md5').update(part).digest());
    const ETag = `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`;
    expect(done).toMatchObject({ ...KEY, ETag, ChecksumType: 'FULL_OBJECT' });
    const got = await client.send(new GetObjectCommand(KEY));
    expect(got).toMatchObject({ ContentType: 'text/plain', Metadata: { rider: 'x' }, TagCount: 1, ETag });
    const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.concat([FIRST, Buffer.from('end')]))).toBe(true);

    const second = await client.send(new GetObjectCommand({ ...KEY, PartNumber: 2 }));
    expect(await second.Body?.transformToString()).toBe('end');
    expect(second).toMatchObject({ PartsCount: 2, ContentRange: `bytes ${LEAST}-${LEAST + 2}/${LEAST + 3}` });
    await expect(client.send(new HeadObjectCommand({ ...KEY, PartNumber: 3 }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 416 },
    });
    const across = await client.send(new GetObjectCommand({ ...KEY, Range: `bytes=${LEAST - 2}-${LEAST}` }));
    expect(await across.Body?.transformToString()).toBe(`${FIRST.toString('latin1', LEAST - 2)}e`);
    await expect(client.send(new ListPartsCommand(to))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('has a composite checksum if it was begun for one, which needs those of the parts', async () => {
    const { client } = await fixture.openBucket();
    const to = await begin(client, { ChecksumAlgorithm: 'SHA256' });
    const more = { ChecksumAlgorithm: 'SHA256' };
    const parts = [await upload(client, to, 1, FIRST, more), await upload(client, to, 2, 'end', more)];
    await expect(upload(client, to, 3, 'x', { ChecksumAlgorithm: 'CRC32' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    const complete = (Parts: CompletedPart[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts } }));
    await expect(complete(parts.map(({ ChecksumSHA256: _, ...part }) => part))).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('It was missing for part 1'),
    });
    const sums = [FIRST, 'end'].map((part) => createHash('sha256').update(part).digest());
    const ChecksumSHA256 = `${createHash('sha256').update(Buffer.concat(sums)).digest('base64')}-2`;
    expect(await complete(parts)).toMatchObject({ ChecksumSHA256, ChecksumType: 'COMPOSITE' });
    const told = await client.send(
      new GetObjectAttributesCommand({ ...KEY, ObjectAttributes: ['ObjectParts', 'Checksum'], MaxParts: 1 }),
    );
    expect(told.ObjectParts).toMatchObject({
      TotalPartsCount: 2,
      IsTruncated: true,
      NextPartNumberMarker: '1',
    });
    expect(told.ObjectParts?.Parts).toEqual([
      { PartNumber: 1, Size: LEAST, ChecksumSHA256: sums[0]?.toString('base64') },
    ]);
  });

  it.each([
    ['a part that is too small before the last', [1, 2], 'EntityTooSmall'],
    ['parts that are out of order', [2, 1], 'InvalidPartOrder'],
    ['a part that is not there', [1, 3], 'InvalidPart'],
    ['no parts', [], 'MalformedXML'],
  ])('is refused with %s, and stays', async (_, numbers, name) => {
    const { client } = await fixture.openBucket();
    const to = await begin(client);
    const parts = [await upload(client, to, 1, 'small'), await upload(client, to, 2, 'end')];
    const Parts = numbers.map((PartNumber) => ({ ETag: parts[PartNumber - 1]?.ETag ?? '"x"', PartNumber }));
    await expect(
      client.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts } })),
    ).rejects.toMatchObject({ name });
    expect((await client.send(new ListPartsCommand(to))).Parts).toHaveLength(2);
  });

  it('is refused with another ETag, over what is there, or when its size is another', async () => {
    const { client } = await fixture.openBucket();
    const to = await begin(client);
    const part = await upload(client, to, 1, 'all');
    await client.send(new PutObjectCommand({ ...KEY, Body: 'there' }));
    const complete = (more: object, ETag = part.ETag) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...to,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: ETag ?? '' }] },
          ...more,
        }),
      );
    await expect(complete({}, '"0"')).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(complete({ MpuObjectSize: 4 })).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(complete({ ChecksumCRC64NVME: 'AAAAAAAAAAA=' })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    expect((await complete({ MpuObjectSize: 3 })).ETag).toMatch(/-1"$/);
  });

  it('goes with its parts when it is aborted', async () => {
    const folder = fixture.folder();
    const { client } = await fixture.openBucket('herd', { folder });
    const to = await begin(client);
    await upload(client, to, 1, 'part');
    expect(readdirSync(join(folder, 'blobs'))).toHaveLength(1);
    await client.send(new AbortMultipartUploadCommand(to));
    await expect.poll(() => readdirSync(join(folder, 'blobs'))).toEqual([]);
    await expect(client.send(new AbortMultipartUploadCommand(to))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
    await expect(upload(client, to, 1, 'part')).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('outlives the process', async () => {
    const folder = fixture.folder();
    const before = await fixture.openBucket('herd', { folder });
    const to = await begin(before.client, { ContentType: 'text/plain' });
    const first = await upload(before.client, to, 1, FIRST);
    await before.s3.close();
    const { client } = await fixture.openS3({ folder });
    const last = await upload(client, to, 2, 'end');
    await client.send(
      new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts: [first, last] } }),
    );
    expect(await client.send(new HeadObjectCommand(KEY))).toMatchObject({
      ContentLength: LEAST + 3,
      ContentType: 'text/plain',
    });
  });

  it('takes parts of objects that are here, which then may go', async () => {
    const { client } = await fixture.openBucket();
    await client.send(new PutObjectCommand({ Bucket: 'herd', Key: 'a/source', Body: FIRST }));
    const to = await begin(client);
    const copy = async (PartNumber: number, more: object = {}) => {
      const command = new UploadPartCopyCommand({
        ...to,
        PartNumber,
        CopySource: 'herd/a%2Fsource',
        ...more,
      });
      return { PartNumber, ETag: (await client.send(command)).CopyPartResult?.ETag ?? '' };
    };
    const Parts = [await copy(1), await copy(2, { CopySourceRange: 'bytes=1-4' })];
    await expect(copy(3, { CopySourceRange: `bytes=0-${LEAST}` })).rejects.toMatchObject({
      name: 'InvalidRange',
    });
    await expect(copy(3, { CopySourceRange: 'bytes=0-' })).rejects.toMatchObject({ name: 'InvalidArgument' });
    await client.send(new PutObjectCommand({ Bucket: 'herd', Key: 'a/source', Body: '' }));
    await client.send(new CompleteMultipartUploadCommand({ ...to, MultipartUpload: { Parts } }));
    const got = await client.send(new GetObjectCommand({ ...KEY, Range: `bytes=${LEAST - 1}-` }));
    expect(await got.Body?.transformToString()).toBe(`${FIRST.toString('latin1', LEAST - 1)}agic`);
  });
});

describe('ListMultipartUploads', () => {
  it('lists by key and age, page by page, and what keys have in common', async () => {
    const { client } = await fixture.openBucket();
    const begun = [];
    for (const Key of ['b', 'a/2', 'a/1', 'b']) {
      begun.push((await client.send(new CreateMultipartUploadCommand({ Bucket: 'herd', Key }))).UploadId);
    }
    const seen: unknown[] = [];
    let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const page = await client.send(
        new ListMultipartUploadsCommand({ Bucket: 'herd', MaxUploads: 1, ...marker }),
      );
      seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
      if (!page.IsTruncated) break;
      marker = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' };
    }
    expect(seen).toEqual([begun[2], begun[1], begun[0], begun[3]]);
    const folders = await client.send(new ListMultipartUploadsCommand({ Bucket: 'herd', Delimiter: '/' }));
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(folders.Uploads).toHaveLength(2);
  });
});
