import { join } from 'node:path';
import { atLeast, contest, median, named, ratio, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';
import type { Summaries } from '../loads/aggregate.ts';
import { heldToOneCore, insistOn, oneCore, perSecond, readingsFile } from './one-core.ts';

const REACH = 1_000_000;
const UNICORNS = 1_000;

/** How fast one core makes summaries of readings. */
export const aggregateRow: Row = {
  name: 'aggregate',
  what: 'decode, validate and window readings, one core',
  reach: `at least ${shown(REACH)} readings/s; beyond DuckDB's GROUP BY minute over the same lines`,
  peers: ['DuckDB'],
  async run(bench) {
    const { children, folder, quick } = bench;
    const seconds = quick ? 200 : 1_000;
    const path = join(folder, 'readings.ndjson');
    const readings = await readingsFile(children, path, UNICORNS, seconds);
    const answers: Summaries[] = [];
    const contestant = (who: string, name: string) => {
      const load = children.load(name, { oneCore: true });
      return oneCore(who, async () => {
        const summaries = await load.ask<Summaries>('aggregate', { path });
        answers.push(summaries);
        insistOn(who, summaries, answers[0]!, readings);
        return perSecond(summaries);
      });
    };
    const contestants = [contestant('ours', 'aggregate'), contestant('DuckDB', 'duckdb')];
    for (const { measure } of contestants) await measure(0);
    const figures = await contest(contestants, bench);
    const ours = named(figures, 'ours');
    const rate = median(ours.samples);
    const toDuckDB = ratio(ours, named(figures, 'DuckDB'));
    return {
      conditions: [
        `${shown(readings)} lines of about 165 bytes, ${shown(UNICORNS)} names, in a file that is in the page cache; both read it whole, and both get the same windows, readings and metres`,
        'ours judges every attribute, keeps the watermark, finds duplicates and sums exactly; DuckDB is told the types and casts what the query uses, in one thread',
        heldToOneCore(children.canPin),
      ],
      figures,
      judgements: [
        atLeast(REACH, 'readings/s', rate),
        { reach: 'beyond DuckDB', got: `${shown(toDuckDB)} times`, met: toDuckDB >= 1, extra: true },
      ],
    };
  },
};
