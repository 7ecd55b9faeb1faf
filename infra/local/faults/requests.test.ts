import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { createDynamoDB } from '../dynamodb/service.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { Service } from '../gateway/service.ts';
import { createKinesis } from '../kinesis/service.ts';
import { createS3 } from '../s3/service.ts';
import { createSns } from '../sns/service.ts';
import type { FaultRequest } from './fault.ts';
import { createFaults, type Faults } from './faults.ts';
import { requestFaults } from './requests.ts';

const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

let faults: Faults;
let services: readonly Service[];
let kinesis: KinesisClient;
let kinesis1: KinesisClient;
let dynamodb: DynamoDBClient;
let sns: SNSClient;
let s3: S3Client;
beforeEach(async () => {
  const local = await createKinesis({ folder: null, clock: systemClock });
  services = [
    local,
    await createDynamoDB({ folder: null }),
    createSns({ folder: null }),
    createS3({ folder: null, clock: systemClock }),
  ];
  let update = () => {};
  faults = createFaults(
    () => 0.5,
    () => update(),
  );
  update = requestFaults(services, faults, {
    streamOfIterator: (iterator) => local.streamOfIterator(iterator),
  });
  const config = sdkConfig(await fixture.open(services));
  kinesis = fixture.client(new KinesisClient(config));
  kinesis1 = fixture.client(new KinesisClient({ ...config, requestHandler: new NodeHttpHandler() }));
  dynamodb = fixture.client(new DynamoDBClient(config));
  sns = fixture.client(new SNSClient(config));
  s3 = fixture.client(new S3Client({ ...config, maxAttempts: 1 }));
  await kinesis.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }));
});

const add = (fault: FaultRequest) => faults.add(fault);
const put = new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from('x') });

async function read(): Promise<number> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: 's',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  return (await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records!.length;
}

test('no fault, nothing in the way', () => {
  const handles = services.map(({ handle }) => handle);
  add({ kind: 'fail-after', target: 'PutRecord', count: 1 });
  expect(services[0]!.handle).not.toBe(handles[0]);
  faults.end();
  const [first] = services.map(({ handle }) => handle);
  add({ kind: 'throttle-table', target: 'one', count: 1 });
  expect(services[0]!.handle).toBe(first);
});

describe('what was done', () => {
  test('is answered with status 500, so many times', async () => {
    add({ kind: 'fail-after', target: 'PutRecord', count: 2 });
    for (let i = 0; i < 2; i++) {
      await expect(kinesis.send(put)).rejects.toMatchObject({
        name: 'InternalFailure',
        $metadata: { httpStatusCode: 500 },
      });
    }
    await kinesis.send(put);
    expect(await read()).toBe(3);
    expect(faults.list()).toEqual([]);
  });

  test.each([
    ['HTTP/2', () => kinesis],
    ['HTTP/1.1', () => kinesis1],
  ])('is not answered at all, by %s; the next request is', async (_, client) => {
    add({ kind: 'lose-answer', target: 'PutRecord', count: 1 });
    await expect(client().send(put)).rejects.toThrow();
    await client().send(put);
    expect(await read()).toBe(2);
  });
});

test('what was done is not answered in time', async () => {
  const { endpoint } = kinesis.config;
  const impatient = fixture.client(
    new KinesisClient({
      endpoint: `http://127.0.0.1:${(await endpoint!()).port}`,
      region: 'us-west-2',
      credentials: { accessKeyId: 'k', secretAccessKey: 's' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ requestTimeout: 100, throwOnRequestTimeout: true }),
    }),
  );
  add({ kind: 'lose-answer', target: 'PutRecord', count: 1, delay: 1_000 });
  await expect(impatient.send(put)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await read()).toBe(1);
});

test('iterators expire, of one stream', async () => {
  await kinesis.send(new CreateStreamCommand({ StreamName: 'other', ShardCount: 1 }));
  add({ kind: 'expire-iterators', target: 'other', count: 1 });
  expect(await read()).toBe(0);
  add({ kind: 'expire-iterators', target: 's', count: 1 });
  await expect(read()).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  expect(await read()).toBe(0);
});

