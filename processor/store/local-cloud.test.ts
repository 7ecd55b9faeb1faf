import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { builtFile } from '../../infra/project.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { decodeQuarantineEntry } from '../../telemetry/quarantine-codec.ts';
import { TABLES } from '../../telemetry/topology.ts';
import { UNTIL_HANDLED } from '../manifest.ts';
import { manifest } from './manifest.ts';

/**
 * The function as it is deployed, in a local cloud where everything goes wrong that can: what it was given is in the
 * table, and what is no summary is in the place that its environment names.
 */

const PATIENCE = { timeout: 20_000, interval: 25 };
const QUARANTINE = 'a-quarantine';

let cloud: Cloud;
let control: ControlClient;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  control = createControlClient(cloud.endpoint);
  clients = clientsOf(cloud);
  await clients.kinesis.send(new CreateStreamCommand({ StreamName: QUARANTINE, ShardCount: 1 }));
  await clients.s3.send(new CreateBucketCommand({ Bucket: QUARANTINE }));
});

afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.close();
});

function clientsOf({ port }: Cloud) {
  const config = clientConfig(atLocalPort(port, undefined));
  const kinesis: KinesisClient = createKinesisClient(config, { maxAttempts: 1 });
  const dynamodb = new DynamoDBClient(config);
  return {
    kinesis,
    dynamodb,
    // Reads numbers as JSON does, however large.
    documents: DynamoDBDocumentClient.from(dynamodb, { unmarshallOptions: { wrapNumbers: Number } }),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
}

/** A function of its own name, stream and table, with whatever else its environment has. */
async function deploy(name: string, environment: Readonly<Record<string, string>>): Promise<void> {
  await clients.kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 2 }));
  const { partitionKey, sortKey } = TABLES.summaries;
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partitionKey, sortKey].map((key) => ({
        AttributeName: key,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
    }),
  );
  cloud.lambda.register({
    functionName: name,
    file: builtFile(manifest.entry),
    timeout: manifest.timeout,
    memorySize: manifest.memorySize,
    environment: { TABLE_NAME: name, ...environment },
  });
  cloud.lambda.map({ functionName: name, streamName: name, batchSize: 100, ...UNTIL_HANDLED });
}

interface Sent {
  readonly key: string;
  readonly text: string;
  /** As the table is to have it; undefined of what is none. */
  readonly item: Readonly<Record<string, unknown>> | undefined;
}

/** Minutes of a fleet, some of them again with other figures, some without readings, and among them what is none. */
function shardful(): Sent[] {
  const sent: Sent[] = [];
  for (let n = 0; n < 400; n++) {
    const Name = `🦄 ${n % 23}`;
    if (n % 17 === 3) {
      sent.push({ key: Name, text: `{"Name":"${Name}","n":${n}`, item: undefined });
      continue;
    }
    const item = {
      Name,
      StatusTime: `2026-01-01 10:${String(n % 7).padStart(2, '0')}:00.000`,
      Distance: n === 390 ? 2 ** 60 : 1800 + n / 1000,
      MinMagicPoints: -n,
      MaxMagicPoints: n,
      MinHealthPoints: 0,
      MaxHealthPoints: n,
      ...(n % 5 === 0 ? {} : { Readings: n + 1 }),
    };
    sent.push({ key: Name, text: `${JSON.stringify(item)}\n`, item });
  }
  return sent;
}

/** Puts records, in order, and tells the sequence numbers of those that are no summaries. */
async function put(streamName: string, sent: readonly Sent[]): Promise<string[]> {
  const { Records = [] } = await clients.kinesis.send(
    new PutRecordsCommand({
      StreamName: streamName,
      Records: sent.map(({ key, text }) => ({ PartitionKey: key, Data: Buffer.from(text) })),
    }),
  );
  return Records.flatMap(({ SequenceNumber }, n) => (sent[n]!.item === undefined ? [SequenceNumber!] : []));
}

