import type { Shard } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { encodeReading } from '../../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import type { PlacedRecord } from '../../check/streams.ts';
import { inOneShard, ridden } from '../../testing.ts';
import { FAULTY_RIDE } from './experiments.ts';
import { figuresOf, keyOf, type Minute, minutesOf, missed } from './minutes.ts';

const NOON = Date.UTC(2026, 0, 31, 12);
const SHARD = 'shardId-000000000000';
const ONE_SHARD = [shard(SHARD)];

function shard(id: string, parent?: string): Shard {
  return {
    ShardId: id,
    HashKeyRange: { StartingHashKey: '0', EndingHashKey: '1' },
    SequenceNumberRange: { StartingSequenceNumber: '0' },
    ...(parent === undefined ? {} : { ParentShardId: parent }),
  };
}

/** A record of Rocinante, measured and arrived so many seconds after noon. */
function record(
  measured: number,
  arrived = measured,
  given: { shardId?: string; distance?: string } = {},
): PlacedRecord {
  const data = encodeReading({
    Name: 'Rocinante',
    StatusTime: formatStatusTime(NOON + 1_000 * measured),
    Latitude: 40,
    Longitude: -73,
    Distance: 30,
    MagicPoints: 150 + (measured % 7),
    HealthPoints: 150 - (measured % 5),
  }).replace('"Distance":30', `"Distance":${given.distance ?? '30'}`);
  return {
    shardId: given.shardId ?? SHARD,
    sequenceNumber: String(arrived),
    partitionKey: 'Rocinante',
    arrival: NOON + 1_000 * arrived,
    data: Buffer.from(data),
  };
}

function minuteAt(records: readonly PlacedRecord[], minute = 0, shards = ONE_SHARD): Minute | undefined {
  return minutesOf(records, shards).all.get(keyOf('Rocinante', NOON + 60_000 * minute));
}

test('distances are summed as decimals, and each figure is the least or the most', () => {
  const distances = ['0.1', '0.2', '30.1234565', '1e-7'];
  const minute = minuteAt(distances.map((distance, second) => record(second, second, { distance })));
  expect(minute && figuresOf(minute.counted)).toEqual({
    Readings: 4,
    // 30.1234565 is rounded half up to six places, and 1e-7 to none.
    Distance: 30.423457,
    MinMagicPoints: 150,
    MaxMagicPoints: 153,
    MinHealthPoints: 147,
    MaxHealthPoints: 150,
  });
});

test('an instant counts once, and the first one stays', () => {
  const minute = minuteAt([record(1), record(1, 2, { distance: '9' }), record(3)]);
  expect(minute?.counted.map(({ reading }) => reading.Distance)).toEqual([30, 30]);
  expect(minute?.repeated.map(({ reading }) => reading.Distance)).toEqual([9]);
});

describe('a minute closes when a reading has come that is 5 s past its end', () => {
  test('and not before', () => {
    const minute = minuteAt([record(50), record(64), record(55, 65)]);
    expect(minute).toMatchObject({ counted: { length: 2 }, late: [] });
  });

  test('and what comes then is late, by as much as the watermark is past it', () => {
    const minute = minuteAt([record(50), record(67), record(55, 68)]);
    expect(minute).toMatchObject({ counted: { length: 1 }, late: [{ by: 2_000 }], unclear: false });
    expect(minute && missed(minute)).toHaveLength(1);
  });

  test('and a late one neither moves the watermark nor is missed where its instant counts already', () => {
    const minute = minuteAt([record(50), record(65), record(50, 66)]);
    expect(minute?.late).toHaveLength(1);
    expect(minute && missed(minute)).toEqual([]);
  });
});

test('what is broken, or from the future, goes into quarantine and moves nothing', () => {
  const garbled = { ...record(100), data: Buffer.from('{"Name":"Rocin') };
  const ahead = record(600, 52);
  const { broken, watermark } = minutesOf([record(50), garbled, ahead], ONE_SHARD);
  expect(broken.map(({ record: each }) => each)).toEqual([garbled, ahead]);
  expect(broken[1]?.reason).toBe('StatusTime is 548 s after its arrival');
  expect(watermark).toBe(NOON + 45_000);
});

test('after a silence, the clock of the engine may have closed a minute: nobody can tell from the stream', () => {
  expect(minuteAt([record(30), record(31, 75)])?.unclear).toBe(true);
  expect(minuteAt([record(30), record(31, 45)])?.unclear).toBe(false);
  // The next minute is not touched by it.
  expect(minuteAt([record(30), record(75)], 1)?.unclear).toBe(false);
});

test('a child goes on from the watermark of its parent', () => {
  const child = 'shardId-000000000001';
  const shards = [shard(SHARD), shard(child, SHARD)];
  const records = [record(50), record(67), record(55, 68, { shardId: child })];
  expect(minuteAt(records, 0, shards)).toMatchObject({ counted: { length: 1 }, late: [{ by: 2_000 }] });
});

test('a shard that gives its first reading when others have gone on is not judged by it', () => {
  const other = 'shardId-000000000001';
  const shards = [shard(SHARD), shard(other)];
  const records = [record(50), record(130), record(55, 131, { shardId: other })];
  expect(minuteAt(records, 0, shards)?.unclear).toBe(true);
});

test('the ride with faults shows each of them, at whatever second of a minute it begins', async () => {
  const { name, seed, faults, seconds } = FAULTY_RIDE;
  for (let second = 0; second < 60; second++) {
    const start = NOON + 1_000 * second;
    const faulty = await ridden({ name, start, seconds, seed, faults });
    const clean = await ridden({ name: 'Rocinante', start: start - 5_000, seconds: seconds + 75 });
    const { all, broken } = minutesOf(inOneShard(clean, faulty), ONE_SHARD);
    const own = [...all.values()].filter((minute) => minute.name === name && minute.counted.length > 0);
    const shown = {
      late: own.flatMap(missed).length,
      repeated: own.flatMap(({ repeated }) => repeated).length,
      broken: broken.length,
    };
    expect(Math.min(shown.late, shown.repeated, shown.broken), `second ${second}`).toBeGreaterThanOrEqual(2);
  }
});
