import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type LocalCloud, startLocal } from '../infra/pipeline.ts';
import { clientConfig } from '../infra/target.ts';
import { ATTEMPT_LIMIT, MOST_ATTEMPTS, resend } from '../processor/resend.ts';
import { createDocumentWriter } from '../processor/search/bulk.ts';
import { createSearchClient } from '../processor/search/client.ts';
import { type SearchDouble, startSearchDouble } from '../processor/search/testing/double.ts';
import { SCENARIOS } from '../simulator/scenarios/index.ts';
import { Unicorn } from '../simulator/unicorn.ts';
import { createKinesisClient } from '../stream/client.ts';
import { readStream } from '../stream/reader.ts';
import { BatchingWriter } from '../stream/writer.ts';
import { decodeAlert } from '../telemetry/alert-codec.ts';
import { systemClock } from '../telemetry/clock.ts';
import { decodeQuarantineEntry } from '../telemetry/quarantine-codec.ts';
import type { Reading } from '../telemetry/reading.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime, parseStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { encodeSummary } from '../telemetry/summary-codec.ts';
import { BUCKETS, FUNCTIONS, STREAMS, TABLES, TOPICS } from '../telemetry/topology.ts';
import { type CloudClients, clientsOf, type Put } from './pipeline/started-cloud.ts';

/**
 * What implementations of this pipeline are known to do wrong, one test each: the whole of it in a local cloud, with
 * the faults that bring the defect out.
 */

let local: LocalCloud;
let cloud: CloudClients;
let search: SearchDouble;
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
  cloud = clientsOf(local.target.port!);
  dynamodb = new DynamoDBClient(clientConfig(local.target));
  s3 = new S3Client(clientConfig(local.target));
});

beforeEach(() => {
  onTestFinished(async () => {
    await cloud.control.endFaults();
  });
});

afterAll(async () => {
  cloud.forget();
  for (const client of [dynamodb, s3]) client.destroy();
  await local.close();
  await search.close();
});

/** Looks until it is so; a busy machine may take its time. */
const soon = <T>(look: () => Promise<T> | T) => expect.poll(look, { timeout: 20_000 });

let unicorns = 0;
/** A name that no other test uses: all of them share one cloud. */
const newName = () => `unicorn ${unicorns++}`;

const summaryOf = (Name: string, changes: Partial<Summary> = {}): Summary => ({
  Name,
  StatusTime: '2026-05-01 09:00:00.000',
  Distance: 1800.5,
  MinMagicPoints: 140,
  MaxMagicPoints: 150,
  MinHealthPoints: 130,
  MaxHealthPoints: 155,
  Readings: 60,
  ...changes,
});

const minute = (n: number) => `2026-05-01 09:${String(n).padStart(2, '0')}:00.000`;

const put = (content: Summary): Put => ({ key: content.Name, data: encodeSummary(content) });

const readingOf = (Name: string, second: number, changes: Partial<Reading> = {}): Put => ({
  key: Name,
  data: encodeReading({
    Name,
    StatusTime: formatStatusTime(Date.UTC(2026, 4, 1, 9) + second * 1_000),
    Latitude: 40.75,
    Longitude: -73.99,
    Distance: 30,
    MagicPoints: 150,
    HealthPoints: 150,
    ...changes,
  }),
});

/** What a function has put into the quarantine bucket. */
async function quarantined(functionName: string) {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKETS.quarantine }));
  const keys = Contents.map(({ Key = '' }) => Key).filter((key) => key.includes(`/${functionName}/`));
  return Promise.all(
    keys.map(async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKETS.quarantine, Key }));
      const decoded = decodeQuarantineEntry((await Body?.transformToByteArray()) ?? new Uint8Array());
      if (!decoded.ok) throw new Error(decoded.reason);
      return decoded.entry;
    }),
  );
}

/** What the table has of a unicorn, by time. */
const storedOf = async (name: string) =>
  (await cloud.summaries())
    .filter(({ Name }) => Name === name)
    .sort((a, b) => a.StatusTime.localeCompare(b.StatusTime));

const quarantineOf = async (text: string) =>
  (await cloud.records(STREAMS.quarantine))
    .map(({ data }) => decodeQuarantineEntry(data))
    .filter((found) => found.ok && Buffer.from(found.entry.payload, 'base64').includes(text))
    .map((found) => (found.ok ? found.entry : undefined));

const behind = async (functionName: string) => {
  const { mappings } = await cloud.control.status();
  return mappings
    .find((mapping) => mapping.functionName === functionName)
    ?.shards.map((shard) => shard.behind);
};

