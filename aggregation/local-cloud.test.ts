import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { createKinesisClient } from '../stream/client.ts';
import { systemClock } from '../telemetry/clock.ts';
import { decodeQuarantineEntry } from '../telemetry/quarantine-codec.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import { decodeSummary } from '../telemetry/summary-codec.ts';
import { STREAMS } from '../telemetry/topology.ts';
import { buildThread } from './fixture.ts';
import { AggregationThread } from './thread.ts';

const file = await buildThread();
const lines: string[] = [];

let cloud: Cloud;
let client: KinesisClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aggregation-'));
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 1 });
  for (const [name, shards] of [
    [STREAMS.readings, 2],
    [STREAMS.summaries, 1],
    [STREAMS.quarantine, 1],
  ] as const) {
    await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
  }
});

afterAll(async () => {
  client.destroy();
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<AggregationThread> {
  const aggregation = new AggregationThread(file, { log: (line) => lines.push(line) });
  await aggregation.start({
    config: clientConfig(atLocalPort(cloud.port, undefined)),
    streams: STREAMS,
    checkpoint: join(folder, 'checkpoint'),
  });
  return aggregation;
}

const NOON = Date.UTC(2026, 2, 1, 12);
const NAMES = ['Rocinante', 'Shadowfax', '🦄'];

async function putSeconds(from: number, to: number): Promise<void> {
  for (let second = from; second < to; second++) {
    const Records = NAMES.map((name) => ({
      PartitionKey: name,
      Data: Buffer.from(
        encodeReading({
          Name: name,
          StatusTime: formatStatusTime(NOON + second * 1000),
          Latitude: 40,
          Longitude: -73,
          Distance: 29.7,
          MagicPoints: second,
          HealthPoints: -second,
        }),
      ),
    }));
    const answer = await client.send(new PutRecordsCommand({ StreamName: STREAMS.readings, Records }));
    expect(answer.FailedRecordCount).toBe(0);
  }
}

async function readAll(streamName: string): Promise<Uint8Array[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: streamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records } = await client.send(new GetRecordsCommand({ ShardIterator: ShardIterator! }));
  return Records!.map((record) => record.Data!);
}

it('runs in its thread on the local Kinesis over HTTP, goes on after a stop, and sends each minute once', async () => {
  const first = await start();
  await putSeconds(0, 80);
  const broken = { PartitionKey: 'somebody', Data: Buffer.from('{"Name":"Rocinante"') };
  await client.send(new PutRecordsCommand({ StreamName: STREAMS.readings, Records: [broken] }));
  await first.stop();
  const second = await start();
  await putSeconds(80, 150);
  await second.closeWindows();
  expect(await second.progress(['nobody'])).toMatchObject({ tally: { delivered: 0 } });
  expect(await second.progress()).toMatchObject({
    tally: { delivered: 451, summarised: 450, quarantined: 1, late: 0, duplicates: 0, open: 0, summaries: 9 },
    outbox: 0,
    trouble: null,
  });
  await second.stop();

  const summaries = (await readAll(STREAMS.summaries)).map((data) => decodeSummary(data));
  expect(summaries.map((decoded) => (decoded.ok ? decoded.summary : decoded))).toEqual(
    expect.arrayContaining(
      [0, 60, 120].flatMap((from) =>
        NAMES.map((name) => {
          const to = Math.min(from + 60, 150) - 1;
          return {
            Name: name,
            StatusTime: formatStatusTime(NOON + from * 1000),
            Distance: (29.7 * 10 * (to - from + 1)) / 10,
            MinMagicPoints: from,
            MaxMagicPoints: to,
            MinHealthPoints: -to,
            MaxHealthPoints: from === 0 ? 0 : -from,
            Readings: to - from + 1,
          };
        }),
      ),
    ),
  );
  expect(summaries.length).toBe(9);
  const [entry, ...others] = (await readAll(STREAMS.quarantine)).map((data) => decodeQuarantineEntry(data));
  expect(entry).toMatchObject({ ok: true, entry: { stream: STREAMS.readings, bytes: 19 } });
  expect(others).toEqual([]);

  await writeFile(join(folder, 'checkpoint'), 'damaged');
  const third = await start();
  await third.stop();
  expect(lines).toEqual([expect.stringContaining('is damaged')]);
});
