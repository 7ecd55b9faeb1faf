import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { devNull } from 'node:os';
import { text } from 'node:stream/consumers';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeQuarantineEntry } from '../telemetry/quarantine-codec.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import { encodeSummary } from '../telemetry/summary-codec.ts';
import { TABLES } from '../telemetry/topology.ts';
import readingsEvent from './alert/event.json' with { type: 'json' };
import { kinesisEvent, kinesisRecord, sequenceNumber } from './fixture.ts';
import summariesEvent from './store/event.json' with { type: 'json' };

/**
 * Both functions as they are deployed: built from the environment, against a real DynamoDB engine (dynalite), and
 * beside it a stream and a topic that only listen.
 */

type Handler = (event: KinesisStreamEvent, context: Context) => Promise<KinesisStreamBatchResponse>;

const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;
const database = dynalite({ createTableMs: 0 });

const messages: string[] = [];
const topic = createServer(async (request, response) => {
  const fields = new URLSearchParams(await text(request));
  expect(fields.get('Action')).toBe('Publish');
  messages.push((JSON.parse(fields.get('Message')!) as { default: string }).default);
  response.setHeader('content-type', 'text/xml');
  response.end(
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  );
});

const quarantined: unknown[] = [];
const stream = createHttp2Server((request, response) => {
  void (async () => {
    expect(request.headers['x-amz-target']).toBe('Kinesis_20131202.PutRecords');
    const { Records } = JSON.parse(await text(request)) as { Records: { Data: string }[] };
    for (const { Data } of Records) quarantined.push(decodeQuarantineEntry(Buffer.from(Data, 'base64')));
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    const accepted = Records.map((_, n) => ({
      SequenceNumber: sequenceNumber(n),
      ShardId: 'shardId-000000000000',
    }));
    response.end(JSON.stringify({ FailedRecordCount: 0, Records: accepted }));
  })();
});

const context = {
  functionName: 'a function',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:a',
  awsRequestId: '1',
  getRemainingTimeInMillis: () => 20_000,
} as unknown as Context;

let client: DynamoDBClient;
let storeSummaries: Handler;
let followMagic: Handler;
const output: string[] = [];

