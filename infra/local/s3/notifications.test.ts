import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type Event,
  GetBucketNotificationConfigurationCommand,
  type LambdaFunctionConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { raw, S3Fixture } from './fixture.ts';
import { eventKey, type S3Functions } from './notifications.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:loader';

interface Told {
  readonly functionArn: string;
  readonly record: { readonly eventName: string; readonly s3: { readonly object: Record<string, unknown> } };
}

/** Functions that keep what they are told. */
function listener(): S3Functions & { readonly told: Told[]; readonly names: () => string[] } {
  const told: Told[] = [];
  return {
    told,
    names: () => told.map(({ record }) => `${record.eventName} ${record.s3.object.key}`).sort(),
    exists: (functionArn) => functionArn === ARN,
    async invoke(functionArn, event) {
      const [record] = (event as { Records: Told['record'][] }).Records;
      if (record !== undefined) told.push({ functionArn, record });
    },
  };
}

function configure(client: S3Client, rules: LambdaFunctionConfiguration[], more: object = {}) {
  return client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'herd',
      NotificationConfiguration: { LambdaFunctionConfigurations: rules },
      ...more,
    }),
  );
}

function rule(events: string[], prefix?: string, suffix?: string): LambdaFunctionConfiguration {
  const FilterRules = [
    ...(prefix === undefined ? [] : [{ Name: 'prefix' as const, Value: prefix }]),
    ...(suffix === undefined ? [] : [{ Name: 'suffix' as const, Value: suffix }]),
  ];
  return {
    LambdaFunctionArn: ARN,
    Events: events as Event[],
    ...(FilterRules.length === 0 ? {} : { Filter: { Key: { FilterRules } } }),
  };
}

describe('events of a bucket', () => {
  it('tell a function of what is put, copied, completed and deleted, and of nothing else', async () => {
    const functions = listener();
    const { client } = await fixture.openBucket('herd', { functions });
    await configure(client, [rule(['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'], 'logs/', '.log')]);
    const key = { Bucket: 'herd', Key: 'logs/a b+c.log' };
    await client.send(new PutObjectCommand({ ...key, Body: 'magic' }));
    await client.send(new PutObjectCommand({ ...key, Key: 'logs/a.txt', Body: 'magic' }));
    await client.send(
      new CopyObjectCommand({ Bucket: 'herd', Key: 'logs/2.log', CopySource: 'herd/logs/a.txt' }),
    );
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...key, Key: 'logs/3.log' }));
    const part = { ...key, Key: 'logs/3.log', UploadId: UploadId ?? '' };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'x' }));
    const Parts = [{ PartNumber: 1, ETag: ETag ?? '' }];
    await client.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts } }));
    await client.send(new DeleteObjectCommand(key));
    await client.send(new DeleteObjectCommand({ ...key, Key: 'logs/none.log' }));
    await expect
      .poll(functions.names)
      .toEqual([
        'ObjectCreated:CompleteMultipartUpload logs/3.log',
        'ObjectCreated:Copy logs/2.log',
        'ObjectCreated:Put logs/a+b%2Bc.log',
        'ObjectRemoved:Delete logs/a+b%2Bc.log',
      ]);
    const put = functions.told.find(({ record }) => record.eventName === 'ObjectCreated:Put');
    expect(put?.functionArn).toBe(ARN);
    expect(put?.record).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: expect.any(String),
        bucket: {
          name: 'herd',
          arn: 'arn:aws:s3:::herd',
          ownerIdentity: { principalId: expect.any(String) },
        },
        object: { size: 5, eTag: expect.stringMatching(/^[0-9a-f]{32}$/), sequencer: expect.any(String) },
      },
    });
    const removed = functions.told.find(({ record }) => record.eventName === 'ObjectRemoved:Delete');
    expect(removed?.record.s3.object).not.toHaveProperty('size');
    expect(String(removed?.record.s3.object.sequencer) > String(put?.record.s3.object.sequencer)).toBe(true);
  });

  it('come again from the next process if they were not taken, and no more once they were', async () => {
    const folder = fixture.folder();
    const down = { exists: () => true, invoke: () => Promise.reject(new Error('closing')) };
    const before = await fixture.openBucket('herd', { folder, functions: down });
    await configure(before.client, [rule(['s3:ObjectCreated:Put'])]);
    await before.s3.putObject('herd', 'a', 'magic');
    await expect.poll(() => before.logged.length).toBe(1);
    await before.s3.close();

    const nobody = await fixture.openS3({ folder, functions: { ...down, exists: () => false } });
    await nobody.s3.resume();
    await nobody.s3.close();
    const functions = listener();
    const after = await fixture.openS3({ folder, functions });
    await after.s3.resume();
    await expect.poll(functions.names).toEqual(['ObjectCreated:Put a']);
    await after.s3.close();
    const last = await fixture.openS3({ folder, functions });
    await last.s3.resume();
    await last.s3.close();
    expect(functions.told).toHaveLength(1);
  });

  it('are dropped when their function is gone', async () => {
    const folder = fixture.folder();
    const gone = { exists: () => false, invoke: () => Promise.reject(new Error('no such function')) };
    const { client, s3, logged } = await fixture.openBucket('herd', { folder, functions: gone });
    await configure(client, [rule(['s3:ObjectCreated:Put'])], { SkipDestinationValidation: true });
    await s3.putObject('herd', 'a', 'magic');
    await expect.poll(() => logged).toEqual([expect.stringContaining('dropped: no such function')]);
  });
});

