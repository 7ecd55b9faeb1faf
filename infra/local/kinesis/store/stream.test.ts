import { linkSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Bench, base64, bench, START } from '../fixture.ts';
import { HASH_KEYS, type HashKeyRange } from '../hash-key.ts';
import type { StoredStream } from './stream.ts';

const HALVES: readonly HashKeyRange[] = [
  { start: 0n, end: HASH_KEYS / 2n - 1n },
  { start: HASH_KEYS / 2n, end: HASH_KEYS - 1n },
];
const ALL: readonly HashKeyRange[] = [{ start: 0n, end: HASH_KEYS - 1n }];
const HOUR = 3_600_000;

async function newStream(shardCount = 1): Promise<{ b: Bench; stream: () => StoredStream }> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: shardCount });
  return { b, stream: () => b.kinesis.stream('s') as StoredStream };
}

function put(b: Bench, key: string): { ShardId: string; SequenceNumber: string } {
  return b.ok('PutRecord', { StreamName: 's', PartitionKey: key, Data: base64(key) });
}

test('sends records to the children after a split, and keeps the lineage', async () => {
  const { b, stream } = await newStream();
  const before = put(b, 'a');
  const heard: string[] = [];
  stream().onShards(() => heard.push('shards'));
  stream().shards[0]!.onAppend(() => heard.push('parent'));
  stream().reshard([stream().shards[0]!], HALVES);
  const after = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => put(b, key));
  expect(new Set(after.map(({ ShardId }) => ShardId))).toEqual(
    new Set(['shardId-000000000001', 'shardId-000000000002']),
  );
  for (const { SequenceNumber } of after) {
    expect(BigInt(SequenceNumber)).toBeGreaterThan(BigInt(before.SequenceNumber));
  }
  const check = (): void => {
    expect(
      stream().shards.map(({ shardId, parents, closed, next }) => [shardId, parents, closed, next]),
    ).toEqual([
      ['shardId-000000000000', [], true, 1],
      ['shardId-000000000001', ['shardId-000000000000'], false, expect.any(Number)],
      ['shardId-000000000002', ['shardId-000000000000'], false, expect.any(Number)],
    ]);
    expect(stream().status).toMatchObject({ streamName: 's', shards: 2, records: 7 });
  };
  check();
  await new Promise(setImmediate);
  expect(heard).toContain('shards');
  expect(heard).toContain('parent');
  await b.reopen();
  check();
});

test('lets no arrival fall through a split, though the clock is set back before it', async () => {
  const { b, stream } = await newStream();
  put(b, 'a');
  const arrived = b.clock.time;
  b.clock.time -= HOUR;
  stream().reshard([stream().shards[0]!], HALVES);
  await b.reopen();
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) put(b, key);
  const arrivals = stream().shards.flatMap((shard) =>
    shard.read(0, 10, 1_000_000).map(({ arrival }) => arrival),
  );
  expect(arrivals).toEqual(Array(7).fill(arrived));
});

test('merges with both parents', async () => {
  const { stream } = await newStream(2);
  const [left, right] = stream().shards;
  const [child] = stream().reshard([left!, right!], ALL);
  expect(child!.parents).toEqual(['shardId-000000000000', 'shardId-000000000001']);
  expect(stream().childrenOf(right!)).toEqual([child]);
  expect(stream().onlyShard).toBe(child);
});

test('tells a reader of a closed shard where to go on', async () => {
  const { b, stream } = await newStream();
  put(b, 'a');
  put(b, 'b');
  const { ShardIterator } = b.ok('GetShardIterator', {
    StreamName: 's',
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  });
  stream().reshard([stream().shards[0]!], HALVES);
  const first = b.ok('GetRecords', { ShardIterator, Limit: 1 });
  expect(first.ChildShards).toBeUndefined();
  const second = b.ok('GetRecords', { ShardIterator: first.NextShardIterator });
  expect(second).toMatchObject({
    NextShardIterator: null,
    MillisBehindLatest: 0,
    Records: [{ PartitionKey: 'b' }],
    ChildShards: [
      {
        ShardId: 'shardId-000000000001',
        ParentShards: ['shardId-000000000000'],
        HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(HASH_KEYS / 2n - 1n) },
      },
      { ShardId: 'shardId-000000000002' },
    ],
  });
  const { Shards } = b.ok('ListShards', { StreamName: 's' });
  const { EndingSequenceNumber } = Shards[0].SequenceNumberRange;
  expect(BigInt(EndingSequenceNumber)).toBeGreaterThan(BigInt(second.Records[0].SequenceNumber));
  expect(Shards[1]).toMatchObject({ ParentShardId: 'shardId-000000000000' });
  expect(Shards[1].SequenceNumberRange).not.toHaveProperty('EndingSequenceNumber');
  const atEnd = b.ok('GetShardIterator', {
    StreamName: 's',
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: EndingSequenceNumber,
  });
  expect(b.ok('GetRecords', atEnd)).toMatchObject({ NextShardIterator: null, Records: [] });
});

