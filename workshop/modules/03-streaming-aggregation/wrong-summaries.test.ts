import { describe, expect, test } from 'vitest';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import { recordsSince } from '../../check/streams.ts';
import { ensureStream } from '../../install/streams.ts';
import { checkOf, inOneShard, put, ridden, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { FAULTY_RIDE } from './experiments.ts';
import { figuresOf, type Minute, minutesOf, missed } from './minutes.ts';
import { streamingAggregation as module } from './module.ts';

/** Longer than 16 characters, which older SQL gave a name. */
const LONG_NAME = 'Unicorn of the Northern Sky';

const MINUTE = 60_000;

/** What a broken aggregation writes of a minute: nothing, or one summary or more. */
type Broken = (minute: Minute, all: readonly Minute[]) => readonly object[];

const right = (minute: Minute): readonly object[] => [summary(minute)];

function summary({ name, start, counted }: Minute, changes: object = {}): object {
  return { Name: name, StatusTime: formatStatusTime(start), ...figuresOf(counted), ...changes };
}

describe('summaries that a broken aggregation would write are found out, and it is said how', () => {
  const broken: Record<string, { writes: Broken; found: RegExp }> = {
    'a duplicate counted twice': {
      writes: (minute) => [summary(minute, figuresOf([...minute.counted, ...minute.repeated]))],
      found:
        /^it counts readings that came twice twice: Readings is \d+, and by the readings \d+; Distance is/,
    },
    'late ones counted': {
      writes: (minute) => [summary(minute, figuresOf([...minute.counted, ...missed(minute)]))],
      found: /^it counts readings that came too late: Readings is \d+, and by the readings \d+/,
    },
    'local time': {
      writes: (minute) => [summary(minute, { StatusTime: formatStatusTime(minute.start + 2 * 3_600_000) })],
      found: /^its readings are those of .*: StatusTime is 2 h ahead, as local time would be$/,
    },
    'local time, behind UTC': {
      writes: (minute) => [summary(minute, { StatusTime: formatStatusTime(minute.start - 3.5 * 3_600_000) })],
      found: /^its readings are those of .*: StatusTime is 3.5 h behind, as local time would be$/,
    },
    'windows of two minutes': {
      writes: (minute, all) => {
        const next = all.find(({ name, start }) => name === minute.name && start === minute.start + MINUTE);
        if (next === undefined || minute.start % (2 * MINUTE) !== 0) return [];
        return [summary(minute, figuresOf([...minute.counted, ...next.counted]))];
      },
      found: /^its window has 2 minutes instead of one: Readings is \d+, and by the readings \d+/,
    },
    'windows of half a minute': {
      writes: (minute) =>
        [0, 30_000].map((offset) => {
          const half = minute.counted.filter(
            ({ instant }) => instant - (instant % 30_000) === minute.start + offset,
          );
          return summary(minute, {
            StatusTime: formatStatusTime(minute.start + offset),
            ...(half.length > 0 ? figuresOf(half) : {}),
          });
        }),
      found:
        /Readings is \d+, and by the readings \d+|its window is not a minute: StatusTime must be a whole minute/,
    },
    'a distance without its decimals': {
      writes: (minute) => [summary(minute, { Distance: Math.round(figuresOf(minute.counted).Distance) })],
      found: /^its distance is rounded: Distance is \d+, and by the readings \d+\.\d+$/,
    },
    'a distance of two places': {
      writes: (minute) => [
        summary(minute, { Distance: Math.floor(100 * figuresOf(minute.counted).Distance) / 100 }),
      ],
      found: /^its distance is rounded: Distance is/,
    },
    'least and most exchanged': {
      writes: (minute) => {
        const { MinMagicPoints, MaxMagicPoints } = figuresOf(minute.counted);
        return [summary(minute, { MinMagicPoints: MaxMagicPoints, MaxMagicPoints: MinMagicPoints })];
      },
      found: /^it is no summary: least and most are exchanged: MinMagicPoints must not exceed MaxMagicPoints/,
    },
    'magic for health': {
      writes: (minute) => {
        const { MinMagicPoints, MaxMagicPoints } = figuresOf(minute.counted);
        return [summary(minute, { MinHealthPoints: MinMagicPoints, MaxHealthPoints: MaxMagicPoints })];
      },
      found: /^M\w+HealthPoints is \d+, and by the readings \d+/,
    },
    'names cut to 16 characters': {
      writes: (minute) => [summary(minute, { Name: minute.name.slice(0, 16) })],
      found:
        /^no reading of Unicorn of the N has come, but of Unicorn of the Northern Sky: the name is cut to 16 characters$/,
    },
    'a unicorn that nobody knows': {
      writes: (minute) => [summary(minute, { Name: 'Pegasus' })],
      found: /^no reading of Pegasus has come$/,
    },
    'a minute that nobody rode in': {
      writes: (minute) => [
        summary(minute, { StatusTime: formatStatusTime(minute.start + 7 * MINUTE), Distance: 1 }),
      ],
      found: /^the stream holds no reading of that minute$/,
    },
    'no number of readings': {
      writes: (minute) => [summary(minute, { Readings: undefined })],
      found: /^Readings is absent, and by the readings \d+$/,
    },
    'text that is no summary': {
      writes: () => [{ hello: 'world' }],
      found: /^it is no summary: Name is missing/,
    },
  };
  test.each(Object.entries(broken))('%s', async (_, { writes, found }) => {
    const at = await written(writes);
    expect(await checkOf(module, 'summaries', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringMatching(found),
    });
  });

  test('and right ones are not', async () => {
    const at = await written(right);
    for (const step of ['summaries', 'duplicates', 'late']) {
      expect(await checkOf(module, step, at), step).toMatchObject({ verdict: 'passed' });
    }
  });

  test('nor is one that comes twice: whoever writes at least once writes the same again', async () => {
    const at = await written((minute) => [summary(minute), summary(minute)]);
    expect(await checkOf(module, 'summaries', at)).toMatchObject({ verdict: 'passed' });
  });
});

test('a minute that is left out is found out, once those after it have come long since', async () => {
  const at = await written((minute, all) => {
    const own = all.filter(({ name }) => name === minute.name);
    return minute === own[2] ? [] : right(minute);
  });
  expect(await checkOf(module, 'summaries', at)).toMatchObject({ verdict: 'passed' });
  expect(await checkOf(module, 'summaries', later(at, 200_000))).toMatchObject({
    verdict: 'wrong',
    found: expect.stringMatching(/has \d+ readings and no summary, and later ones have one$/),
  });
});

test('an application that runs, and whose summaries go elsewhere, is found out once they are overdue', async () => {
  const at = await written(() => []);
  await module.install(at);
  const silent = { ...at, names: { ...at.names, summaries: 'silent' } };
  await ensureStream(at, 'silent');
  expect(await checkOf(module, 'summaries', silent)).toMatchObject({
    verdict: 'not yet',
    found: 'no summary so far',
  });
  expect(await checkOf(module, 'summaries', later(silent, 300_000))).toMatchObject({
    verdict: 'wrong',
    found: expect.stringMatching(
      /^none of .* of Rocinante, which closed more than 3 minutes ago, though .* RUNNING$/,
    ),
  });
});

describe('what is written to quarantine is followed to its record', () => {
  const place = { stream: 'wildrydes', shardId: 'shardId-000000000000', reason: 'no reading' };
  const entries: Record<string, { entry: (at: Workbench) => Promise<object>; found: string }> = {
    'a record that is not there': {
      entry: async () => ({ ...place, sequenceNumber: '4959', payload: '', bytes: 0 }),
      found: 'there is no such record',
    },
    'a shard that is not there': {
      entry: async () => ({
        ...place,
        shardId: 'shardId-000000000009',
        sequenceNumber: '4959',
        payload: '',
        bytes: 0,
      }),
      found: 'there is no such record',
    },
    'a record that is a reading': {
      entry: async (at) => {
        const { sequenceNumber, data } = await firstRecord(at);
        return {
          ...place,
          sequenceNumber,
          payload: Buffer.from(data).toString('base64'),
          bytes: data.length,
        };
      },
      found: 'it is a valid reading',
    },
    'the payload of another': {
      entry: async (at) => ({
        ...place,
        sequenceNumber: (await firstRecord(at)).sequenceNumber,
        payload: Buffer.from('hello').toString('base64'),
        bytes: 5,
      }),
      found: 'it is another than the payload of the entry',
    },
    'no entry at all': {
      entry: async () => ({ hello: 'world' }),
      found: 'it is no entry: stream must be a string',
    },
  };
  test.each(Object.entries(entries))('%s', async (_, { entry, found }) => {
    const at = await written(right);
    await put(at, at.names.quarantine, [{ key: 'x', data: JSON.stringify(await entry(at)) }]);
    expect(await checkOf(module, 'quarantine', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining(found),
    });
  });

  test('and that nothing is written of a broken record is found out', async () => {
    const at = await written(right);
    const application = { found: 'there is none', verdict: 'not yet' };
    expect(await checkOf(module, 'quarantine', at)).toMatchObject(application);
    await module.install(at);
    // The application has begun; what nobody ever wrote is missed once there was time to write it.
    const silent = { ...at, names: { ...at.names, quarantine: 'silent' } };
    await ensureStream(at, 'silent');
    expect(await checkOf(module, 'quarantine', silent)).toMatchObject({ verdict: 'not yet' });
    expect(await checkOf(module, 'quarantine', later(silent, 150_000))).toMatchObject({
      verdict: 'wrong',
      found: expect.stringMatching(/^the record \d+ is broken \(.*\), and no entry names it$/),
    });
  });
});

/** A cloud with readings of three unicorns, and what is written of their minutes. */
async function written(writes: Broken): Promise<Workbench> {
  const at = await workshopCloud();
  const { readings, summaries, quarantine } = at.names;
  for (const name of [readings, summaries, quarantine]) await ensureStream(at, name);
  const { name, seed, faults, seconds } = FAULTY_RIDE;
  const start = aligned(Date.now() - 480_000);
  const records = inOneShard(
    await ridden({ name: 'Rocinante', start, seconds: 360 }),
    await ridden({ name: LONG_NAME, start: start + 20_000, seconds: 60 }),
    await ridden({ name, start: start + 100_000, seconds, seed, faults }),
  );
  await put(
    at,
    readings,
    records.map(({ partitionKey, data }) => ({ key: partitionKey, data })),
  );
  const shards = [
    { ShardId: 'shardId-000000000000', HashKeyRange: undefined, SequenceNumberRange: undefined },
  ];
  const { all, watermark = 0 } = minutesOf(records, shards);
  const closed = [...all.values()].filter(
    (minute) => minute.start + MINUTE <= watermark && minute.counted.length > 0,
  );
  await put(
    at,
    summaries,
    closed.flatMap((minute) =>
      writes(minute, closed).map((each) => ({ key: minute.name, data: JSON.stringify(each) })),
    ),
  );
  return at;
}

/** So that every run sees the same: 13 s after the start of a minute. */
function aligned(time: number): number {
  return time - (time % MINUTE) + 13_000;
}

async function firstRecord(at: Workbench) {
  const [record] = await recordsSince(at, at.names.readings, undefined, 1);
  if (record === undefined) throw new Error('the stream is empty');
  return record;
}

/** The same cloud, looked at later. */
function later(at: Workbench, milliseconds: number): Workbench {
  const { clock } = at;
  return { ...at, clock: { now: () => clock.now() + milliseconds, monotonic: () => clock.monotonic() } };
}
