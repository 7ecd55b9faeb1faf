import { setTimeout } from 'node:timers/promises';
import {
  CreateStreamCommand,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import type { CloudStatus, MappingStatus } from '../../infra/local/control/api.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import type { ScenarioName } from '../../simulator/scenarios/index.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { readStream } from '../../stream/reader.ts';
import type { StreamRecord } from '../../stream/record.ts';
import { BatchingWriter } from '../../stream/writer.ts';
import type { Alert } from '../../telemetry/alert.ts';
import { isBalanced } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime, parseStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';
import { temporaryFolder } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';
import { eventually, type StartedCloud, startCloud } from './started-cloud.ts';

/**
 * Shards split and merged under a pipeline that runs: every reading arrives, in order for its unicorn, and counts in its
 * minute; every stage reads parents to their end before their children.
 */

const MINUTE = 60_000;

/** Start of a ride, on a minute and long enough ago that no reading is from the future. */
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE;

async function cloudFor(...args: string[]): Promise<StartedCloud> {
  const cloud = await startCloud(args);
  onTestFinished(() => cloud.kill());
  return cloud;
}

function clientOf(cloud: StartedCloud): KinesisClient {
  const client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

interface ShardInList {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly open: boolean;
  readonly start: bigint;
  readonly end: bigint;
}

async function shardsOf({ kinesis }: StartedCloud, streamName: string): Promise<ShardInList[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: streamName }));
  return Shards.map((shard) => ({
    shardId: shard.ShardId ?? '',
    parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
    open: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
    start: BigInt(shard.HashKeyRange?.StartingHashKey ?? -1),
    end: BigInt(shard.HashKeyRange?.EndingHashKey ?? -1),
  }));
}

