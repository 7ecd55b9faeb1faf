import { gunzipSync } from 'node:zlib';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CloudStatus } from '../../infra/local/control/api.ts';
import { createControlClient } from '../../infra/local/control/client.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { BUCKETS, LOW_MAGIC, RIDE_START, STREAMS, TABLES } from '../../telemetry/topology.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { events, type Finished, freePort, launch, type Running } from '../kit.ts';
import { type Ask, asking, found } from './search/client.ts';

/** All of it at once, as a person starts it: a fleet that runs low on magic, with broken sensors, that is searched. */

const FLEET = 20;

let port: number;
let cloud: Running;
let ride: Finished;
let status: CloudStatus;
let ask: Ask;

beforeAll(async () => {
  port = await freePort();
  cloud = launch(['start', '--search', '--ephemeral', '--port', String(port)]);
  const search = await cloud.line((line) => line.startsWith('search '));
  ask = asking(search.split(/\s+/)[1] ?? '');
  const firehose = new FirehoseClient(clientConfig(atLocalPort(port, undefined)));
  await deliverSoon(firehose);
  firehose.destroy();
  const producer = launch([
    'producer',
    ...['--join', '--port', String(port)],
    ...['--fleet', String(FLEET), '--scenario', 'low-magic', '--fault', 'malformed=0.02'],
    ...['--speed', '60', '--duration', '6m', '--seed', '7', '--output', 'json'],
  ]);
  ride = await producer.finished;
  const control = createControlClient(`http://127.0.0.1:${port}`);
  await vi.waitFor(
    async () => {
      status = await control.status();
      const behind = status.mappings.flatMap(({ shards }) => shards.map((shard) => shard.behind));
      expect(Math.max(...behind)).toBe(0);
    },
    { timeout: 30_000, interval: 100 },
  );
  await ask('POST', '/_refresh');
});

afterAll(async () => {
  cloud.child.kill('SIGTERM');
  await cloud.finished;
});

const readings = () => events<{ reading: Reading }>(ride.stdout, 'reading').map(({ reading }) => reading);
const summaries = () => events<{ summary: Summary }>(ride.stdout, 'summary').map(({ summary }) => summary);

test('the report balances, and each minute is in the table', () => {
  expect(ride.status).toBe(0);
  const [report] = events(ride.stdout, 'report');
  expect(report).toMatchObject({
    balanced: true,
    failed: 0,
    late: 0,
    open: 0,
    acknowledged: FLEET * 360,
    summarised: readings().length,
    summaries: summaries().length,
    stored: summaries().length,
  });
});

test('what is broken is in quarantine, each with its place', () => {
  const broken = FLEET * 360 - readings().length;
  expect(broken).toBeGreaterThan(0);
  expect(status.streams).toContainEqual(
    expect.objectContaining({ streamName: STREAMS.quarantine, records: broken }),
  );
  expect(status.mappings.filter(({ lastError }) => lastError !== null)).toEqual([]);
});

test('operations is told of each episode once, and of its end once', () => {
  const told = events<{ episode: string; state: string }>(ride.stdout, 'alert').map(
    ({ episode, state }) => `${episode} ${state}`,
  );
  expect(told.length).toBeGreaterThanOrEqual(FLEET);
  expect(told.sort()).toEqual(episodesIn(readings()).sort());
});

/** What is to be told of, worked out from the readings alone. */
function episodesIn(all: readonly Reading[]): string[] {
  const open = new Map<string, string>();
  const told: string[] = [];
  const inOrder = [...all].sort((a, b) => (a.StatusTime < b.StatusTime ? -1 : 1));
  for (const { Name, StatusTime, MagicPoints } of inOrder) {
    const episode = open.get(Name);
    if (episode === undefined && MagicPoints < LOW_MAGIC.fire) {
      open.set(Name, `${Name}@${StatusTime}`);
      told.push(`${Name}@${StatusTime} firing`);
    } else if (episode !== undefined && MagicPoints >= LOW_MAGIC.recover) {
      open.delete(Name);
      told.push(`${episode} recovered`);
    }
  }
  return told;
}

test('every reading is in the archive, with the parts of its time', async () => {
  const s3 = new S3Client(clientConfig(atLocalPort(port, undefined)));
  const archived = async () => {
    const lines = new Set<string>();
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: BUCKETS.archive, Prefix: 'readings/' });
    for await (const { Contents = [] } of pages) {
      for (const { Key } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKETS.archive, Key }));
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        for (const line of gunzipSync(bytes).toString().split('\n')) if (line !== '') lines.add(line);
      }
    }
    return lines;
  };
  await expect.poll(async () => (await archived()).size, { timeout: 20_000 }).toBe(readings().length);
  const expected = readings().map((reading) => {
    const [Year, Month, Day, Hour, Minute] = reading.StatusTime.split(/[- :]/).map(Number);
    return JSON.stringify({ ...reading, Year, Month, Day, Hour, Minute });
  });
  expect([...(await archived())].sort()).toEqual(expected.sort());
  s3.destroy();
});

describe('search finds', () => {
  const count = async (index: string, query: object) => {
    const { body } = await ask('POST', `/${index}/_count`, { query });
    return body.count;
  };

  test('every reading by its unicorn’s name', async () => {
    for (const name of new Set(readings().map(({ Name }) => Name))) {
      const query = { bool: { filter: [{ term: { Name: name } }, { exists: { field: 'Position' } }] } };
      expect(await count('wildrydes', query)).toBe(readings().filter(({ Name }) => Name === name).length);
    }
  });

  test('readings by their position', async () => {
    const { latitude: lat, longitude: lon } = RIDE_START;
    const near = (distance: string) =>
      count('wildrydes', { geo_distance: { distance, Position: { lat, lon } } });
    // Nobody rides further than 31 m in a second, and nobody's first second is further away.
    expect(await near(`${31 * 360}m`)).toBe(readings().length);
    const first = await near('32m');
    expect(first).toBeGreaterThanOrEqual(FLEET / 2);
    expect(first).toBeLessThan(readings().length);
    const paris = { geo_distance: { distance: '100km', Position: { lat: 48.86, lon: 2.35 } } };
    expect(await count('wildrydes', paris)).toBe(0);
  });

  test('readings and minutes by their time', async () => {
    const times = [...new Set(summaries().map(({ StatusTime }) => StatusTime))].sort();
    const [gte, lt] = times.slice(2, 4) as [string, string];
    const within = { range: { StatusTime: { gte, lt } } };
    const between = ({ StatusTime }: { StatusTime: string }) => StatusTime >= gte && StatusTime < lt;
    const valid = { bool: { filter: [within, { exists: { field: 'Position' } }] } };
    expect(await count('wildrydes', valid)).toBe(readings().filter(between).length);
    expect(await count('unicornsensordata', within)).toBe(summaries().filter(between).length);
  });

  test('no more what was removed from the table', async () => {
    const { Name, StatusTime } = summaries()[0]!;
    const query = { bool: { filter: [{ term: { Name } }, { term: { StatusTime } }] } };
    expect(await found(ask, 'unicornsensordata', query)).toHaveLength(1);
    const dynamodb = new DynamoDBClient(clientConfig(atLocalPort(port, undefined)));
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: TABLES.summaries.name,
        Key: { Name: { S: Name }, StatusTime: { S: StatusTime } },
      }),
    );
    dynamodb.destroy();
    await expect
      .poll(async () => {
        await ask('POST', '/unicornsensordata/_refresh');
        return found(ask, 'unicornsensordata', query);
      })
      .toEqual([]);
    expect(await count('unicornsensordata', { match_all: {} })).toBe(summaries().length - 1);
  });
});
