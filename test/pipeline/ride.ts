import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished } from 'vitest';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import type { ScenarioName } from '../../simulator/scenarios/index.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { readStream } from '../../stream/reader.ts';
import type { StreamRecord } from '../../stream/record.ts';
import { BatchingWriter } from '../../stream/writer.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { type Change, groupBy, openShardsOf, readingIn } from './lineage.ts';
import { inOrder, recompute } from './recompute.ts';
import { eventually, type StartedCloud, startCloud } from './started-cloud.ts';

/** A fleet that rides through a cloud while things happen to its stream, and what must come of it. */

const MINUTE = 60_000;

/** Start of a ride, on a minute and long enough ago that no reading is from the future. */
export const START = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE;

/** A cloud for one test. */
export async function cloudFor(...args: string[]): Promise<StartedCloud> {
  const cloud = await startCloud(args);
  onTestFinished(() => cloud.kill());
  return cloud;
}

/** A client as the stages use it, for one test. */
export function clientAt(port: number): KinesisClient {
  const client = createKinesisClient(clientConfig(atLocalPort(port, undefined)), { maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

interface Ride {
  readonly unicorns: number;
  /** Readings per unicorn. */
  readonly seconds: number;
  readonly scenario?: ScenarioName;
  readonly maxBuffered?: number;
  /** Port to send to; default the cloud's own. */
  readonly through?: number;
  /** What happens to the stream before the readings of a second, while those before are on their way. */
  readonly changes?: Readonly<Record<number, Change>>;
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
export async function ride(cloud: StartedCloud, options: Ride): Promise<Ridden> {
  const readings: Reading[] = [];
  const failed: string[] = [];
  let acknowledged = 0;
  let uncertain = 0;
  let waits = 0;
  let mostBuffered = 0;
  const writer = new BatchingWriter<undefined>({
    client: clientAt(options.through ?? cloud.port),
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
    await options.changes?.[second]?.(cloud, STREAMS.readings);
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
export async function readBack(
  cloud: StartedCloud,
  count: number,
): Promise<{ records: StreamRecord[]; troubles: number }> {
  const controller = new AbortController();
  const records: StreamRecord[] = [];
  let troubles = 0;
  await readStream({
    client: clientAt(cloud.port),
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

export function expectEachOnceAndInOrder(
  records: readonly StreamRecord[],
  readings: readonly Reading[],
): void {
  expect(records).toHaveLength(readings.length);
  const put = groupBy(readings, ({ Name }) => Name);
  const read = groupBy(records.map(readingIn), ({ Name }) => Name);
  expect(read.size).toBe(put.size);
  for (const [name, own] of put) expect(read.get(name)).toEqual(own);
}

/** Puts a reading of the minute after the ride into every open shard, so that each moves on and all windows close. */
export async function closeMinutes(cloud: StartedCloud, seconds: number): Promise<void> {
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

export function namesOf(readings: readonly Reading[]): string[] {
  return [...new Set(readings.map(({ Name }) => Name))];
}

/** The table holds the summaries of these readings. */
export async function expectStored(cloud: StartedCloud, readings: readonly Reading[]): Promise<void> {
  expect(ofNames(await cloud.summaries(), readings)).toEqual(inOrder(recompute(readings)));
}

/** The stream of summaries holds each summary of these readings once: after a crash one may come again. */
export async function expectSentOnce(cloud: StartedCloud, readings: readonly Reading[]): Promise<void> {
  const sent = (await cloud.records(STREAMS.summaries)).map(
    ({ data }) => JSON.parse(data.toString()) as Summary,
  );
  expect(ofNames(sent, readings)).toEqual(inOrder(recompute(readings)));
}

function ofNames(summaries: readonly Summary[], readings: readonly Reading[]): Summary[] {
  const names = new Set(namesOf(readings));
  return inOrder(summaries.filter(({ Name }) => names.has(Name)));
}
