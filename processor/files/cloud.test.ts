import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import type { FaultRequest } from '../../infra/local/faults/fault.ts';
import { type LocalCloud, startLocal } from '../../infra/pipeline.ts';
import { clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { BUCKETS, FUNCTIONS, TABLES } from '../../telemetry/topology.ts';
import type { LineEntry } from '../objects/line-quarantine.ts';

/** The function as it is deployed, told by the local cloud's S3 of what is put there. */

let local: LocalCloud;
let control: ControlClient;
let s3: S3Client;
let documents: DynamoDBDocumentClient;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  local = await startLocal({ port: 0, data: null, clock: systemClock, parts: ['files'] });
  control = createControlClient(local.endpoint);
  const config = clientConfig(local.target);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  logs = new CloudWatchLogsClient(config);
});

afterEach(() => control.endFaults());

afterAll(async () => {
  s3.destroy();
  documents.destroy();
  logs.destroy();
  await local.close();
});

const sample = readFileSync(join(import.meta.dirname, 'sample.ndjson'));

async function upload(Key: string, Body: Buffer | string) {
  await s3.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key, Body }));
}

async function itemsOf(Name: string): Promise<Record<string, unknown>[]> {
  const query = {
    TableName: TABLES.summaries.name,
    ConsistentRead: true,
    KeyConditionExpression: '#n = :n',
    ExpressionAttributeNames: { '#n': 'Name' },
    ExpressionAttributeValues: { ':n': Name },
  };
  return (await documents.send(new QueryCommand(query))).Items ?? [];
}

async function quarantined(part: string): Promise<LineEntry[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKETS.quarantine }));
  const keys = Contents.map(({ Key }) => Key!).filter((key) => key.includes(part));
  const bodies = await Promise.all(
    keys.map(async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKETS.quarantine, Key }));
      return Body!.transformToString();
    }),
  );
  return bodies.flatMap((body) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LineEntry),
  );
}

/** What the function has told so far. */
async function told(): Promise<Record<string, unknown>[]> {
  const logGroupName = `/aws/lambda/${FUNCTIONS.fileLoader}`;
  const { events = [] } = await logs
    .send(new FilterLogEventsCommand({ logGroupName }))
    .catch(() => ({ events: [] }));
  return events.flatMap(({ message = '' }) =>
    message.startsWith('{') ? [JSON.parse(message) as Record<string, unknown>] : [],
  );
}

/** Waits until a file of this key was loaded so many times, and resolves with what was told of it. */
async function loaded(key: string, times = 1): Promise<Record<string, unknown>> {
  let last: Record<string, unknown> = {};
  const count = async () => {
    const lines = (await told()).filter((line) => line.message === 'loaded a file' && line.key === key);
    last = lines.at(-1) ?? last;
    return lines.length;
  };
  await expect.poll(count, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(times);
  return last;
}

describe('an upload', () => {
  it.each([
    ['rides/old sensors+é 🦄.ndjson', sample],
    ['rides/packed.ndjson.gz', gzipSync(sample)],
    ['not packed.json.gz', sample],
  ])('is in the table: %s', async (key, body) => {
    await upload(key, body);
    const { lines, stored, outranked, quarantined: refused, blank } = await loaded(key);
    expect([lines, stored, outranked, refused, blank]).toEqual([11, 8, 1, 1, 1]);
    expect(await itemsOf('Bucephalus')).toMatchObject([
      { StatusTime: '2026-11-21 10:00:00.000', MinMagicPoints: 146, Readings: 60 },
    ]);
    expect(await itemsOf('Rocinante')).toMatchObject([
      { StatusTime: '2026-11-21 10:00:00.000', MagicPoints: 150 },
      { StatusTime: '2026-11-21 10:01:00.000', Distance: 1800.5 },
    ]);
    expect(await itemsOf('Xanthus 🦄')).toEqual([
      {
        Name: 'Xanthus 🦄',
        StatusTime: '2026-11-21 10:00:13.395',
        Latitude: 40.749167,
        Longitude: -73.985184,
        Distance: 30.25,
        MagicPoints: 150,
        HealthPoints: 149,
      },
    ]);
    expect(await itemsOf('Shadowfax')).toHaveLength(3);
    const entries = await quarantined(encodeURIComponent(key));
    expect(entries).toMatchObject([{ bucket: BUCKETS.uploads, key, line: 6, bytes: 75 }]);
  });

  it('that names no such file is left alone', async () => {
    await upload('access.log', sample);
    await upload('after access.ndjson', '\n');
    await loaded('after access.ndjson');
    expect((await told()).filter((line) => line.key === 'access.log')).toEqual([]);
  });
});

describe('under faults', () => {
  const TABLE = TABLES.summaries.name;
  const start = Date.UTC(2026, 0, 1);

  it.each<[string, FaultRequest[]]>([
    ['a table that is throttled', [{ kind: 'throttle-table', target: TABLE, share: 0.3, count: 25 }]],
    ['a table that leaves items', [{ kind: 'leave-unprocessed', target: TABLE, share: 0.2, count: 200 }]],
    [
      'answers that are lost',
      [
        { kind: 'lose-answer', target: 'BatchWriteItem', count: 3 },
        { kind: 'fail-after', target: 'PutItem', count: 5 },
        { kind: 'lose-answer', target: 'GetObject', count: 2 },
      ],
    ],
    [
      'a function that runs and counts as failed',
      [{ kind: 'fail-function', target: FUNCTIONS.fileLoader, count: 1 }],
    ],
  ])('everything is loaded: %s', async (what, faults) => {
    const name = `unicorn with ${what}`;
    const count = 300;
    const lines = Array.from({ length: count }, (_, n) =>
      encodeReading({
        Name: name,
        StatusTime: formatStatusTime(start + n * 1000),
        Latitude: 40,
        Longitude: -73,
        Distance: 30,
        MagicPoints: n,
        HealthPoints: 150,
      }),
    );
    // Overwritten by the line that follows it at the end; and one in the middle that is none.
    const first = lines[0]!.replace('"MagicPoints":0', '"MagicPoints":-1');
    const key = `${what.replaceAll(' ', '-')}.jsonl`;
    const content = gzipSync([first, ...lines.slice(1), 'no reading\n', ...lines.slice(0, 1)].join(''));
    for (const fault of faults) await control.addFault(fault);
    await upload(key, content);
    const failed = faults.some(({ kind }) => kind === 'fail-function');
    await loaded(key, failed ? 2 : 1);
    const items = await itemsOf(name);
    expect(items.map(({ MagicPoints }) => MagicPoints)).toEqual(lines.map((_, n) => n));
    expect(await quarantined(key)).toMatchObject([{ line: count + 1, bytes: 10 }]);
  });

  it('the table is the same when it is all done again', async () => {
    const all = async () => (await documents.send(new ScanCommand({ TableName: TABLE }))).Items;
    const before = await all();
    await upload('again.ndjson', sample);
    await upload('again.ndjson.gz', gzipSync(sample));
    await loaded('again.ndjson');
    await loaded('again.ndjson.gz');
    expect(await all()).toEqual(before);
  });
});
