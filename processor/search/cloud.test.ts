import { gzipSync } from 'node:zlib';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createControlClient } from '../../infra/local/control/client.ts';
import { type LocalCloud, startLocal } from '../../infra/pipeline.ts';
import { clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { BUCKETS, FUNCTIONS, STREAMS, TABLES } from '../../telemetry/topology.ts';
import logsEvent from './logs/event.json' with { type: 'json' };
import { manifest as logs } from './logs/manifest.ts';
import streamEvent from './stream/event.json' with { type: 'json' };
import { manifest as stream } from './stream/manifest.ts';
import tableEvent from './table/event.json' with { type: 'json' };
import { manifest as table } from './table/manifest.ts';
import { type SearchDouble, startSearchDouble } from './testing/double.ts';

/**
 * The functions as they are deployed: in the local cloud, called by its triggers, through the SDK's clients at their
 * defaults, while the cloud and the search cluster fail now and then.
 */

const PATIENCE = { timeout: 20_000, interval: 50 } as const;

let search: SearchDouble;
let local: LocalCloud;
let kinesis: KinesisClient;
let dynamodb: DynamoDBClient;
let s3: S3Client;

beforeAll(async () => {
  search = await startSearchDouble();
  local = await startLocal({
    port: 0,
    data: null,
    clock: systemClock,
    parts: ['search'],
    searchEndpoint: search.endpoint,
  });
  const config = clientConfig(local.target);
  kinesis = new KinesisClient(config);
  dynamodb = new DynamoDBClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
});

afterEach(async () => {
  await createControlClient(local.endpoint).endFaults();
  search.faults.length = 0;
});

afterAll(async () => {
  for (const client of [kinesis, dynamodb, s3]) client?.destroy();
  await local?.close();
  await search?.close();
});

const addFault: ReturnType<typeof createControlClient>['addFault'] = (fault) =>
  createControlClient(local.endpoint).addFault(fault);

/** Everything in the quarantine bucket, by key. */
async function quarantine(): Promise<Map<string, string>> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKETS.quarantine }));
  const found = new Map<string, string>();
  for (const { Key = '' } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKETS.quarantine, Key }));
    found.set(Key, (await Body?.transformToString()) ?? '');
  }
  return found;
}

