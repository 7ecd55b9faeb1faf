import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const SOURCE = { Bucket: 'herd', Key: 'a b/\u{1f984}' };
const CopySource = `/herd/${encodeURIComponent(SOURCE.Key)}`;
const TO = { Bucket: 'other', Key: 'copy' };

async function openSource() {
  const open = await fixture.openBucket();
  await open.client.send(new CreateBucketCommand({ Bucket: 'other' }));
  const put = await open.client.send(
    new PutObjectCommand({
      ...SOURCE,
      Body: 'magic',
      ContentType: 'text/plain',
      Metadata: { rider: 'x' },
      Tagging: 'a=1',
      StorageClass: 'STANDARD_IA',
    }),
  );
  return { ...open, ETag: put.ETag ?? '' };
}

describe('CopyObject', () => {
  it('copies content and what is said of it, and outlives the original', async () => {
    const { client, ETag } = await openSource();
    const copied = await client.send(new CopyObjectCommand({ ...TO, CopySource }));
    expect(copied.CopyObjectResult).toMatchObject({ ETag });
    await client.send(new DeleteObjectCommand(SOURCE));
    const got = await client.send(new GetObjectCommand(TO));
    expect(await got.Body?.transformToString()).toBe('magic');
    expect(got).toMatchObject({ ContentType: 'text/plain', Metadata: { rider: 'x' }, TagCount: 1 });
    expect(got.StorageClass).toBeUndefined();
  });

  it('replaces what it is told to', async () => {
    const { client } = await openSource();
    await client.send(
      new CopyObjectCommand({
        ...TO,
        CopySource,
        MetadataDirective: 'REPLACE',
        ContentType: 'a/b',
        Metadata: { y: 'z' },
      }),
    );
    const head = await client.send(new HeadObjectCommand(TO));
    expect(head).toMatchObject({ ContentType: 'a/b', Metadata: { y: 'z' } });
    await client.send(new CopyObjectCommand({ ...TO, CopySource, TaggingDirective: 'REPLACE', Tagging: '' }));
    const got = await client.send(new HeadObjectCommand(TO));
    expect(got).toMatchObject({ ContentType: 'text/plain', Metadata: { rider: 'x' } });
  });

  it('changes an object in its place, if it changes anything', async () => {
    const { client } = await openSource();
    await expect(client.send(new CopyObjectCommand({ ...SOURCE, CopySource }))).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await client.send(new CopyObjectCommand({ ...SOURCE, CopySource, MetadataDirective: 'REPLACE' }));
    const got = await client.send(new GetObjectCommand(SOURCE));
    expect(await got.Body?.transformToString()).toBe('magic');
    expect(got.Metadata).toEqual({});
  });

  it.each([
    [{ CopySourceIfMatch: '"no"' }, 'PreconditionFailed'],
    [{ CopySourceIfModifiedSince: new Date('2099-01-01') }, 'PreconditionFailed'],
    [{ CopySource: 'herd' }, 'InvalidArgument'],
    [{ CopySource: 'herd/none' }, 'NoSuchKey'],
    [{ CopySource: 'nowhere/none' }, 'NoSuchBucket'],
    [{ CopySource: `${CopySource}?versionId=1` }, 'InvalidArgument'],
    [{ MetadataDirective: 'MERGE' as 'COPY' }, 'InvalidArgument'],
    [{ IfMatch: '"no"' }, 'NoSuchKey'],
  ])('is refused with %j', async (more, name) => {
    const { client } = await openSource();
    await expect(client.send(new CopyObjectCommand({ ...TO, CopySource, ...more }))).rejects.toMatchObject({
      name,
    });
  });
});
