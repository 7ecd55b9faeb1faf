import { setTimeout } from 'node:timers/promises';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import type { CloudStatus, MappingStatus } from '../../infra/local/control/api.ts';
import type { StreamRecord } from '../../stream/record.ts';
import type { Alert } from '../../telemetry/alert.ts';
import { isBalanced } from '../../telemetry/balance.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';
import { temporaryFolder } from '../kit.ts';
import { type Change, groupBy, merge, type ShardInList, shardsOf, split, watermarkOf } from './lineage.ts';
import {
  closeMinutes,
  cloudFor,
  expectEachOnceAndInOrder,
  expectSentOnce,
  expectStored,
  namesOf,
  readBack,
  ride,
  START,
} from './ride.ts';
import { eventually, type StartedCloud } from './started-cloud.ts';

/**
 * Shards split and merged under a pipeline that runs: every reading arrives, in order for its unicorn, and counts in its
 * minute; every stage reads parents to their end before their children.
 */

/** Looks at the cloud's status over and over until stopped; returns all that it saw. */
function watch(cloud: StartedCloud): () => Promise<CloudStatus[]> {
  const seen: CloudStatus[] = [];
  let watching = true;
  const task = (async () => {
    for (; watching; await setTimeout(5)) seen.push(await cloud.control.status());
  })();
  // A test that fails ends the cloud under it: the test's own failure is the one to tell.
  task.catch(() => {});
  return async () => {
    watching = false;
    await task;
    return seen;
  };
}

/** At no moment had a mapping begun a shard while a parent of it had something left. */
function expectParentsFirst(
  seen: readonly CloudStatus[],
  functionName: string,
  shards: readonly ShardInList[],
): void {
  let begun = 0;
  for (const { mappings } of seen) {
    const mapping = mappings.find((each) => each.functionName === functionName) as MappingStatus;
    for (const { shardId, sequenceNumber } of mapping.shards) {
      if (sequenceNumber === null) continue;
      for (const parent of shards.find((shard) => shard.shardId === shardId)?.parents ?? []) {
        expect([
          functionName,
          shardId,
          mapping.shards.find((shard) => shard.shardId === parent)?.behind,
        ]).toEqual([functionName, shardId, 0]);
        begun++;
      }
    }
  }
  expect(begun).toBeGreaterThan(0);
}

/** At no moment had the aggregation begun a shard before it had judged all that is in the shard's ancestors. */
function expectAncestorsJudged(
  seen: readonly CloudStatus[],
  shards: readonly ShardInList[],
  records: readonly StreamRecord[],
): void {
  const held = groupBy(records, ({ shardId }) => shardId);
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const { shardId, parents } of shards) {
    ancestors.set(shardId, new Set(parents.flatMap((parent) => [parent, ...(ancestors.get(parent) ?? [])])));
  }
  let begun = 0;
  for (const { aggregation } of seen) {
    for (const { shardId, sequenceNumber } of aggregation?.shards ?? []) {
      const earlier = [...(ancestors.get(shardId) ?? [])];
      if (sequenceNumber === null || earlier.length === 0) continue;
      const before = earlier.reduce((sum, ancestor) => sum + (held.get(ancestor)?.length ?? 0), 0);
      expect(aggregation!.tally.delivered).toBeGreaterThan(before);
      begun++;
    }
  }
  expect(begun).toBeGreaterThan(0);
}

/** What operations must hear of a unicorn. */
function episodes(readings: readonly Reading[]): string[] {
  const expected: string[] = [];
  let low = false;
  for (const { MagicPoints, StatusTime } of readings) {
    if (!low && MagicPoints < 50) expected.push(`firing at ${StatusTime}`);
    if (low && MagicPoints >= 55) expected.push(`recovered at ${StatusTime}`);
    low = low ? MagicPoints < 55 : MagicPoints < 50;
  }
  return expected;
}

