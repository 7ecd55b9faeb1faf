import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished } from 'vitest';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { peakOf, temporaryFolder } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';
import { closeMinutes, cloudFor, START } from './ride.ts';
import { eventually, startCloud } from './started-cloud.ts';

/** A pipeline that has been asleep while a fleet rode, and wakes up to all of it. */

const PER_REQUEST = 500;
/** Requests under way at once. */
const WRITERS = 4;

/**
 * Lets a fleet ride into a stream that nobody reads, then starts the pipeline, with little memory to work in, and
 * requires that every reading is in its minute.
 *
 * @param heap megabytes that the JavaScript heap of the pipeline may have
 * @returns bytes that the pipeline's process had at its peak; undefined where the system does not tell
 */
export async function wakeUpTo(unicorns: number, seconds: number, heap: number): Promise<number | undefined> {
  const folder = temporaryFolder();
  const asleep = await cloudFor('--data', folder, '--empty');
  await asleep.kinesis.send(new CreateStreamCommand({ StreamName: STREAMS.readings, ShardCount: 2 }));
  const fleet = new Fleet({ names: fleetNames(unicorns), seed: '7', start: START, scenario: 'classic' });
  const readings: Reading[] = [];
  for (let second = 0; second < seconds; second++) {
    for (const unicorn of fleet.unicorns) {
      readings.push(unicorn.reading(formatStatusTime(START + second * 1_000)));
      unicorn.step();
    }
  }
  let next = 0;
  const write = async () => {
    while (next < readings.length) {
      const batch = readings.slice(next, next + PER_REQUEST);
      next += batch.length;
      await asleep.put(
        STREAMS.readings,
        batch.map((reading) => ({ key: reading.Name, data: encodeReading(reading) })),
      );
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await asleep.kill();

  const cloud = await startCloud(['--data', folder], undefined, {
    NODE_OPTIONS: `--max-old-space-size=${heap}`,
  });
  onTestFinished(() => cloud.kill());
  await inSteps(
    async () => (await cloud.control.status()).aggregation?.tally.delivered ?? 0,
    readings.length,
  );
  await inSteps(async () => {
    const { mappings } = await cloud.control.status();
    const behind = mappings.flatMap(({ shards }) => shards).reduce((sum, shard) => sum + shard.behind, 0);
    return -behind;
  }, 0);
  await closeMinutes(cloud, seconds);
  const { tally } = await cloud.control.aggregation({ names: fleetNames(unicorns) });
  expect(tally).toMatchObject({
    delivered: readings.length,
    summarised: readings.length,
    late: 0,
    duplicates: 0,
    open: 0,
  });
  const names = new Set(fleetNames(unicorns));
  const stored = (await cloud.summaries()).filter(({ Name }) => names.has(Name));
  expect(inOrder(stored)).toEqual(inOrder(recompute(readings)));
  return peakOf(cloud.running.child.pid!);
}

/** Waits until a figure has risen to a goal; each step of the way may take a while, and must come. */
async function inSteps(look: () => Promise<number>, goal: number): Promise<void> {
  for (let seen = await look(); seen < goal; ) {
    const before = seen;
    seen = await eventually(`something happens between ${before} and ${goal}`, async () => {
      // A busy machine may be late with an answer: the next look sees more.
      const now = await look().catch(() => before);
      return { done: now > before || now >= goal, value: now };
    });
  }
}
