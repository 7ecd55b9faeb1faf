import { atLeast, contest, median, named, ratio, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';
import type { Made } from '../loads/simulate.ts';
import { heldToOneCore, oneCore, perSecond } from './one-core.ts';

const REACH = 600_000;
const UNICORNS = 1_000;

/** How fast one core makes readings. */
export const simulateRow: Row = {
  name: 'simulate',
  what: 'simulate and encode readings, one core',
  reach: `at least ${shown(REACH)} readings/s`,
  peers: ['faker template'],
  async run(bench) {
    const { children, quick } = bench;
    const ours = children.load('simulate', { oneCore: true });
    const faker = children.load('simulate', { oneCore: true });
    const count = quick ? 500 : 2_000;
    const ride = async () => perSecond(await ours.ask<Made>('ride', { unicorns: UNICORNS, count }));
    const template = async () =>
      perSecond(await faker.ask<Made>('fillTemplate', { count: quick ? 20_000 : 100_000 }));
    await Promise.all([ride(), template()]);
    const figures = await contest([oneCore('ours', ride), oneCore('faker template', template)], bench);
    const made = named(figures, 'ours');
    const got = median(made.samples);
    return {
      conditions: [
        `${shown(UNICORNS)} unicorns, ${shown(count)} readings of each, about 165 bytes, into a sink that counts`,
        `ours as the bytes that a stream or a file is given, ${shown(ratio(made, named(figures, 'faker template')))} times as many readings as faker's texts`,
        "the faker template fills in a reading's attributes at random, without any ride behind them",
        heldToOneCore(children.canPin),
      ],
      figures,
      judgements: [atLeast(REACH, 'readings/s', got)],
    };
  },
};