test('lists shards by when they were open', async () => {
  const { b, stream } = await newStream();
  b.clock.time += HOUR;
  stream().reshard([stream().shards[0]!], HALVES);
  b.clock.time += HOUR;
  const ids = (Type: string, more: object = {}): string =>
    b
      .ok('ListShards', { StreamName: 's', ShardFilter: { Type, ...more } })
      .Shards.map(({ ShardId }: { ShardId: string }) => ShardId.at(-1))
      .join('');
  const at = (hours: number) => ({ Timestamp: (START + hours * HOUR) / 1000 });
  expect(ids('FROM_TRIM_HORIZON')).toBe('012');
  expect(ids('AT_TRIM_HORIZON')).toBe('0');
  expect(ids('AT_LATEST')).toBe('12');
  expect(ids('AFTER_SHARD_ID', { ShardId: 'shardId-000000000000' })).toBe('12');
  expect(ids('AT_TIMESTAMP', at(0.5))).toBe('0');
  expect(ids('AT_TIMESTAMP', at(1.5))).toBe('12');
  expect(ids('FROM_TIMESTAMP', at(0.5))).toBe('012');
  expect(ids('FROM_TIMESTAMP', at(1.5))).toBe('12');
  for (const Type of ['AT_TIMESTAMP', 'FROM_TIMESTAMP', 'AFTER_SHARD_ID']) {
    expect(b.call('ListShards', { StreamName: 's', ShardFilter: { Type } }).body.message).toMatch(
      `when its Type is ${Type}`,
    );
  }
});

test('lets a closed shard go once its records have expired', async () => {
  const { b, stream } = await newStream();
  put(b, 'a');
  stream().reshard([stream().shards[0]!], HALVES);
  const count = () => b.ok('ListShards', { StreamName: 's' }).Shards.length;
  b.clock.time += 24 * HOUR;
  expect(count()).toBe(3);
  b.clock.time += 1;
  expect(count()).toBe(2);
  expect(stream().status.records).toBe(1);
  await b.reopen();
  expect(count()).toBe(2);
  expect(stream().status.records).toBe(1);
  const next = stream().reshard([...stream().openShards], ALL);
  expect(next[0]!.shardId).toBe('shardId-000000000003');
});

test('forgets a split that was not finished', async () => {
  const { b, stream } = await newStream();
  await b.kinesis.close();
  const stranger = join(b.folder, 's', 'shardId-000000000001');
  mkdirSync(stranger);
  writeFileSync(join(stranger, '000000000000000.log'), '');
  await b.reopen();
  expect(stream().shards.map(({ shardId }) => shardId)).toEqual(['shardId-000000000000']);
  expect(b.logged.join()).toMatch('left by an unfinished change');
  stream().reshard([stream().shards[0]!], HALVES);
  await b.reopen();
  expect(stream().shards).toHaveLength(3);
});

test('does not split when that cannot be stored', async () => {
  const { b, stream } = await newStream();
  mkdirSync(join(b.folder, 's', 'stream.json.new'));
  expect(() => stream().reshard([stream().shards[0]!], HALVES)).toThrow(
    'cannot store the shards and settings of s',
  );
  expect(stream().shards).toHaveLength(1);
  expect(put(b, 'a').ShardId).toBe('shardId-000000000000');
});

test('changes nothing when a scaling or a setting cannot be stored', async () => {
  const { b, stream } = await newStream();
  mkdirSync(join(b.folder, 's', 'stream.json.new'));
  const scale = { StreamName: 's', TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' };
  for (const [operation, body] of [
    ['UpdateShardCount', scale],
    ['AddTagsToStream', { StreamName: 's', Tags: { a: '1' } }],
    ['IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 48 }],
  ] as const) {
    expect(b.call(operation, body)).toMatchObject({ status: 500, body: { __type: 'InternalFailure' } });
  }
  expect(stream()).toMatchObject({ retentionHours: 24, settings: { tags: [] }, shards: { length: 1 } });
  put(b, 'a');
  rmSync(join(b.folder, 's', 'stream.json.new'), { recursive: true });
  b.ok('UpdateShardCount', scale);
  await b.reopen();
  expect(stream().openShards).toHaveLength(2);
  expect(stream().settings.done.shardCountUpdate).toEqual([START]);
});

test('replaces what is stored of its shards, and overwrites nothing', async () => {
  const { b, stream } = await newStream();
  const file = join(b.folder, 's', 'stream.json');
  const before = readFileSync(file, 'utf8');
  linkSync(file, join(b.folder, 's', 'before.json'));
  stream().reshard([stream().shards[0]!], HALVES);
  expect(readFileSync(file, 'utf8')).not.toBe(before);
  expect(readFileSync(join(b.folder, 's', 'before.json'), 'utf8')).toBe(before);
});

test('misses records of a closed shard', async () => {
  const { b, stream } = await newStream();
  put(b, 'a');
  put(b, 'b');
  stream().reshard([stream().shards[0]!], HALVES);
  await b.kinesis.close();
  const folder = join(b.folder, 's', 'shardId-000000000000');
  const file = join(folder, '000000000000000.log');
  truncateSync(file, statSync(file).size / 2);
  await expect(b.reopen()).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
    message: `${folder} is damaged at byte 0: the closed shard must hold 2 records (found 1)`,
  });
});
