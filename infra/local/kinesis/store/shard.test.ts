import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Bench, base64, bench, START } from '../fixture.ts';
import type { KinesisOptions } from '../service.ts';
import type { KinesisShard } from '../source.ts';

const DAY = 24 * 3_600_000;

async function newShard(
  options: Partial<KinesisOptions> = {},
): Promise<{ b: Bench; shard: () => KinesisShard }> {
  const b = await bench(options);
  b.ok('CreateStream', { StreamName: 's' });
  return { b, shard: () => b.kinesis.stream('s')!.shards[0]! };
}

function put(b: Bench, ...keys: string[]): void {
  b.ok('PutRecords', {
    StreamName: 's',
    Records: keys.map((PartitionKey) => ({ PartitionKey, Data: base64(`of ${PartitionKey}`) })),
  });
}

function keys(shard: KinesisShard, from = 0): string[] {
  return shard.read(from, 100, 1e6).map(({ partitionKey }) => partitionKey);
}

test('reads records as they were put', async () => {
  const { b, shard } = await newShard();
  put(b, 'Shadowfax', '🦄');
  expect(shard().read(0, 10, 1e6)).toEqual([
    {
      index: 0,
      sequenceNumber: shard().sequenceNumber(0),
      partitionKey: 'Shadowfax',
      data: Buffer.from('of Shadowfax'),
      arrival: START,
    },
    {
      index: 1,
      sequenceNumber: shard().sequenceNumber(1),
      partitionKey: '🦄',
      data: Buffer.from('of 🦄'),
      arrival: START,
    },
  ]);
  expect(shard()).toMatchObject({
    first: 0,
    next: 2,
    closed: false,
    parents: [],
    shardId: 'shardId-000000000000',
  });
  expect(shard().indexOf(shard().sequenceNumber(1))).toBe(1);
  expect(shard().indexOf(shard().sequenceNumber(2))).toBeUndefined();
  expect(shard().indexOf(shard().sequenceNumber(-1))).toBeUndefined();
});

test('reads as many records and bytes as asked for, but never none', async () => {
  const { b, shard } = await newShard();
  put(b, 'aaaa', 'bbbb', 'cccc'); // 11 bytes each
  expect(shard().read(0, 2, 1e6)).toHaveLength(2);
  expect(shard().read(0, 0, 1e6)).toHaveLength(0);
  expect(shard().read(0, 10, 22)).toHaveLength(2);
  expect(shard().read(0, 10, 21)).toHaveLength(1);
  expect(shard().read(0, 10, 1)).toHaveLength(1);
  expect(shard().read(3, 10, 1e6)).toEqual([]);
});

test('gives data that later records do not overwrite', async () => {
  const { b, shard } = await newShard({ tailBytes: 200 });
  put(b, 'first');
  const [record] = shard().read(0, 1, 1e6);
  for (let i = 0; i < 50; i++) put(b, `later-${i}`);
  expect(record!.data.toString()).toBe('of first');
});

test('never lets arrival fall, also after reopening', async () => {
  const { b, shard } = await newShard();
  const arrivals = () =>
    shard()
      .read(0, 10, 1e6)
      .map(({ arrival }) => arrival - START);
  put(b, 'a');
  b.clock.time += 500;
  put(b, 'b');
  b.clock.time -= 2000;
  put(b, 'c');
  expect(arrivals()).toEqual([0, 500, 500]);
  await b.reopen();
  put(b, 'd');
  b.clock.time += 3000;
  put(b, 'e');
  expect(arrivals()).toEqual([0, 500, 500, 500, 1500]);
  expect([-1, 0, 1, 500, 501, 1500, 1501].map((time) => shard().indexAtTime(START + time))).toEqual([
    0, 0, 1, 1, 4, 4, 5,
  ]);
});

test('drops what is older than the retention, and its files', async () => {
  const { b, shard } = await newShard({ segmentBytes: 1 });
  put(b, 'a');
  b.clock.time += 1000;
  put(b, 'b', 'c');
  b.clock.time += DAY - 1000;
  expect(keys(shard())).toEqual(['a', 'b', 'c']);
  b.clock.time += 1;
  expect(keys(shard())).toEqual(['b', 'c']);
  expect(shard().first).toBe(1);
  expect(shard().indexAtTime(0)).toBe(1);
  expect(shard().indexOf(shard().sequenceNumber(0))).toBe(0);
  put(b, 'd');
  expect(readdirSync(join(b.folder, 's', 'shardId-000000000000'))).toEqual([
    '000000000000001.log',
    '000000000000003.log',
  ]);
  b.clock.time += 2 * DAY;
  expect(keys(shard())).toEqual([]);
  expect(shard()).toMatchObject({ first: 4, next: 4 });
  await b.reopen();
  expect(keys(shard())).toEqual([]);
  put(b, 'e');
  expect(keys(shard())).toEqual(['e']);
  expect(shard()).toMatchObject({ first: 4, next: 5 });
});

test('trims while it is only written to', async () => {
  const { b } = await newShard({ segmentBytes: 1 });
  for (let day = 0; day < 5; day++) {
    put(b, `day ${day}`);
    b.clock.time += DAY + 1;
  }
  expect(readdirSync(join(b.folder, 's', 'shardId-000000000000')).length).toBeLessThan(3);
});

test('calls back after an append, not within it, and once for several', async () => {
  const { b, shard } = await newShard();
  const seen: number[] = [];
  const stop = shard().onAppend(() => seen.push(shard().next));
  const other = shard().onAppend(() => {
    throw new Error('a bad listener');
  });
  put(b, 'a');
  put(b, 'b');
  expect(seen).toEqual([]);
  await new Promise(setImmediate);
  expect(seen).toEqual([2]);
  expect(b.logged.join()).toMatch('a bad listener');
  other();
  put(b, 'c');
  await new Promise(setImmediate);
  expect(seen).toEqual([2, 3]);
  stop();
  put(b, 'd');
  await new Promise(setImmediate);
  expect(seen).toEqual([2, 3]);
});