describe('in the local cloud', () => {
  it('readings are found, and what is none is in quarantine', async () => {
    search.faults.push('lost', 'throttled', 'partial', 'short');
    await addFault({ kind: 'fail-function', target: FUNCTIONS.streamIndexer, count: 2 });
    const start = Date.now();
    const StatusTimes = Array.from({ length: 40 }, (_, n) => formatStatusTime(start + n));
    const position = { Latitude: 40.749167, Longitude: -73.985184, Distance: 30 };
    const data = StatusTimes.map((StatusTime) =>
      encodeReading({ Name: 'Rocinante', StatusTime, ...position, MagicPoints: 150, HealthPoints: 150 }),
    );
    const records = [...data.slice(0, 20), '{"Name":"Roc', ...data.slice(20)];
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: STREAMS.readings,
        Records: records.map((text) => ({ Data: Buffer.from(text), PartitionKey: 'Rocinante' })),
      }),
    );
    await expect
      .poll(() => [...search.store.documents('wildrydes').keys()].sort(), PATIENCE)
      .toEqual(StatusTimes.map((time) => `${time} Rocinante`).sort());
    const document = search.store.documents('wildrydes').get(`${StatusTimes[0]} Rocinante`);
    expect(document?.Position).toEqual({ lat: 40.749167, lon: -73.985184 });
    expect(search.store.templates.has('wildrydes-readings')).toBe(true);
    await expect
      .poll(
        async () => [...(await quarantine()).keys()].filter((key) => key.includes('StreamIndexer')),
        PATIENCE,
      )
      .toHaveLength(1);
  });

  it('the index follows the table', async () => {
    search.faults.push('broken', 'partial');
    await addFault({ kind: 'throttle-table', target: TABLES.summaries.name, count: 1 });
    await addFault({ kind: 'fail-function', target: FUNCTIONS.tableIndexer, count: 1 });
    const Name = { S: 'Bucephalus' };
    const key = (minute: number) => ({ Name, StatusTime: { S: `2026-01-31 12:0${minute}:00.000` } });
    const put = (minute: number, N: string) =>
      dynamodb.send(
        new PutItemCommand({ TableName: TABLES.summaries.name, Item: { ...key(minute), Readings: { N } } }),
      );
    await put(0, '59');
    await put(1, '60');
    await put(2, '1');
    await put(0, '60');
    await dynamodb.send(new DeleteItemCommand({ TableName: TABLES.summaries.name, Key: key(1) }));
    await expect
      .poll(() => [...search.store.documents('unicornsensordata')], PATIENCE)
      .toEqual([
        [
          '[{"S":"Bucephalus"},{"S":"2026-01-31 12:00:00.000"}]',
          { Name: 'Bucephalus', StatusTime: '2026-01-31 12:00:00.000', Readings: 60 },
        ],
        [
          '[{"S":"Bucephalus"},{"S":"2026-01-31 12:02:00.000"}]',
          { Name: 'Bucephalus', StatusTime: '2026-01-31 12:02:00.000', Readings: 1 },
        ],
      ]);
  });

  it('logs are found line by line, and an object stands in place of the one before it', async () => {
    search.faults.push('dropped', 'lost');
    await addFault({ kind: 'lose-answer', target: 'GetObject', count: 1 });
    const line = (n: number) => `10.0.0.${n} - - [01/Jan/2026:00:00:00 +0100] "GET /${n} HTTP/1.1" 200 ${n}`;
    const upload = (Key: string, lines: readonly string[], zipped = false) => {
      const text = `${lines.join('\n')}\n`;
      const Body = zipped ? gzipSync(text) : text;
      return s3.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key, Body }));
    };
    const found = () =>
      [...search.store.documents('access-logs').values()]
        .map(({ Key, Line, Path, Time }) => `${Key} ${Line} ${Path} ${Time}`)
        .sort();
    await upload('a log/é.log', [1, 2, 3].map(line));
    await upload('zipped.log.gz', [line(7), 'nonsense'], true);
    const time = '2025-12-31T23:00:00.000Z';
    const zipped = `zipped.log.gz 1 /7 ${time}`;
    await expect
      .poll(found, PATIENCE)
      .toEqual([...[1, 2, 3].map((n) => `a log/é.log ${n} /${n} ${time}`), zipped]);
    await upload('a log/é.log', [line(9)]);
    await expect.poll(found, PATIENCE).toEqual([`a log/é.log 1 /9 ${time}`, zipped]);
    const lines = async () => [...(await quarantine())].filter(([key]) => key.includes('LogIndexer'));
    await expect.poll(lines, PATIENCE).toHaveLength(1);
    const [[, text]] = (await lines()) as [[string, string]];
    expect(JSON.parse(text)).toMatchObject({ bucket: BUCKETS.uploads, key: 'zipped.log.gz', line: 2 });
  });

  it('ask the cluster for what their manifests say, all of it and nothing else', () => {
    const allowed = [stream, table, logs].flatMap(({ permissions }) =>
      permissions.flatMap(({ action, on }) =>
        'search' in on
          ? on.search.map(
              (path) =>
                `${action.replace('es:ESHttp', '').toUpperCase()} /${path.replaceAll(`\${prefix}`, '')}`,
            )
          : [],
      ),
    );
    const fits = (line: string, permission: string) =>
      permission.endsWith('*') ? line.startsWith(permission.slice(0, -1)) : line === permission;
    const asked = [...new Set(search.requests.map(({ line }) => line))];
    expect(asked.filter((line) => !allowed.some((each) => fits(line, each)))).toEqual([]);
    // The kit's own table needs no template of the table's own.
    const unused = [...new Set(allowed)].filter((each) => !asked.some((line) => fits(line, each)));
    expect(unused).toEqual(['PUT /_index_template/wildrydes-table-*']);
  });

  it.each([
    [FUNCTIONS.streamIndexer, streamEvent, { batchItemFailures: [] }],
    [FUNCTIONS.tableIndexer, tableEvent, { batchItemFailures: [] }],
    [FUNCTIONS.logIndexer, logsEvent, null],
  ])('%s takes its sample event', async (FunctionName, event, answer) => {
    const lambda = new LambdaClient(clientConfig(local.target));
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
    );
    lambda.destroy();
    expect([FunctionError, JSON.parse(Buffer.from(Payload ?? []).toString())]).toEqual([undefined, answer]);
  });
});
