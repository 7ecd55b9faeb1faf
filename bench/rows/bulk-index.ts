import { join } from 'node:path';
import { findJava } from '../../infra/java/java.ts';
import { JAVA } from '../../infra/search/packages.ts';
import { installSearch } from '../../infra/search/server.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { contest, named, ratio, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';

const REACH = 10;

/** What it is worth to index in bulk. */
export const bulkIndex: Row = {
  name: 'bulk-index',
  what: 'readings into OpenSearch',
  reach: `at least ${REACH} times one request per document`,
  peers: ['one request per document'],
  async run(bench) {
    const { children, quick, progress } = bench;
    const packages = join(children.root, '.wildrydes', 'search');
    try {
      await findJava(JAVA);
      await installSearch({ packages, progress });
    } catch (error) {
      if (error instanceof WildRydesError && error.code === 'NOT_FOUND') return { skipped: error.message };
      throw error;
    }
    const server = await children.peer('opensearch', { WILDRYDES_SEARCH_PACKAGES: packages });
    const load = children.load('search');
    const [alone, inBulk] = quick ? [100, 2_000] : [500, 20_000];
    const ask = (documents: number, bulk: boolean) =>
      load.ask<number>('index', { endpoint: server.endpoint, documents, inBulk: bulk });
    // Its first requests are the slowest by far: code that nobody has run yet.
    await ask(alone, false);
    await ask(inBulk, true);
    const figures = await contest(
      [
        { who: 'ours', unit: 'documents/s', measure: () => ask(inBulk, true) },
        { who: 'one request per document', unit: 'documents/s', measure: () => ask(alone, false) },
      ],
      bench,
    );
    const times = ratio(named(figures, 'ours'), named(figures, 'one request per document'));
    return {
      conditions: [
        `${shown(inBulk)} readings in batches of 500 through the writer of the functions, ${shown(alone)} one at a time through the same client; new ids each round, one shard, no refresh`,
        'OpenSearch 2.19 as `start --search` brings it up, in a process of its own',
      ],
      figures,
      judgements: [{ reach: `${REACH} times`, got: `${shown(times)} times`, met: times >= REACH }],
    };
  },
};
