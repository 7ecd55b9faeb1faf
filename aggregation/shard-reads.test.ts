import { beforeEach, expect, test } from 'vitest';
import type { StreamRecord } from '../stream/record.ts';
import { WindowEngine } from './engine.ts';
import { ShardReads } from './shard-reads.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const SHARD = 'shardId-000000000000';

let engine: WindowEngine;
let shard: number;
let reads: ShardReads;

beforeEach(() => {
  engine = new WindowEngine();
  shard = engine.startShard(SHARD, []);
  reads = new ShardReads(engine);
});

/** The shard gives one reading of noon, or nothing, at a monotonic time; its tip is so far ahead of that. */
function answer(given: 'reading' | 'nothing', now: number, millisBehindLatest = 0): void {
  const reading = {
    Name: 'Rocinante',
    StatusTime: '',
    Latitude: 0,
    Longitude: 0,
    Distance: 0,
    MagicPoints: 0,
  };
  const decoded = {
    ok: true,
    reading: { ...reading, HealthPoints: 0 },
    instant: NOON,
    micrometres: 0,
  } as const;
  if (given === 'reading') engine.accept(shard, decoded, 'Rocinante', NOON);
  const records = given === 'reading' ? [{} as StreamRecord] : [];
  reads.advance(shard, { shardId: SHARD, parents: [], records, millisBehindLatest, finished: false }, now);
}

/** Seconds that the watermark is past noon. */
const watermark = () => (engine.watermarkOf(shard) - NOON) / 1000;

test('silence at the tip moves the watermark after 30 s', () => {
  answer('reading', 0);
  answer('nothing', 29_999);
  expect(watermark()).toBe(-5);
  answer('nothing', 30_000);
  expect(watermark()).toBe(25);
});

test('a backlog is no silence, however long its answers are empty', () => {
  answer('reading', 0, 60_000);
  answer('nothing', 40_000, 60_000);
  expect(watermark()).toBe(-5);
});

test('silence begins anew after a backlog', () => {
  answer('reading', 0);
  answer('nothing', 10_000, 1_000);
  answer('nothing', 40_000);
  expect(watermark()).toBe(-5);
  answer('nothing', 70_000);
  expect(watermark()).toBe(25);
});

test('silence begins anew with every record', () => {
  answer('reading', 0);
  answer('reading', 20_000);
  answer('nothing', 40_000);
  expect(watermark()).toBe(-5);
  answer('nothing', 50_000);
  expect(watermark()).toBe(25);
});