/** Collects alerts from now on. */
async function hear(cloud: StartedCloud): Promise<Alert[]> {
  const alerts: Alert[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  await cloud.control.notifications(controller.signal, ({ message }) =>
    alerts.push(JSON.parse(message) as Alert),
  );
  return alerts;
}

async function expectAlerts(alerts: readonly Alert[], readings: readonly Reading[]): Promise<void> {
  const expected = [...groupBy(readings, ({ Name }) => Name)].flatMap(([name, own]) =>
    episodes(own).map((episode) => `${name} ${episode}`),
  );
  expect(expected.length).toBeGreaterThan(0);
  await eventually('every alert was published', async () => ({
    done: alerts.length >= expected.length,
    value: alerts.length,
  }));
  const heard = [...groupBy(alerts, ({ name }) => name)].flatMap(([name, own]) =>
    own.map(({ state, statusTime }) => `${name} ${state} at ${statusTime}`),
  );
  expect(heard.sort()).toEqual(expected.sort());
  for (const [, own] of groupBy(alerts, ({ name }) => name)) {
    expect(own.map(({ state }) => state)).toEqual(own.map((_, i) => (i % 2 === 0 ? 'firing' : 'recovered')));
  }
}

test('a fleet rides on while its stream is split and merged', async () => {
  const cloud = await cloudFor('--ephemeral');
  const alerts = await hear(cloud);
  const seen = watch(cloud);
  const summaries =
    (change: Change): Change =>
    (each) =>
      change(each, STREAMS.summaries);
  const seconds = 300;
  const { readings, ...sent } = await ride(cloud, {
    unicorns: 20,
    seconds,
    scenario: 'low-magic',
    changes: {
      40: split,
      70: split,
      90: summaries(split),
      110: merge,
      150: split,
      190: merge,
      210: summaries(merge),
      230: split,
      260: merge,
    },
  });
  expect(sent).toMatchObject({ acknowledged: readings.length, uncertain: 0, failed: [] });

  const { records } = await readBack(cloud, readings.length);
  expectEachOnceAndInOrder(records, readings);
  const shards = await shardsOf(cloud, STREAMS.readings);
  expect(shards).toHaveLength(1 + 4 * 2 + 3);

  const { aggregation } = await cloud.settled();
  expect(aggregation!.watermark).toBe(watermarkOf(shards, records));
  await closeMinutes(cloud, seconds);
  const { tally } = await cloud.control.aggregation({
    names: [...new Set(readings.map(({ Name }) => Name))],
  });
  expect(tally).toMatchObject({ delivered: readings.length, summarised: readings.length, late: 0, open: 0 });
  await expectStored(cloud, readings);
  await expectSentOnce(cloud, readings);
  await expectAlerts(alerts, readings);

  const statuses = await seen();
  expectAncestorsJudged(statuses, shards, records);
  expectParentsFirst(statuses, FUNCTIONS.lowMagicAlert, shards);
});

test('a pipeline that was asleep reads what was split and merged meanwhile, parents before their children', async () => {
  const folder = temporaryFolder();
  const empty = await cloudFor('--data', folder, '--empty');
  for (const StreamName of [STREAMS.readings, STREAMS.summaries]) {
    await empty.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  }
  const seconds = 300;
  const { readings } = await ride(empty, {
    unicorns: 20,
    seconds,
    scenario: 'low-magic',
    changes: { 50: split, 100: split, 150: merge, 200: merge, 250: split },
  });
  // Summaries of another fleet, newer ones in the children of older ones' shards: of one key, the newest is to stand.
  for (let version = 0; version < 6; version++) {
    const older = Array.from({ length: 150 }, (_, i) => ({
      key: `Older ${i}`,
      data: JSON.stringify(olderSummary(`Older ${i}`, version + 1)),
    }));
    await empty.put(STREAMS.summaries, older);
    await (version % 2 === 0 ? split : merge)(empty, STREAMS.summaries);
  }
  const shards = await shardsOf(empty, STREAMS.readings);
  const shardsOfSummaries = await shardsOf(empty, STREAMS.summaries);
  const { records } = await readBack(empty, readings.length);
  await empty.kill();

  const cloud = await cloudFor('--data', folder);
  const seen = watch(cloud);
  const { aggregation } = await cloud.settled();
  expect(aggregation!.watermark).toBe(watermarkOf(shards, records));
  await closeMinutes(cloud, seconds);
  const statuses = await seen();
  expectAncestorsJudged(statuses, shards, records);
  expectParentsFirst(statuses, FUNCTIONS.lowMagicAlert, shards);
  expectParentsFirst(statuses, FUNCTIONS.streamProcessor, shardsOfSummaries);

  const { tally } = await cloud.control.aggregation({
    names: [...new Set(readings.map(({ Name }) => Name))],
  });
  expect(tally).toMatchObject({ delivered: readings.length, summarised: readings.length, late: 0, open: 0 });
  await expectStored(cloud, readings);
  await expectSentOnce(cloud, readings);
  const stored = (await cloud.summaries()).filter(({ Name }) => Name.startsWith('Older'));
  expect(stored.map(({ Readings }) => Readings)).toEqual(Array(150).fill(6));
});

function olderSummary(Name: string, Readings: number): Summary {
  return {
    Name,
    StatusTime: formatStatusTime(START),
    Distance: 30,
    MinMagicPoints: 150,
    MaxMagicPoints: 150,
    MinHealthPoints: 150,
    MaxHealthPoints: 150,
    Readings,
  };
}

test('a fleet faster than its shards is slowed down to their limits, and loses nothing', async () => {
  const cloud = await cloudFor('--ephemeral', '--enforce-limits');
  expect(await cloud.control.health()).toMatchObject({ enforcesLimits: true });
  const seconds = 70;
  // A second reader, so that both together ask more often than a shard answers.
  const reading = readBack(cloud, 100 * seconds);
  const { readings, ...sent } = await ride(cloud, {
    unicorns: 100,
    seconds,
    maxBuffered: 700,
    changes: { 30: split, 60: merge },
  });
  expect(sent).toMatchObject({ acknowledged: readings.length, uncertain: 0, failed: [] });
  expect(sent.waits).toBeGreaterThan(0);
  expect(sent.mostBuffered).toBeLessThanOrEqual(700);

  const { records, troubles } = await reading;
  expect(troubles).toBeGreaterThan(0);
  expectEachOnceAndInOrder(records, readings);
  await closeMinutes(cloud, seconds);
  const { tally, trouble } = await cloud.control.aggregation({ names: namesOf(readings) });
  expect(tally).toMatchObject({ summarised: readings.length, late: 0, duplicates: 0, open: 0 });
  expect(isBalanced(sent, tally)).toBe(true);
  expect(trouble).toBeNull();
  await expectStored(cloud, readings);
  await expectSentOnce(cloud, readings);

  // Each shard has taken no more than its records a second, and a second's worth at once.
  for (const [, own] of groupBy(records, ({ shardId }) => shardId)) {
    const elapsed = own.at(-1)!.arrival - own[0]!.arrival;
    expect(own.length).toBeLessThanOrEqual(1_000 + elapsed + 100);
  }
});
