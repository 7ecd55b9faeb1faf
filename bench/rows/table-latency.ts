import { WINDOW } from '../../telemetry/topology.ts';
import { contest, quantile, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';

const REACH = 1_500;
const UNICORNS = 100;

/** How soon a minute is in the table. */
export const tableLatency: Row = {
  name: 'table-latency',
  what: 'window end to item in the table, p99',
  reach: `under ${shown(REACH)} ms after the watermark passes`,
  peers: [],
  async run(bench) {
    const { children, quick } = bench;
    const cloud = await children.cloud({ empty: false });
    const load = children.load('windows');
    const windows = quick ? 10 : 50;
    const all: number[] = [];
    // Long ago, as nothing may come from the future.
    let from = Math.floor(Date.now() / WINDOW.size) * WINDOW.size - 24 * 60 * WINDOW.size;
    const figures = await contest(
      [
        {
          who: 'ours, p99',
          unit: 'ms',
          also: [
            { who: 'ours, p50', unit: 'ms' },
            { who: 'ours, slowest', unit: 'ms' },
          ],
          async measure() {
            const task = { endpoint: cloud.endpoint, unicorns: UNICORNS, windows, from };
            const latencies = await load.ask<number[]>('follow', task);
            from += windows * WINDOW.size;
            all.push(...latencies);
            return [quantile(latencies, 0.99), quantile(latencies, 0.5), Math.max(...latencies)];
          },
        },
      ],
      bench,
    );
    const p99 = quantile(all, 0.99);
    return {
      conditions: [
        `${shown(all.length)} items: ${shown(UNICORNS)} unicorns, ${shown(windows)} windows a round, an idle cloud in a process of its own`,
        'from the acknowledgement of the reading that moves the watermark past the end of the window, until the item was read back through the SDK',
      ],
      figures,
      judgements: [
        { reach: `p99 of all items under ${shown(REACH)} ms`, got: `${shown(p99)} ms`, met: p99 < REACH },
      ],
    };
  },
};
