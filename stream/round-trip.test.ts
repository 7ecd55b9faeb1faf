import { CreateStreamCommand, DeleteStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { systemClock } from '../telemetry/clock.ts';
import { createKinesisClient } from './client.ts';
import { type Position, readStream, type Start } from './reader.ts';
import type { StreamRecord } from './record.ts';
import { BatchingWriter } from './writer.ts';

/** The writer and the reader against a real Kinesis on this machine, over HTTP. */
let cloud: Cloud;
let client: KinesisClient;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 1 });
});
afterAll(async () => {
  client?.destroy();
  await cloud?.close();
});

async function withStream(
  name: string,
  shards: number,
  use: (streamName: string) => Promise<void>,
): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
  try {
    await use(name);
  } finally {
    await client.send(new DeleteStreamCommand({ StreamName: name }));
  }
}

interface Written {
  readonly acknowledged: Map<number, { shardId: string; sequenceNumber: string }>;
  readonly failed: string[];
}

/** Writes records 0 to count - 1, keys in turn, each with its number as content. */
async function write(streamName: string, count: number, keys: number): Promise<Written> {
  const written: Written = { acknowledged: new Map(), failed: [] };
  const writer = new BatchingWriter<number>({
    client,
    streamName,
    random: Math.random,
    clock: systemClock,
    acknowledged: (entry, shardId, sequenceNumber) =>
      written.acknowledged.set(entry.tag, { shardId, sequenceNumber }),
    failed: (_, reason) => written.failed.push(reason),
  });
  for (let i = 0; i < count; i++) {
    await writer.put({ key: `unicorn ${i % keys}`, data: Buffer.from(String(i)), time: i, tag: i });
  }
  await writer.flush();
  writer.close();
  return written;
}

/** Reads until enough records came, or fails with the test's own time limit. */
async function read(
  streamName: string,
  count: number,
  options: { start?: Start; positions?: ReadonlyMap<string, Position>; onFirstBatch?: () => void } = {},
): Promise<StreamRecord[]> {
  const controller = new AbortController();
  const records: StreamRecord[] = [];
  let first = true;
  await readStream({
    client,
    streamName,
    start: options.start ?? { from: 'start' },
    ...(options.positions ? { positions: options.positions } : {}),
    pollInterval: 10,
    signal: controller.signal,
    clock: systemClock,
    onBatch: (batch) => {
      if (first) options.onFirstBatch?.();
      first = false;
      records.push(...batch.records);
      if (records.length >= count) controller.abort();
    },
  });
  return records;
}

const numberOf = (record: StreamRecord) => Number(Buffer.from(record.data).toString());

describe('what is written is read', () => {
  test('every record once, where and as it was acknowledged, in order per key', async () => {
    await withStream('round-trip', 4, async (streamName) => {
      const { acknowledged, failed } = await write(streamName, 5_000, 60);
      expect(failed).toEqual([]);
      const records = await read(streamName, 5_000);
      expect(records).toHaveLength(5_000);
      expect(new Set(records.map((record) => record.shardId)).size).toBe(4);
      const latest = new Map<string, number>();
      for (const record of records) {
        const number = numberOf(record);
        expect(record.partitionKey).toBe(`unicorn ${number % 60}`);
        expect(acknowledged.get(number)).toEqual({
          shardId: record.shardId,
          sequenceNumber: record.sequenceNumber,
        });
        expect(Math.abs(record.arrival - Date.now())).toBeLessThan(60_000);
        expect(number).toBeGreaterThan(latest.get(record.partitionKey) ?? -1);
        latest.set(record.partitionKey, number);
      }
    });
  });

  test('reading goes on after a position, and from the tip only with what is new', async () => {
    await withStream('positions', 1, async (streamName) => {
      await write(streamName, 100, 3);
      const [first] = await read(streamName, 1);
      const positions = new Map<string, Position>([[first!.shardId, { after: first!.sequenceNumber }]]);
      expect((await read(streamName, 99, { positions })).map(numberOf)[0]).toBe(1);
      const tail = await read(streamName, 5, {
        start: { from: 'latest' },
        onFirstBatch: () => void write(streamName, 5, 1),
      });
      expect(tail.map(numberOf)).toEqual([0, 1, 2, 3, 4]);
    });
  });

  test('the largest record', async () => {
    await withStream('large', 1, async (streamName) => {
      const failed: string[] = [];
      const writer = new BatchingWriter<number>({
        client,
        streamName,
        random: Math.random,
        clock: systemClock,
        failed: (_, reason) => failed.push(reason),
      });
      const data = Buffer.alloc(1024 * 1024 - 'Rocinante'.length, 'x');
      for (let i = 0; i < 12; i++) await writer.put({ key: 'Rocinante', data, time: i, tag: i });
      await writer.flush();
      expect(failed).toEqual([]);
      const records = await read(streamName, 12);
      expect(records.every((record) => Buffer.compare(record.data, data) === 0)).toBe(true);
    });
  });
});

describe('a stream that does not exist', () => {
  test('fails what is written, with the reason', async () => {
    const { acknowledged, failed } = await write('nowhere', 3, 3);
    expect(acknowledged.size).toBe(0);
    expect(failed).toHaveLength(3);
    for (const reason of failed) expect(reason).toMatch(/^ResourceNotFoundException: .*nowhere/);
  });

  test('ends reading', async () => {
    await expect(read('nowhere', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('also when it is deleted meanwhile', async () => {
    await client.send(new CreateStreamCommand({ StreamName: 'brief', ShardCount: 2 }));
    const reading = read('brief', 1, {
      onFirstBatch: () => void client.send(new DeleteStreamCommand({ StreamName: 'brief' })),
    });
    await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