async function openShardsOf(cloud: StartedCloud, streamName: string): Promise<ShardInList[]> {
  const open = (await shardsOf(cloud, streamName)).filter((shard) => shard.open);
  return open.sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** Splits the widest shard of a stream in its middle. */
async function split(cloud: StartedCloud, streamName: string): Promise<void> {
  const [widest] = (await openShardsOf(cloud, streamName)).sort((a, b) =>
    Number(b.end - b.start - (a.end - a.start)),
  );
  const { shardId, start, end } = widest!;
  const NewStartingHashKey = String((start + end) / 2n);
  await cloud.kinesis.send(
    new SplitShardCommand({ StreamName: streamName, ShardToSplit: shardId, NewStartingHashKey }),
  );
}

/** Merges the first two shards of a stream. */
async function merge(cloud: StartedCloud, streamName: string): Promise<void> {
  const [lower, upper] = await openShardsOf(cloud, streamName);
  const pair = { ShardToMerge: lower!.shardId, AdjacentShardToMerge: upper!.shardId };
  await cloud.kinesis.send(new MergeShardsCommand({ StreamName: streamName, ...pair }));
}

type Change = (cloud: StartedCloud, streamName: string) => Promise<void>;

interface Ride {
  readonly unicorns: number;
  /** Readings per unicorn. */
  readonly seconds: number;
  readonly scenario?: ScenarioName;
  readonly maxBuffered?: number;
  /** What happens to the stream before the readings of a second, while those before are on their way. */
  readonly changes: Readonly<Record<number, Change>>;
}

interface Ridden {
  readonly readings: readonly Reading[];
  readonly acknowledged: number;
  readonly uncertain: number;
  readonly failed: readonly string[];
  /** Most entries that the writer held. */
  readonly mostBuffered: number;
  /** How often it asked to wait. */
  readonly waits: number;
}

/** Lets a fleet ride as fast as the stream takes its readings. */
async function ride(cloud: StartedCloud, options: Ride): Promise<Ridden> {
  const readings: Reading[] = [];
  const failed: string[] = [];
  let acknowledged = 0;
  let uncertain = 0;
  let waits = 0;
  let mostBuffered = 0;
  const writer = new BatchingWriter<undefined>({
    client: clientOf(cloud),
    streamName: STREAMS.readings,
    random: Math.random,
    clock: systemClock,
    maxSpread: 4_000,
    ...(options.maxBuffered === undefined ? {} : { maxBuffered: options.maxBuffered }),
    acknowledged: () => void acknowledged++,
    failed: (_, reason) => failed.push(reason),
    uncertain: (entries) => {
      uncertain += entries.length;
    },
  });
  const names = fleetNames(options.unicorns);
  const fleet = new Fleet({ names, seed: '7', start: START, scenario: options.scenario ?? 'classic' });
  for (let second = 0; second < options.seconds; second++) {
    await options.changes[second]?.(cloud, STREAMS.readings);
    const time = START + second * 1_000;
    for (const unicorn of fleet.unicorns) {
      const reading = unicorn.reading(formatStatusTime(time));
      unicorn.step();
      readings.push(reading);
      const full = writer.put({
        key: reading.Name,
        data: Buffer.from(encodeReading(reading)),
        time,
        tag: undefined,
      });
      mostBuffered = Math.max(mostBuffered, writer.buffered);
      if (full !== undefined) waits++;
      await full;
    }
  }
  await writer.flush();
  writer.close();
  return { readings, acknowledged, uncertain, failed, mostBuffered, waits };
}

/** Reads the stream of readings through the kit's reader, from its start, until so many have come. */
async function readBack(
  cloud: StartedCloud,
  count: number,
): Promise<{ records: StreamRecord[]; troubles: number }> {
  const controller = new AbortController();
  const records: StreamRecord[] = [];
  let troubles = 0;
  await readStream({
    client: clientOf(cloud),
    streamName: STREAMS.readings,
    start: { from: 'start' },
    pollInterval: 20,
    signal: controller.signal,
    clock: systemClock,
    onBatch: (batch) => {
      records.push(...batch.records);
      if (records.length >= count) controller.abort();
    },
    onTrouble: () => void troubles++,
  });
  return { records, troubles };
}

function byName<T>(list: readonly T[], nameOf: (element: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    const name = nameOf(element);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [element]);
    else group.push(element);
  }
  return groups;
}

const readingIn = (record: StreamRecord) => JSON.parse(Buffer.from(record.data).toString()) as Reading;

function expectEachOnceAndInOrder(records: readonly StreamRecord[], readings: readonly Reading[]): void {
  expect(records).toHaveLength(readings.length);
  const put = byName(readings, ({ Name }) => Name);
  const read = byName(records.map(readingIn), ({ Name }) => Name);
  expect(read.size).toBe(put.size);
  for (const [name, own] of put) expect(read.get(name)).toEqual(own);
}

/** Puts a reading of the minute after the ride into every open shard, so that each moves on and all windows close. */
async function closeMinutes(cloud: StartedCloud, seconds: number): Promise<void> {
  const time = START + Math.ceil(seconds / 60) * MINUTE + 6_000;
  const open = await openShardsOf(cloud, STREAMS.readings);
  let left = open.map(({ shardId, start }) => ({
    PartitionKey: shardId,
    ExplicitHashKey: String(start),
    Data: Buffer.from(encodeReading(closing(shardId, time))),
  }));
  await eventually('every shard took its last reading', async () => {
    const request = new PutRecordsCommand({ StreamName: STREAMS.readings, Records: left });
    const { Records = [] } = await cloud.kinesis.send(request);
    left = left.filter((_, i) => Records[i]?.SequenceNumber === undefined);
    return { done: left.length === 0, value: Records };
  });
  await cloud.settled();
}

