import { join } from 'node:path';
import { builtJob, FLINK_JAVA } from '../../infra/flink/job.ts';
import { findJava } from '../../infra/java/java.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { residentBytes } from '../harness/children.ts';
import { contest, named, ratio, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';
import type { Summaries } from '../loads/aggregate.ts';
import { heldToOneCore, insistOn, oneCore, perSecond, readingsFile } from './one-core.ts';

const UNICORNS = 1_000;

/** What the two engines cost for the same readings, beside a database that groups them. */
export const aggregateFlink: Row = {
  name: 'aggregate-flink',
  what: 'the same aggregation by both engines, one core and one slot',
  reach: 'none: it says when a second machine pays',
  peers: ['the Flink job', 'DuckDB'],
  async run(bench) {
    const { children, folder, quick, progress } = bench;
    let java: string;
    let classPath: string;
    try {
      java = (await findJava(FLINK_JAVA)).path;
      classPath = await builtJob({
        folder: join(children.root, '.wildrydes', 'flink'),
        project: join(children.root, 'aggregation', 'flink'),
        progress,
      });
    } catch (error) {
      if (error instanceof WildRydesError && error.code === 'NOT_FOUND') return { skipped: error.message };
      throw error;
    }
    const path = join(folder, 'both-engines.ndjson');
    const seconds = quick ? 200 : 600;
    const readings = await readingsFile(children, path, UNICORNS, seconds);
    const answers: Summaries[] = [];
    const pids: Record<string, number> = {};
    const contestant = async (who: string, name: string) => {
      const load = children.load(name, { oneCore: true });
      pids[who] = load.pid;
      if (name === 'flink') pids[who] = (await load.ask<{ pid: number }>('prepare', { java, classPath })).pid;
      return oneCore(who, async () => {
        const summaries = await load.ask<Summaries>('aggregate', { path });
        answers.push(summaries);
        insistOn(who, summaries, answers[0]!, readings);
        return perSecond(summaries);
      });
    };
    const contestants = [
      await contestant('ours', 'aggregate'),
      await contestant('the Flink job', 'flink'),
      await contestant('DuckDB', 'duckdb'),
    ];
    for (const { measure } of contestants) await measure(0);
    const figures = await contest(contestants, bench);
    const ours = named(figures, 'ours');
    const memory = Object.entries(pids).map(
      ([who, pid]) => `${who} ${shown(residentBytes(pid).peak / 1e6)} MB`,
    );
    return {
      conditions: [
        `${shown(readings)} lines of about 165 bytes, ${shown(UNICORNS)} names; all get the same windows, readings and metres`,
        'ours and DuckDB read the file; the Flink job has the lines in memory, and goes the way from record to summary that it goes on AWS: decode, judge, books, the window in SQL, with every duplicate and late reading told apart',
        `memory at its peak: ${memory.join(', ')}; of the Flink job with all lines in it, and a heap of 2 GB at most`,
        heldToOneCore(children.canPin),
      ],
      figures,
      judgements: [
        {
          reach: 'told, not judged',
          got: `ours ${shown(ratio(ours, named(figures, 'the Flink job')))} times the Flink job, ${shown(ratio(ours, named(figures, 'DuckDB')))} times DuckDB`,
          met: true,
        },
      ],
    };
  },
};