describe('PutBucketNotificationConfiguration', () => {
  it('is told back, and replaced whole', async () => {
    const { client } = await fixture.openBucket('herd', { functions: listener() });
    const rules = [
      { ...rule(['s3:ObjectCreated:*'], 'a&b/', '.log'), Id: 'logs' },
      rule(['s3:ObjectRemoved:*']),
    ];
    await configure(client, rules);
    const get = new GetBucketNotificationConfigurationCommand({ Bucket: 'herd' });
    const told = await client.send(get);
    expect(told.LambdaFunctionConfigurations).toMatchObject([
      {
        Id: 'logs',
        LambdaFunctionArn: ARN,
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'Prefix', Value: 'a&b/' },
              { Name: 'Suffix', Value: '.log' },
            ],
          },
        },
      },
      { Id: expect.any(String), Events: ['s3:ObjectRemoved:*'] },
    ]);
    await configure(client, []);
    expect((await client.send(get)).LambdaFunctionConfigurations ?? []).toEqual([]);
  });

  it.each([
    ['a function that is not there', [{ ...rule(['s3:ObjectCreated:*']), LambdaFunctionArn: `${ARN}2` }]],
    ['what is no ARN', [{ ...rule(['s3:ObjectCreated:*']), LambdaFunctionArn: 'loader' }]],
    ['an event that S3 does not have', [rule(['s3:ObjectRidden:*'])]],
    [
      'rules that overlap',
      [rule(['s3:ObjectCreated:*'], 'a'), rule(['s3:ObjectCreated:Put'], 'a/b', '.log')],
    ],
    ['two filters of one kind', [rule(['s3:ObjectCreated:*'], 'a'), rule(['s3:ObjectCreated:*'], 'ab')]],
    ['one id twice', ['a', 'b'].map((prefix) => ({ ...rule(['s3:ObjectCreated:*'], prefix), Id: 'same' }))],
  ])('refuses %s, and changes nothing', async (_, rules) => {
    const { client } = await fixture.openBucket('herd', { functions: listener() });
    await configure(client, [rule(['s3:ObjectRemoved:*'])]);
    await expect(configure(client, rules)).rejects.toMatchObject({ name: 'InvalidArgument' });
    const told = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'herd' }));
    expect(told.LambdaFunctionConfigurations).toHaveLength(1);
  });

  it('refuses queues and topics by their name', async () => {
    const { endpoint } = await fixture.openBucket();
    const body = '<NotificationConfiguration><TopicConfiguration/></NotificationConfiguration>';
    const answer = await raw(endpoint, 'PUT', '/herd?notification', {}, body);
    expect([answer.status, await answer.text()]).toEqual([
      501,
      expect.stringContaining('TopicConfiguration'),
    ]);
  });
});

it('writes keys as forms do, slashes aside', () => {
  expect(eventKey("a b/c+d&'é~*")).toBe('a+b/c%2Bd%26%27%C3%A9%7E*');
});
