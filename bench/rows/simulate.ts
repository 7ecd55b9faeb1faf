import { contest, median, named, ratio, shown } from '../harness/contest.ts';
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
    const ride = (bytes: boolean) => async () =>
      perSecond(await ours.ask<Made>('ride', { unicorns: UNICORNS, count, bytes }));
    const template = async () =>
      perSecond(await faker.ask<Made>('fillTemplate', { count: quick ? 20_000 : 100_000 }));
    await Promise.all([ride(false)(), template()]);
    const figures = await contest(
      [
        oneCore('ours', ride(false)),
        oneCore('ours, as bytes', ride(true)),
        oneCore('faker template', template),
      ],
      bench,
    );
    const text = median(named(figures, 'ours').samples);
    const bytes = named(figures, 'ours, as bytes');
    return {
      conditions: [
        `${shown(UNICORNS)} unicorns, ${shown(count)} readings of each, about 165 bytes, into a sink that counts`,
        `ours as lines of text, and as the bytes that a stream is given (${shown(ratio(bytes, named(figures, 'faker template')))} times faker's text)`,
        "the faker template fills in a reading's attributes at random, without any ride behind them",
        heldToOneCore(children.canPin),
      ],
      figures,
      judgements: [
        { reach: `${shown(REACH)} readings/s`, got: `${shown(text)}`, met: text >= REACH },
        {
          reach: `${shown(REACH)} as bytes`,
          got: `${shown(median(bytes.samples))}`,
          met: median(bytes.samples) >= REACH,
          extra: true,
        },
      ],
    };
  },
};