function closing(name: string, time: number): Reading {
  return {
    Name: name,
    StatusTime: formatStatusTime(time),
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 30,
    MagicPoints: 150,
    HealthPoints: 150,
  };
}

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
  const held = byName(records, ({ shardId }) => shardId);
  const ancestorsOf = (shardId: string): string[] => {
    const { parents = [] } = shards.find((shard) => shard.shardId === shardId) ?? {};
    return [...parents, ...parents.flatMap(ancestorsOf)];
  };
  let begun = 0;
  for (const { aggregation } of seen) {
    for (const { shardId, sequenceNumber } of aggregation?.shards ?? []) {
      const ancestors = new Set(ancestorsOf(shardId));
      if (sequenceNumber === null || ancestors.size === 0) continue;
      const before = [...ancestors].reduce((sum, ancestor) => sum + (held.get(ancestor)?.length ?? 0), 0);
      expect(aggregation!.tally.delivered).toBeGreaterThan(before);
      begun++;
    }
  }
  expect(begun).toBeGreaterThan(0);
}

/** The lowest watermark of the open shards, by the rules, from what each shard holds. */
function watermarkOf(shards: readonly ShardInList[], records: readonly StreamRecord[]): number {
  const held = byName(records, ({ shardId }) => shardId);
  const own = (shardId: string): number => {
    const { parents = [] } = shards.find((shard) => shard.shardId === shardId) ?? {};
    const inherited = parents.map(own).filter((watermark) => watermark !== Number.NEGATIVE_INFINITY);
    const times = (held.get(shardId) ?? []).map(
      (record) => parseStatusTime(readingIn(record).StatusTime)! - 5_000,
    );
    return Math.max(inherited.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...inherited), ...times);
  };
  const open = shards.filter((shard) => shard.open).map((shard) => own(shard.shardId));
  return Math.min(...open.filter((watermark) => watermark !== Number.NEGATIVE_INFINITY));
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
  const expected = [...byName(readings, ({ Name }) => Name)].flatMap(([name, own]) =>
    episodes(own).map((episode) => `${name} ${episode}`),
  );
  expect(expected.length).toBeGreaterThan(0);
  await eventually('every alert was published', async () => ({
    done: alerts.length >= expected.length,
    value: alerts.length,
  }));
  const heard = [...byName(alerts, ({ name }) => name)].flatMap(([name, own]) =>
    own.map(({ state, statusTime }) => `${name} ${state} at ${statusTime}`),
  );
  expect(heard.sort()).toEqual(expected.sort());
  for (const [, own] of byName(alerts, ({ name }) => name)) {
    expect(own.map(({ state }) => state)).toEqual(own.map((_, i) => (i % 2 === 0 ? 'firing' : 'recovered')));
  }
}

async function expectSummaries(cloud: StartedCloud, readings: readonly Reading[]): Promise<void> {
  const expected = inOrder(recompute(readings));
  const names = new Set(readings.map(({ Name }) => Name));
  const ofRide = (summaries: readonly Summary[]) => inOrder(summaries.filter(({ Name }) => names.has(Name)));
  expect(ofRide(await cloud.summaries())).toEqual(expected);
  const sent = (await cloud.records(STREAMS.summaries)).map(
    ({ data }) => JSON.parse(data.toString()) as Summary,
  );
  expect(ofRide(sent)).toEqual(expected);
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
  await expectSummaries(cloud, readings);
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
  await expectSummaries(cloud, readings);
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
  const names = [...new Set(readings.map(({ Name }) => Name))];
  const { tally, trouble } = await cloud.control.aggregation({ names });
  expect(tally).toMatchObject({ summarised: readings.length, late: 0, duplicates: 0, open: 0 });
  expect(isBalanced(sent, tally)).toBe(true);
  expect(trouble).toBeNull();
  await expectSummaries(cloud, readings);

  // Each shard has taken no more than its records a second, and a second's worth at once.
  for (const [, own] of byName(records, ({ shardId }) => shardId)) {
    const elapsed = own.at(-1)!.arrival - own[0]!.arrival;
    expect(own.length).toBeLessThanOrEqual(1_000 + elapsed + 100);
  }
});
