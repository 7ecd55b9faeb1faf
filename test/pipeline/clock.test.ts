import { expect, onTestFinished, test } from 'vitest';
import { startLocal } from '../../infra/pipeline.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import { everyRecordHasOneFate } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { QuarantineEntry } from '../../telemetry/quarantine.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { temporaryFolder } from '../kit.ts';
import { split } from './lineage.ts';
import { inOrder, recompute } from './recompute.ts';
import { type CloudClients, clientsOf, eventually, type Place, type Put } from './started-cloud.ts';

/**
 * The clock on the wall is set while the whole pipeline runs: ten minutes forward, ten minutes back. Readings are judged
 * by what they say and when they came, so nothing is lost, and what comes too late or too early is counted as that.
 */

const MINUTE = 60_000;
const NAMES = fleetNames(5);

/** A pipeline in this process, by a clock that the test sets. */
async function pipelineBy(clock: typeof systemClock, data: string | null) {
  const local = await startLocal({ port: 0, data, clock });
  const cloud = clientsOf(Number(new URL(local.endpoint).port));
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= local.close().finally(() => cloud.forget());
    return closed;
  };
  onTestFinished(close);
  return { cloud, close };
}

/** What a machine shows whose clock somebody sets. */
class SetClock {
  /** Milliseconds by which it is wrong. */
  wrong = 0;
  readonly now = () => systemClock.now() + this.wrong;
  readonly monotonic = systemClock.monotonic;
}

/** Readings of the fleet for some minutes, second by second. */
function ride(start: number, minutes: number): Reading[] {
  const fleet = new Fleet({ names: NAMES, seed: '7', start, scenario: 'classic' });
  const readings: Reading[] = [];
  for (let second = 0; second < minutes * 60; second++) {
    for (const unicorn of fleet.unicorns) {
      readings.push(unicorn.reading(formatStatusTime(start + second * 1_000)));
      unicorn.step();
    }
  }
  return readings;
}

async function put(cloud: CloudClients, readings: readonly Reading[]): Promise<Place[]> {
  const places: Place[] = [];
  for (let from = 0; from < readings.length; from += 500) {
    const records = readings
      .slice(from, from + 500)
      .map((reading): Put => ({ key: reading.Name, data: encodeReading(reading) }));
    places.push(...(await cloud.put(STREAMS.readings, records)));
  }
  return places;
}

/** A reading of another unicorn that moves the watermark to a time. */
function closing(time: number): Reading {
  return { ...ride(time, 1)[0]!, Name: 'Closer', StatusTime: formatStatusTime(time + 5_000) };
}

async function tallyOf(cloud: CloudClients) {
  const { tally } = await cloud.control.aggregation({ names: NAMES });
  expect(everyRecordHasOneFate(tally)).toBe(true);
  return tally;
}

/** Start of the minute that now is. */
function thisMinute(clock: SetClock): number {
  return Math.floor(clock.now() / MINUTE) * MINUTE;
}

test('a clock set forward: what comes before and after is in the table', async () => {
  const clock = new SetClock();
  const { cloud } = await pipelineBy(clock, null);
  const before = ride(thisMinute(clock) - 2 * MINUTE, 2);
  await put(cloud, before);
  await cloud.settled();
  clock.wrong = 10 * MINUTE;
  const after = ride(thisMinute(clock) - MINUTE, 1);
  await put(cloud, after);
  await put(cloud, [closing(thisMinute(clock))]);
  await cloud.settled();
  expect(await tallyOf(cloud)).toMatchObject({
    delivered: before.length + after.length,
    summarised: before.length + after.length,
    late: 0,
    quarantined: 0,
    open: 0,
  });
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute([...before, ...after])));
});

test('a clock set back: no reading is taken for one from the future, and those that come again are late', async () => {
  const clock = new SetClock();
  const folder = temporaryFolder();
  const first = await pipelineBy(clock, folder);
  const start = thisMinute(clock) - 2 * MINUTE;
  const before = ride(start, 2);
  await put(first.cloud, before);
  await first.cloud.settled();

  clock.wrong = -10 * MINUTE;
  // A sensor that goes by this clock; its minutes closed long ago.
  const again = ride(thisMinute(clock) - MINUTE, 1);
  await put(first.cloud, again);
  // One that waits, or has a clock of its own: nine minutes ahead of what is shown here, and of the minute that is on.
  const onward = ride(start + 2 * MINUTE, 1);
  await put(first.cloud, onward.slice(0, 100));
  await first.cloud.settled();
  // Also when the cloud is started again before the clock is right.
  await first.close();
  const { cloud } = await pipelineBy(clock, folder);
  await put(cloud, onward.slice(100));
  await put(cloud, [closing(start + 3 * MINUTE)]);
  await cloud.settled();

  const judged = before.length + onward.length;
  expect(await tallyOf(cloud)).toMatchObject({
    delivered: judged + again.length,
    summarised: judged,
    late: again.length,
    quarantined: 0,
    open: 0,
  });
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute([...before, ...onward])));
});

test('a clock set back while shards are split: a child takes no reading for one from the future either', async () => {
  const clock = new SetClock();
  const { cloud } = await pipelineBy(clock, null);
  const start = thisMinute(clock) - 2 * MINUTE;
  const before = ride(start, 2);
  await put(cloud, before);
  clock.wrong = -10 * MINUTE;
  await split(cloud, STREAMS.readings);
  const onward = ride(start + 2 * MINUTE, 1);
  await put(cloud, onward);
  await cloud.settled();
  expect(await tallyOf(cloud)).toMatchObject({
    delivered: before.length + onward.length,
    late: 0,
    quarantined: 0,
  });
});

test('what is from the future after all is in quarantine, with its place and reason, and moves nothing', async () => {
  const clock = new SetClock();
  clock.wrong = -10 * MINUTE;
  const { cloud } = await pipelineBy(clock, null);
  // The first that this stream hears of the time is a clock that is ten minutes slow.
  const ahead = ride(thisMinute(clock) + 9 * MINUTE, 1).slice(0, 50);
  const places = await put(cloud, ahead);
  const right = ride(thisMinute(clock) - MINUTE, 1);
  await put(cloud, right);
  await put(cloud, [closing(thisMinute(clock))]);
  await cloud.settled();
  expect(await tallyOf(cloud)).toMatchObject({ summarised: right.length, quarantined: 50, late: 0, open: 0 });
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute(right)));
  const entries = await eventually('all of them are in quarantine', async () => {
    const found = (await cloud.records(STREAMS.quarantine)).map(
      ({ data }) => JSON.parse(data.toString()) as QuarantineEntry,
    );
    return { done: found.length === 50, value: found };
  });
  expect(entries.map(({ sequenceNumber }) => sequenceNumber).sort()).toEqual(
    places.map(({ sequenceNumber }) => sequenceNumber).sort(),
  );
  for (const { reason } of entries) expect(reason).toMatch(/^StatusTime must be at most 300 s after/);
});
