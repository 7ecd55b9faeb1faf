import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { raw, S3Fixture } from '../fixture.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const HERD = { Bucket: 'herd' };

describe('a bucket', () => {
  it('is created in the region of the client, and found', async () => {
    const { client } = await fixture.openS3({}, { region: 'eu-west-1' });
    await expect(client.send(new HeadBucketCommand(HERD))).rejects.toMatchObject({ name: 'NotFound' });
    await client.send(new CreateBucketCommand({ ...HERD }));
    expect(await client.send(new HeadBucketCommand(HERD))).toMatchObject({ BucketRegion: 'eu-west-1' });
    expect(await client.send(new GetBucketLocationCommand(HERD))).toMatchObject({
      LocationConstraint: 'eu-west-1',
    });
    await expect(client.send(new CreateBucketCommand({ ...HERD }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
  });

  it('may be created again in us-east-1, whose name its location does not say', async () => {
    const { client } = await fixture.openBucket();
    await client.send(new CreateBucketCommand({ ...HERD }));
    expect((await client.send(new GetBucketLocationCommand(HERD))).LocationConstraint).toBeUndefined();
  });

  it.each([
    ['us-east-1', undefined, 'InvalidLocationConstraint', 'us-east-1'],
    ['us-east-1', 'eu-west-1', 'IllegalLocationConstraintException', 'eu-west-1'],
  ])('is not created from %s in another place', async (_, __, code, location) => {
    const { endpoint } = await fixture.openS3();
    const body = `<CreateBucketConfiguration><LocationConstraint>${location}</LocationConstraint></CreateBucketConfiguration>`;
    expect(await (await raw(endpoint, 'PUT', '/herd', {}, body)).text()).toContain(`<Code>${code}</Code>`);
  });

  it.each(['ab', 'Herd', 'a..b', '1.2.3.4', 'xn--a', 'a-s3alias', 'a'.repeat(64), '__proto__', 'a%2fb'])(
    'is not called %s',
    async (name) => {
      const { endpoint } = await fixture.openS3();
      const answer = await raw(endpoint, 'PUT', `/${encodeURIComponent(name)}`);
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining('InvalidBucketName'),
      ]);
    },
  );

  it('goes only when it is empty, and with its uploads', async () => {
    const { client } = await fixture.openBucket();
    await client.send(new PutObjectCommand({ ...HERD, Key: 'a' }));
    await expect(client.send(new DeleteBucketCommand(HERD))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    await client.send(new DeleteObjectCommand({ ...HERD, Key: 'a' }));
    await client.send(new CreateMultipartUploadCommand({ ...HERD, Key: 'b' }));
    await client.send(new DeleteBucketCommand(HERD));
    await expect(client.send(new DeleteBucketCommand(HERD))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

describe('settings of a bucket', () => {
  it('block public access until that is removed', async () => {
    const { client } = await fixture.openBucket();
    const get = async () =>
      (await client.send(new GetPublicAccessBlockCommand(HERD))).PublicAccessBlockConfiguration;
    expect(await get()).toMatchObject({ BlockPublicAcls: true, RestrictPublicBuckets: true });
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
    await client.send(new PutPublicAccessBlockCommand({ ...HERD, PublicAccessBlockConfiguration }));
    expect(await get()).toMatchObject({ BlockPublicAcls: true, RestrictPublicBuckets: false });
    await client.send(new DeletePublicAccessBlockCommand(HERD));
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
  });

  it('name the encryption of what is put from then on', async () => {
    const { client } = await fixture.openBucket();
    const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' } as const;
    const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: true }];
    await client.send(
      new PutBucketEncryptionCommand({ ...HERD, ServerSideEncryptionConfiguration: { Rules } }),
    );
    const told = await client.send(new GetBucketEncryptionCommand(HERD));
    expect(told.ServerSideEncryptionConfiguration?.Rules).toEqual(Rules);
    const put = await client.send(new PutObjectCommand({ ...HERD, Key: 'a' }));
    expect(put).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'key',
      BucketKeyEnabled: true,
    });
  });

  it('are tags, which come and go', async () => {
    const { client } = await fixture.openBucket();
    const TagSet = [{ Key: 'stage', Value: 'a <b>' }];
    await client.send(new PutBucketTaggingCommand({ ...HERD, Tagging: { TagSet } }));
    expect((await client.send(new GetBucketTaggingCommand(HERD))).TagSet).toEqual(TagSet);
    await client.send(new DeleteBucketTaggingCommand(HERD));
    await expect(client.send(new GetBucketTaggingCommand(HERD))).rejects.toMatchObject({
      name: 'NoSuchTagSet',
    });
  });

  it('are a policy, which is kept as it came', async () => {
    const { client } = await fixture.openBucket();
    const Policy = '{ "Version": "2012-10-17", "Statement": [] }';
    await client.send(new PutBucketPolicyCommand({ ...HERD, Policy }));
    expect((await client.send(new GetBucketPolicyCommand(HERD))).Policy).toBe(Policy);
    for (const bad of ['no', '{}', `{"Statement":"${'x'.repeat(21_000)}"}`]) {
      await expect(client.send(new PutBucketPolicyCommand({ ...HERD, Policy: bad }))).rejects.toMatchObject({
        name: 'MalformedPolicy',
      });
    }
    await client.send(new DeleteBucketPolicyCommand(HERD));
    await expect(client.send(new GetBucketPolicyCommand(HERD))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
    });
  });

  it('say that versions are off, and everything is the owner’s', async () => {
    const { client } = await fixture.openBucket();
    expect((await client.send(new GetBucketVersioningCommand(HERD))).Status).toBeUndefined();
    expect((await client.send(new GetBucketAclCommand(HERD))).Grants).toMatchObject([
      { Permission: 'FULL_CONTROL' },
    ]);
  });

  it('outlive the process', async () => {
    const folder = fixture.folder();
    const before = await fixture.openBucket('herd', { folder });
    await before.client.send(
      new PutBucketTaggingCommand({ ...HERD, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }),
    );
    await before.client.send(
      new PutObjectCommand({ ...HERD, Key: 'k', Body: 'magic', Metadata: { a: 'b' } }),
    );
    await before.s3.close();
    const { client, s3 } = await fixture.openS3({ folder });
    expect((await client.send(new GetBucketTaggingCommand(HERD))).TagSet).toHaveLength(1);
    expect(await client.send(new HeadObjectCommand({ ...HERD, Key: 'k' }))).toMatchObject({
      Metadata: { a: 'b' },
    });
    expect((await s3.readObject('herd', 'k'))?.toString()).toBe('magic');
  });
});

describe('DeleteObjects', () => {
  it('deletes what is there and what is not, and tells of both unless it is to be quiet', async () => {
    const { client, s3 } = await fixture.openBucket();
    const keys = [' a ', 'b&<', 'constructor'];
    for (const key of keys) await s3.putObject('herd', key, 'x');
    const Objects = [...keys, 'none'].map((Key) => ({ Key }));
    const loud = await client.send(new DeleteObjectsCommand({ ...HERD, Delete: { Objects } }));
    expect(loud.Deleted?.map(({ Key }) => Key)).toEqual([' a ', 'b&<', 'constructor', 'none']);
    const quiet = await client.send(new DeleteObjectsCommand({ ...HERD, Delete: { Objects, Quiet: true } }));
    expect(quiet.Deleted ?? []).toEqual([]);
    expect((await client.send(new ListObjectsV2Command(HERD))).KeyCount).toBe(0);
  });

  it('leaves what has another ETag, and says so', async () => {
    const { client, s3 } = await fixture.openBucket();
    for (const key of ['a', 'b']) await s3.putObject('herd', key, 'x');
    const Objects = [{ Key: 'a', ETag: '"no"' }, { Key: 'b' }];
    const told = await client.send(new DeleteObjectsCommand({ ...HERD, Delete: { Objects } }));
    expect(told).toMatchObject({
      Deleted: [{ Key: 'b' }],
      Errors: [{ Key: 'a', Code: 'PreconditionFailed' }],
    });
  });

  it.each([
    ['not XML', '<Delete><Object>', 'MalformedXML'],
    ['another document', '<Insert/>', 'MalformedXML'],
    ['no keys', '<Delete/>', 'MalformedXML'],
    ['too many', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`, 'MalformedXML'],
    ['depths', '<Delete>'.repeat(50_000), 'MalformedXML'],
    [
      'an entity of its own',
      '<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>',
      'MalformedXML',
    ],
    ['five megabytes', `<Delete>${' '.repeat(5 * 1024 * 1024)}</Delete>`, 'MaxMessageLengthExceeded'],
  ])('refuses %s', async (_, body, code) => {
    const { endpoint } = await fixture.openBucket();
    const md5 = createHash('md5').update(body).digest('base64');
    const answer = await raw(endpoint, 'POST', '/herd?delete', { 'content-md5': md5 }, body);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });

  it('needs a sum of what it is to do', async () => {
    const { endpoint } = await fixture.openBucket();
    const answer = await raw(
      endpoint,
      'POST',
      '/herd?delete',
      {},
      '<Delete><Object><Key>a</Key></Object></Delete>',
    );
    expect(await answer.text()).toContain('Missing required header');
  });
});

describe('tags of an object', () => {
  it('come and go without changing when it was modified', async () => {
    const { client } = await fixture.openBucket();
    const key = { ...HERD, Key: 'a' };
    await client.send(new PutObjectCommand(key));
    const TagSet = [{ Key: 'stage', Value: '' }];
    const before = await client.send(new HeadObjectCommand(key));
    await client.send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet } }));
    expect((await client.send(new GetObjectTaggingCommand(key))).TagSet).toEqual(TagSet);
    expect((await client.send(new HeadObjectCommand(key))).LastModified).toEqual(before.LastModified);
    const eleven = Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    for (const [bad, name] of [
      [eleven, 'BadRequest'],
      [[...TagSet, ...TagSet], 'InvalidTag'],
      [[{ Key: 'aws:x', Value: '' }], 'InvalidTag'],
      [[{ Key: 'x'.repeat(129), Value: '' }], 'InvalidTag'],
    ] as const) {
      const command = new PutObjectTaggingCommand({ ...key, Tagging: { TagSet: [...bad] } });
      await expect(client.send(command)).rejects.toMatchObject({ name });
    }
    await expect(client.send(new GetObjectTaggingCommand({ ...HERD, Key: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
  });
});

describe('what is not here', () => {
  it.each([
    ['GET', '/herd?lifecycle', 'GetBucketLifecycleConfiguration'],
    ['PUT', '/herd?versioning', 'PutBucketVersioning'],
    ['GET', '/herd?versions', 'ListObjectVersions'],
    ['PUT', '/herd/key?acl', 'PutObjectAcl'],
    ['POST', '/herd/key?select&select-type=2', 'SelectObjectContent'],
    ['POST', '/herd', 'PostObject'],
  ])('%s %s is refused by its name', async (method, path, name) => {
    const { endpoint } = await fixture.openBucket();
    const answer = await raw(endpoint, method, path, {}, method === 'GET' ? undefined : 'x');
    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain(`The local S3 does not offer ${name}`);
  });

  it('is a method', async () => {
    const { endpoint } = await fixture.openBucket();
    expect((await raw(endpoint, 'PATCH', '/herd/key', {}, 'x')).status).toBe(405);
    expect((await raw(endpoint, 'DELETE', '/')).status).toBe(405);
  });
});