test('a stream is answered late', async () => {
  add({ kind: 'delay-stream', target: 's', delay: 120, count: 1 });
  const started = performance.now();
  await kinesis.send(put);
  expect(performance.now() - started).toBeGreaterThan(115);
});

describe('a table', () => {
  const items = Array.from({ length: 10 }, (_, n) => ({ PutRequest: { Item: { id: { N: String(n) } } } }));
  beforeEach(async () => {
    for (const TableName of ['one', 'two']) {
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
    }
  });

  test('leaves items unprocessed, which are then not written', async () => {
    add({ kind: 'leave-unprocessed', target: 'one', count: 4 });
    const { UnprocessedItems } = await dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { one: items } }),
    );
    expect(UnprocessedItems).toEqual({ one: items.slice(0, 4) });
    expect((await dynamodb.send(new ScanCommand({ TableName: 'one' }))).Count).toBe(6);
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: UnprocessedItems }));
    expect((await dynamodb.send(new ScanCommand({ TableName: 'one' }))).Count).toBe(10);
  });

  test('leaves all of a batch, or nothing of it', async () => {
    const all = { one: items };
    add({ kind: 'leave-unprocessed', target: 'one', count: 10 });
    const none = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: all }));
    expect(none.UnprocessedItems).toEqual(all);
    expect((await dynamodb.send(new ScanCommand({ TableName: 'one' }))).Count).toBe(0);
    const rest = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: all }));
    expect(rest.UnprocessedItems).toEqual({});
  });

  test('leaves keys unread', async () => {
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { one: items } }));
    const Keys = items.map(({ PutRequest }) => PutRequest.Item);
    add({ kind: 'leave-unprocessed', target: 'one', count: 3 });
    const { Responses, UnprocessedKeys } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { one: { Keys, ConsistentRead: true } } }),
    );
    expect(Responses?.one).toHaveLength(7);
    expect(UnprocessedKeys).toEqual({ one: { Keys: Keys.slice(0, 3), ConsistentRead: true } });
  });

  test('is throttled, and no other', async () => {
    add({ kind: 'throttle-table', target: 'one', count: 2 });
    const get = (TableName: string) => new GetItemCommand({ TableName, Key: { id: { N: '1' } } });
    await dynamodb.send(get('two'));
    for (const throttled of [get('one'), new BatchWriteItemCommand({ RequestItems: { one: items } })]) {
      await expect(dynamodb.send(throttled as GetItemCommand)).rejects.toMatchObject({
        name: 'ProvisionedThroughputExceededException',
      });
    }
    await dynamodb.send(get('one'));
  });

  test('a request that is no good is refused as ever', async () => {
    add({ kind: 'leave-unprocessed', target: 'one', seconds: 60 });
    await expect(
      dynamodb.send(new BatchWriteItemCommand({ RequestItems: { one: { no: 'list' } as never } })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

test('publishing fails, to one topic', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  add({ kind: 'fail-publish', target: 'alerts', count: 1 });
  const publish = new PublishCommand({ TopicArn, Message: 'low' });
  await expect(sns.send(publish)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect((await sns.send(publish)).MessageId).toBeDefined();
});

test.each(['fail-after', 'lose-answer'] as const)(
  '%s of an operation that its method and path name',
  async (kind) => {
    await s3.send(new CreateBucketCommand({ Bucket: 'herd' }));
    add({ kind, target: 'PutObject', count: 1 });
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'herd', Key, Body: `of ${Key}` }));
    const error = await put('first').catch((thrown: Error) => thrown);
    expect(error).toMatchObject(
      kind === 'fail-after'
        ? { name: 'InternalFailure' }
        : { message: expect.stringMatching(/hang up|aborted|ECONNRESET/) },
    );
    await put('second');
    for (const Key of ['first', 'second']) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'herd', Key }));
      expect(await Body?.transformToString()).toBe(`of ${Key}`);
    }
  },
);