async function open(server: NetServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  vi.stubEnv('AWS_CONFIG_FILE', devNull);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', devNull);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'dummy');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'dummy');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', await open(database));
  vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', await open(stream));
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', await open(topic));
  vi.stubEnv('TABLE_NAME', TABLES.summaries.name);
  vi.stubEnv('QUARANTINE_STREAM', 'wildrydes-quarantine');
  vi.stubEnv('ALERTS_TABLE', TABLES.alerts.name);
  vi.stubEnv('TOPIC_ARN', 'arn:aws:sns:us-east-1:000000000000:wildrydes-alerts');
  client = new DynamoDBClient({});
  for (const { name, partitionKey, sortKey } of Object.values(TABLES)) {
    const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        KeySchema: keys.map((key, n) => ({ AttributeName: key, KeyType: n === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }
  storeSummaries = (await import('./store/handler.ts')).handler;
  followMagic = (await import('./alert/handler.ts')).handler;
});

beforeEach(() => {
  output.length = 0;
  messages.length = 0;
  quarantined.length = 0;
  for (const written of [process.stdout, process.stderr]) {
    vi.spyOn(written, 'write').mockImplementation((chunk) => output.push(String(chunk)) > 0);
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  for (const server of [database, topic]) server.closeAllConnections();
  // The functions keep their connections, as they do in Lambda.
  for (const server of [database, topic, stream]) server.close();
});

async function itemsOf(tableName: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items;
}

/** Metrics of an invocation, by name, from the line in embedded metric format. */
function metricsIn(lines: readonly string[]): Record<string, unknown> {
  const line = lines
    .map((each) => JSON.parse(each) as Record<string, unknown>)
    .find((each) => '_aws' in each);
  const { _aws, service, ...metrics } = line ?? {};
  return metrics;
}

describe('WildRydesStreamProcessor', () => {
  it('stores its sample event', async () => {
    expect(await storeSummaries(summariesEvent, context)).toEqual({ batchItemFailures: [] });
    const items = await itemsOf(TABLES.summaries.name);
    expect(items).toContainEqual({
      Name: { S: 'Rocinante' },
      StatusTime: { S: '2026-11-21 10:00:00.000' },
      Distance: { N: '1799.402817' },
      MinMagicPoints: { N: '146' },
      MaxMagicPoints: { N: '152' },
      MinHealthPoints: { N: '149' },
      MaxHealthPoints: { N: '155' },
      Readings: { N: '60' },
    });
    // One of an older aggregation, which does not tell how many readings are in it.
    expect(items).toContainEqual({
      Name: { S: 'Shadowfax' },
      StatusTime: { S: '2026-11-21 10:00:00.000' },
      Distance: { N: '362' },
      MinMagicPoints: { N: '170' },
      MaxMagicPoints: { N: '172' },
      MinHealthPoints: { N: '146' },
      MaxHealthPoints: { N: '149' },
    });
    expect(items).toHaveLength(4);
    expect(metricsIn(output)).toMatchObject({ Records: 4, Quarantined: 0, Failed: 0 });
  });

  it('stores neighbours of what is malformed, of what the table refuses and of what comes twice', async () => {
    const summary = (n: number, Distance = 1800.000001) =>
      encodeSummary({
        Name: 'Bucephalus 🦄',
        StatusTime: formatStatusTime(Date.UTC(2026, 0, 1, 0, n)),
        Distance,
        MinMagicPoints: -5,
        MaxMagicPoints: 5,
        MinHealthPoints: 1,
        MaxHealthPoints: 2,
        Readings: n + 1,
      });
    const contents = Array.from({ length: 60 }, (_, n) => summary(n));
    contents[0] = 'secret payload, not JSON';
    contents[30] = summary(30, 1e200);
    contents[59] = summary(58);
    const records = contents.map((data, n) => kinesisRecord({ n, data, stream: 'wildrydes-aggregated' }));

    expect(await storeSummaries(kinesisEvent(records), context)).toEqual({ batchItemFailures: [] });

    const items = await itemsOf(TABLES.summaries.name);
    expect(items.filter(({ Name }) => JSON.stringify(Name).includes('Bucephalus 🦄'))).toHaveLength(57);
    expect(quarantined).toEqual([
      {
        ok: true,
        entry: expect.objectContaining({ stream: 'wildrydes-aggregated', sequenceNumber: sequenceNumber(0) }),
      },
      {
        ok: true,
        entry: expect.objectContaining({
          sequenceNumber: sequenceNumber(30),
          reason: expect.stringContaining('table refused it'),
        }),
      },
    ]);
    expect(metricsIn(output)).toMatchObject({ Records: 60, Quarantined: 2, Failed: 0 });
  });
});

describe('WildRydesLowMagicAlert', () => {
  it('tells of the episode in its sample event, once, and keeps its state', async () => {
    expect(await followMagic(readingsEvent, context)).toEqual({ batchItemFailures: [] });
    expect(await followMagic(readingsEvent, context)).toEqual({ batchItemFailures: [] });
    expect(messages.map((message) => JSON.parse(message))).toMatchObject([
      {
        name: 'Rocinante',
        state: 'firing',
        magicPoints: 49,
        episode: 'Rocinante@2026-11-21 10:00:01.000',
        statusTime: '2026-11-21 10:00:01.000',
      },
    ]);
    expect(await itemsOf(TABLES.alerts.name)).toEqual([
      {
        Name: { S: 'Rocinante' },
        State: { S: 'firing' },
        Episode: { S: 'Rocinante@2026-11-21 10:00:01.000' },
        StatusTime: { S: '2026-11-21 10:00:01.000' },
        SequenceNumber: { S: readingsEvent.Records[2]!.kinesis.sequenceNumber },
      },
    ]);
  });

  it('follows a whole fleet through its episodes', async () => {
    const start = Date.UTC(2026, 0, 1);
    const magic = [60, 49, 50, 55, 54, 30, 99];
    const contents = magic.flatMap((MagicPoints, second) =>
      Array.from({ length: 120 }, (_, n) =>
        encodeReading({
          Name: `unicorn ${n}`,
          StatusTime: formatStatusTime(start + second * 1000),
          Latitude: 40,
          Longitude: -73,
          Distance: 30,
          MagicPoints: n % 8 === 0 ? MagicPoints : 150,
          HealthPoints: 150,
        }),
      ),
    );
    const records = contents.map((data, n) => kinesisRecord({ n, data, arrival: start }));
    const middle = 400;
    expect(await followMagic(kinesisEvent(records.slice(0, middle)), context)).toEqual({
      batchItemFailures: [],
    });
    expect(await followMagic(kinesisEvent(records.slice(middle)), context)).toEqual({
      batchItemFailures: [],
    });
    const told = messages.map(
      (message) => JSON.parse(message) as { name: string; state: string; magicPoints: number },
    );
    for (let n = 0; n < 120; n++) {
      const own = told
        .filter(({ name }) => name === `unicorn ${n}`)
        .map(({ state, magicPoints }) => [state, magicPoints]);
      const expected = [
        ['firing', 49],
        ['recovered', 55],
        ['firing', 30],
        ['recovered', 99],
      ];
      expect(own).toEqual(n % 8 === 0 ? expected : []);
    }
    expect((await itemsOf(TABLES.alerts.name)).some((item) => 'Pending' in item)).toBe(false);
  });
});