describe('the table writer', () => {
  test('one malformed record does not fail its batch for ever, nor block its shard', async () => {
    const name = newName();
    const bad = `{"Name":"${name}","broken`;
    const places = await cloud.put(STREAMS.summaries, [
      put(summaryOf(name, { StatusTime: minute(1) })),
      { key: name, data: bad },
      put(summaryOf(name, { StatusTime: minute(2) })),
    ]);
    await soon(() => behind(FUNCTIONS.streamProcessor)).toEqual([0]);
    expect((await storedOf(name)).map(({ StatusTime }) => StatusTime)).toEqual([minute(1), minute(2)]);
    expect(await quarantineOf(bad)).toMatchObject([
      { stream: STREAMS.summaries, ...places[1], reason: expect.stringContaining('JSON') },
    ]);
  });

  test('a transient failure is told by its first record, and nothing is written to quarantine for it', async () => {
    const name = newName();
    await cloud.control.addFault({ kind: 'throttle-table', target: TABLES.summaries.name, count: 12 });
    await cloud.put(
      STREAMS.summaries,
      [1, 2, 3].map((n) => put(summaryOf(name, { StatusTime: minute(n) }))),
    );
    await soon(() => storedOf(name)).toHaveLength(3);
    expect(await quarantineOf(name)).toEqual([]);
  });

  test('one key twice in a batch is one item, the last one', async () => {
    const name = newName();
    await cloud.put(
      STREAMS.summaries,
      [10, 20, 30].map((Readings) => put(summaryOf(name, { Readings }))),
    );
    await soon(async () => (await storedOf(name)).map(({ Readings }) => Readings)).toEqual([30]);
  });

  test('items left unprocessed are written again, a bounded number of times, with jitter, before the deadline', async () => {
    const name = newName();
    await cloud.control.addFault({
      kind: 'leave-unprocessed',
      target: TABLES.summaries.name,
      share: 0.5,
      count: 60,
    });
    await cloud.put(
      STREAMS.summaries,
      Array.from({ length: 50 }, (_, n) => put(summaryOf(name, { StatusTime: minute(n) }))),
    );
    await soon(() => storedOf(name)).toHaveLength(50);

    const slept: number[] = [];
    let time = 60_000;
    let attempts = 0;
    const effort = {
      remaining: () => time,
      random: () => 0.999,
      sleep: async (milliseconds: number) => {
        slept.push(milliseconds);
        time -= milliseconds;
      },
      abortAfter: (limit: number) => {
        expect(limit).toBeLessThanOrEqual(Math.min(ATTEMPT_LIMIT, time));
        return new AbortController().signal;
      },
    };
    const never = async (items: readonly string[]) => {
      attempts++;
      return items;
    };
    expect((await resend(effort, ['an item'], never)).items).toEqual(['an item']);
    expect(attempts).toBe(MOST_ATTEMPTS);
    expect(slept).toEqual([...slept].sort((a, b) => a - b));

    time = 40;
    attempts = 0;
    await resend(effort, ['an item'], never);
    expect(attempts).toBe(1);
    expect(time).toBeGreaterThan(0);
  });
});

describe('text, times and numbers', () => {
  test('names are UTF-8, and bytes that are not are refused instead of mangled', async () => {
    const name = `Ñandú 🦄 ${newName()}`;
    const bytes = Buffer.from(encodeSummary(summaryOf(`${name} damaged`)));
    bytes[bytes.indexOf('🦄') + 1] = 0x20;
    await cloud.put(STREAMS.summaries, [put(summaryOf(name)), { key: 'k', data: bytes }]);
    await soon(() => storedOf(name)).toHaveLength(1);
    await soon(() => quarantineOf(`damaged`)).toHaveLength(1);
  });

  test.each(['Pacific/Apia', 'America/New_York', 'Asia/Kathmandu'])(
    'a time is UTC where the zone is %s',
    (zone) => {
      const before = process.env.TZ;
      onTestFinished(() => {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      });
      process.env.TZ = zone;
      // In the hour that New York skips.
      const instant = Date.UTC(2026, 2, 8, 2, 30);
      expect(formatStatusTime(instant)).toBe('2026-03-08 02:30:00.000');
      expect(parseStatusTime('2026-03-08 02:30:00.000')).toBe(instant);
      expect(new Date(instant).getHours()).not.toBe(new Date(instant).getUTCHours());
    },
  );

  test('a name has up to 256 characters, a minute more than 32,767 metres, and none are cut', async () => {
    const name = `${newName()} ${'x'.repeat(256)}`.slice(0, 256);
    await cloud.put(
      STREAMS.readings,
      [0, 1, 2].map((second) => readingOf(name, second, { Distance: 40_000.123457 })),
    );
    await cloud.control.aggregation({ caughtUp: true, closeWindows: true });
    await soon(() => storedOf(name)).toMatchObject([{ Name: name, Distance: 120_000.370371, Readings: 3 }]);
  });
});

