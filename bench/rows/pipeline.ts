import { atLeast, contest, median, named, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';
import { produceBalanced } from './producing.ts';

const REACH = 30_000;
const UNICORNS = 1_000;

/** From the simulator to the table, all of it in one command. */
export const pipelineRow: Row = {
  name: 'pipeline',
  what: 'the whole pipeline, two cores, report balanced',
  reach: `at least ${shown(REACH)} readings/s`,
  peers: [],
  async run(bench) {
    // Long enough that the compiler's first seconds do not decide.
    const count = bench.quick ? 120 : 900;
    const readings = UNICORNS * count;
    const figures = await contest(
      [
        {
          who: 'ours',
          unit: 'readings/s',
          also: [{ who: 'memory at its peak', unit: 'MB' }],
          async measure() {
            const args = ['--fleet', String(UNICORNS), '--count', String(count)];
            const run = await produceBalanced(bench, args, 180_000);
            return [(readings / run.milliseconds) * 1e3, run.peak / 1e6];
          },
        },
      ],
      bench,
    );
    const rate = median(named(figures, 'ours').samples);
    return {
      conditions: [
        `./producer --fleet ${UNICORNS} --count ${count} --speed max: simulator, SDK, local cloud, aggregation, functions and table in one process with its worker threads, a new one each round, 1 shard`,
        'from the first reading sent until every summary has been read back from the table and the books are closed',
      ],
      figures,
      judgements: [atLeast(REACH, 'readings/s', rate)],
    };
  },
};
