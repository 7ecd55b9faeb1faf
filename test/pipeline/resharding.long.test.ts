import { expect, test } from 'vitest';
import { randomStream } from '../../simulator/random.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { temporaryFolder } from '../kit.ts';
import { type Change, merge, openShardsOf, shardsOf, split, watermarkOf } from './lineage.ts';
import {
  closeMinutes,
  cloudFor,
  expectEachOnceAndInOrder,
  expectStored,
  namesOf,
  readBack,
  ride,
} from './ride.ts';

const SEEDS = Array.from({ length: 10 }, (_, i) => String(i + 1));

/** Seconds of a ride, about one in seven of which begins with a split or a merge, and sometimes with two at once. */
const SECONDS = 240;

test.each(SEEDS)(
  'streams split and merged at random, and a cloud killed with a backlog, lose nothing, seed %s',
  async (seed) => {
    const random = randomStream(seed, 'wildrydes', 'resharding');
    const chance = (probability: number) => random.next() / 2 ** 32 < probability;
    const change: Change = async (cloud) => {
      const streamName = chance(0.7) ? STREAMS.readings : STREAMS.summaries;
      do {
        const { length } = await openShardsOf(cloud, streamName);
        await (length === 1 || (length < 7 && chance(0.5)) ? split : merge)(cloud, streamName);
      } while (chance(0.3));
    };
    const changes: Record<number, Change> = {};
    for (let second = 1; second < SECONDS; second++) if (chance(0.15)) changes[second] = change;

    const folder = temporaryFolder();
    let cloud = await cloudFor('--data', folder);
    const unicorns = 1 + (random.next() % 25);
    const { readings, ...sent } = await ride(cloud, { unicorns, seconds: SECONDS, changes });
    expect(sent).toMatchObject({ acknowledged: readings.length, uncertain: 0, failed: [] });
    const { records } = await readBack(cloud, readings.length);
    expectEachOnceAndInOrder(records, readings);
    while (chance(0.6)) {
      await cloud.kill();
      cloud = await cloudFor('--data', folder);
      if (chance(0.5)) await split(cloud, STREAMS.readings);
    }

    const shards = await shardsOf(cloud, STREAMS.readings);
    const { aggregation } = await cloud.settled();
    expect(aggregation!.watermark).toBe(watermarkOf(shards, records));
    await closeMinutes(cloud, SECONDS);
    const { tally } = await cloud.control.aggregation({ names: namesOf(readings) });
    expect(tally).toMatchObject({
      delivered: readings.length,
      summarised: readings.length,
      late: 0,
      open: 0,
    });
    await expectStored(cloud, readings);
  },
);