describe('the sensor and its readers', () => {
  test('readings go in batches, only what failed goes again, and only acknowledgements count', async () => {
    const name = newName();
    await cloud.control.addFault({ kind: 'fail-records', target: STREAMS.readings, share: 0.3, count: 40 });
    const acknowledged: string[] = [];
    const failed: string[] = [];
    const client = createKinesisClient(clientConfig(local.target), { maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    let requests = 0;
    client.middlewareStack.add(
      (next) => (given) => {
        requests++;
        return next(given);
      },
      { step: 'initialize' },
    );
    const writer = new BatchingWriter<string>({
      client,
      streamName: STREAMS.readings,
      random: Math.random,
      clock: systemClock,
      acknowledged: ({ tag }, _, sequenceNumber) => void acknowledged.push(`${tag} ${sequenceNumber}`),
      failed: ({ tag }) => void failed.push(tag),
    });
    for (let n = 0; n < 200; n++) {
      const { data } = readingOf(`${name}/${n}`, 0);
      await writer.put({ key: `${name}/${n}`, data: Buffer.from(data), time: n, tag: String(n) });
    }
    await writer.flush();
    writer.close();
    const found = (await cloud.records(STREAMS.readings)).filter(({ key }) => key.startsWith(`${name}/`));
    expect(failed).toEqual([]);
    expect(found.map(({ key, sequenceNumber }) => `${key.split('/')[1]} ${sequenceNumber}`).sort()).toEqual(
      acknowledged.sort(),
    );
    expect(new Set(found.map(({ key }) => key)).size).toBe(200);
    expect(requests).toBeLessThan(60);
  });

  test('a reader goes on through a split, a merge and iterators that expire, parents first', async () => {
    const name = newName();
    const keys = Array.from({ length: 40 }, (_, n) => `${name}/${n}`);
    const seen: string[] = [];
    const reading = new AbortController();
    const client = createKinesisClient(clientConfig(local.target), { maxAttempts: 1 });
    const read = readStream({
      client,
      streamName: STREAMS.quarantine,
      start: { from: 'start' },
      pollInterval: 10,
      signal: reading.signal,
      clock: systemClock,
      onBatch: ({ records }) =>
        void seen.push(
          ...records
            .map((record) => Buffer.from(record.data).toString())
            .filter((text) => text.startsWith(name)),
        ),
    });
    onTestFinished(async () => {
      reading.abort();
      await read;
      client.destroy();
    });
    const round = async (n: number) => {
      await cloud.put(
        STREAMS.quarantine,
        keys.map((key) => ({ key, data: `${key} ${n}` })),
      );
      await soon(() => seen.length).toBe(keys.length * (n + 1));
    };
    await round(0);
    await cloud.control.addFault({ kind: 'expire-iterators', target: STREAMS.quarantine, count: 3 });
    await round(1);
    await cloud.kinesis.send(
      new SplitShardCommand({
        StreamName: STREAMS.quarantine,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    await round(2);
    await cloud.kinesis.send(
      new MergeShardsCommand({
        StreamName: STREAMS.quarantine,
        ShardToMerge: 'shardId-000000000001',
        AdjacentShardToMerge: 'shardId-000000000002',
      }),
    );
    await round(3);
    for (const key of keys) {
      expect(seen.filter((text) => text.startsWith(`${key} `))).toEqual(
        [0, 1, 2, 3].map((n) => `${key} ${n}`),
      );
    }
  });
});

describe('the alert', () => {
  test('there is a ride that reaches it, every time', () => {
    for (let seed = 0; seed < 50; seed++) {
      const unicorn = new Unicorn('Rocinante', String(seed), SCENARIOS['low-magic']);
      let lowest = Number.POSITIVE_INFINITY;
      for (let second = 0; second < 120; second++) {
        unicorn.step();
        lowest = Math.min(lowest, unicorn.reading('2026-05-01 09:00:00.000').MagicPoints);
      }
      expect(lowest).toBeLessThan(50);
    }
  });

  test('an episode is one alert and one recovery, however often its readings come', async () => {
    const name = newName();
    const heard: string[] = [];
    const listening = new AbortController();
    onTestFinished(() => listening.abort());
    await cloud.control.notifications(listening.signal, ({ message, topicArn }) => {
      const alert = decodeAlert(message);
      if (topicArn.endsWith(TOPICS.alerts) && !('ok' in alert) && alert.name === name)
        heard.push(`${alert.state} ${alert.episode}`);
    });
    await cloud.control.addFault({ kind: 'fail-function', target: FUNCTIONS.lowMagicAlert, count: 3 });
    const magic = [60, 49, 48, 47, 51, 54, 49, 55, 56, 57];
    await cloud.put(
      STREAMS.readings,
      magic.map((MagicPoints, second) => readingOf(name, 60 + second, { MagicPoints })),
    );
    await soon(() => heard.length).toBeGreaterThanOrEqual(2);
    await soon(() => behind(FUNCTIONS.lowMagicAlert)).toEqual([0]);
    const episode = `${name}@2026-05-01 09:01:01.000`;
    expect([...new Set(heard)]).toEqual([`firing ${episode}`, `recovered ${episode}`]);
    expect(heard).toHaveLength(2);
  });
});

describe('search', () => {
  const indexed = (index: string, name: string) =>
    [...search.store.documents(index).values()].filter((document) => document.Name === name);

  test('what counts is what the cluster said of each document, and they go in bulk', async () => {
    const name = newName();
    search.faults.push('throttled', 'partial', 'garbled', 'lost', 'short', 'dropped');
    const before = search.requests.length;
    await cloud.put(
      STREAMS.readings,
      Array.from({ length: 300 }, (_, second) => readingOf(name, second)),
    );
    await soon(() => indexed(STREAMS.readings, name).length).toBe(300);
    await soon(() => behind(FUNCTIONS.streamIndexer)).toEqual([0]);
    expect(search.faults).toEqual([]);
    expect(search.requests.length - before).toBeLessThan(30);
  });

  test('what can never be a document goes into quarantine, and its neighbours are indexed', async () => {
    const name = newName();
    const bad = JSON.stringify([name, 'at dawn']);
    await cloud.put(STREAMS.readings, [readingOf(name, 1), { key: name, data: bad }, readingOf(name, 2)]);
    await soon(() => behind(FUNCTIONS.streamIndexer)).toEqual([0]);
    await soon(() => indexed(STREAMS.readings, name).length).toBe(2);
    await soon(async () =>
      (await quarantined(FUNCTIONS.streamIndexer)).map(({ payload }) => payload),
    ).toContain(Buffer.from(bad).toString('base64'));
  });

  test('keys that only read the same are two documents, and an older change that comes again brings nothing back', async () => {
    const table = TABLES.summaries.name;
    const index = table.toLowerCase();
    const [a, b] = [`${newName()}|x`, 'y'];
    const put = (Name: string, StatusTime: string) =>
      dynamodb.send(
        new PutItemCommand({ TableName: table, Item: { Name: { S: Name }, StatusTime: { S: StatusTime } } }),
      );
    const documents = () => indexed(index, a).length + indexed(index, a.slice(0, -2)).length;
    await put(a, b);
    await put(a.slice(0, -2), `x|${b}`);
    await soon(documents).toBe(2);

    await cloud.control.addFault({ kind: 'fail-function', target: FUNCTIONS.tableIndexer, count: 3 });
    await dynamodb.send(
      new DeleteItemCommand({ TableName: table, Key: { Name: { S: a }, StatusTime: { S: b } } }),
    );
    await soon(() => behind(FUNCTIONS.tableIndexer)).toEqual([0]);
    expect(documents()).toBe(1);

    // The change before it, as a function has it that was slow to answer.
    const client = createSearchClient({ endpoint: search.endpoint, signing: 'none', region: undefined }, () =>
      Promise.reject(new Error('not signed')),
    );
    onTestFinished(() => client.close());
    const [id, version] = [...search.store.indices.get(index)!].flatMap(([key, entry]) =>
      entry.source === undefined && key.includes(JSON.stringify(a).slice(1, -1)) ? [key, entry.version] : [],
    ) as [string, bigint];
    const write = createDocumentWriter({ client, refresh: 'false' });
    await write([{ index, id, version: version - 1n, document: JSON.stringify({ Name: a }) }], {
      remaining: () => 10_000,
      random: Math.random,
      sleep: async () => {},
      abortAfter: (limit) => AbortSignal.timeout(limit),
    });
    expect(documents()).toBe(1);
  });
});