/** Of each key the last one. */
function expectedOf(sent: readonly Sent[]): ReadonlyMap<string, object> {
  const items = new Map<string, object>();
  for (const { item } of sent) if (item !== undefined) items.set(`${item.Name} ${item.StatusTime}`, item);
  return items;
}

async function tableOf(name: string): Promise<ReadonlyMap<string, object>> {
  const items = new Map<string, object>();
  const pages = paginateScan({ client: clients.documents }, { TableName: name, ConsistentRead: true });
  for await (const { Items = [] } of pages) {
    for (const item of Items) items.set(`${item.Name} ${item.StatusTime}`, item);
  }
  return items;
}

/** What goes wrong for a function and its table, each of it some times. */
async function everythingGoesWrong(name: string): Promise<void> {
  for (const fault of [
    { kind: 'leave-unprocessed', target: name, share: 0.3, count: 20 },
    { kind: 'throttle-table', target: name, count: 3 },
    { kind: 'fail-after', target: 'BatchWriteItem', count: 3 },
    { kind: 'lose-answer', target: 'BatchWriteItem', count: 2 },
    { kind: 'fail-function', target: name, count: 3 },
  ] as const) {
    await control.addFault(fault);
  }
}

async function inStream(): Promise<string[]> {
  const { ShardIterator } = await clients.kinesis.send(
    new GetShardIteratorCommand({
      StreamName: QUARANTINE,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await clients.kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => sequenceNumberIn(Data!));
}

async function inBucket(): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: QUARANTINE }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      expect(Key).toMatch(/^quarantine\/\d{4}\/\d\d\/\d\d\/\d\d\/bucket\/bucket\/shardId-\d{12}\/\d+\.json$/);
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: QUARANTINE, Key }));
      return sequenceNumberIn(await Body!.transformToByteArray());
    }),
  );
}

function sequenceNumberIn(entry: Uint8Array): string {
  const decoded = decodeQuarantineEntry(entry);
  if (!decoded.ok) throw new Error(decoded.reason);
  expect(decoded.entry.reason).toMatch(/JSON/);
  expect(Buffer.from(decoded.entry.payload, 'base64').toString()).toMatch(/^\{"Name":"🦄 \d+","n":\d+$/u);
  return decoded.entry.sequenceNumber;
}

async function inLog(): Promise<string[]> {
  const { events = [] } = await clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/log', filterPattern: '"refused a record"' }),
  );
  return events.map(({ message }) => {
    const line = JSON.parse(message!) as { level: string; stream: string; sequenceNumber: string };
    expect(line).toMatchObject({ level: 'WARN', stream: 'log' });
    expect(message).not.toContain('"n":');
    return line.sequenceNumber;
  });
}

test.each([
  ['stream', { QUARANTINE_STREAM: QUARANTINE }, inStream],
  // With a stream beside it, as in the manifest: the bucket goes first.
  ['bucket', { QUARANTINE_STREAM: QUARANTINE, QUARANTINE_BUCKET: QUARANTINE }, inBucket],
  ['log', {}, inLog],
])(
  'whatever goes wrong, the table has the last of each key, and a quarantine in the %s the rest',
  async (name, environment, kept) => {
    await deploy(name, environment);
    const before = new Set(name === 'bucket' ? await inStream() : []);
    await everythingGoesWrong(name);
    const sent = shardful();
    const refused = await put(name, sent);
    const expected = expectedOf(sent);
    await expect
      .poll(
        async () =>
          (await control.status()).mappings.find((each) => each.functionName === name)?.recordsHandled,
        PATIENCE,
      )
      .toBe(sent.length);
    expect(await control.endFaults()).toBe(0); // since each has happened as often as it was to
    expect(await tableOf(name)).toEqual(expected);
    // Delivered again it may be told again, but for a bucket, where it is the same object.
    await expect.poll(async () => [...new Set(await kept())].sort(), PATIENCE).toEqual([...refused].sort());
    if (name === 'bucket') expect(new Set(await inStream())).toEqual(before);
  },
);
