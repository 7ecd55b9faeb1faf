import type { Protection } from './protection.ts';

/** What keeps an answer of the archive whole, and a question from costing what nobody waits for. */
export const ARCHIVE_QUERY_PROTECTIONS: readonly Protection[] = [
  {
    name: 'an object of the archive whose body breaks off is fetched again',
    file: 'cli/archive/objects.ts',
    text: 'if (!isBrokenBody || attempt === ATTEMPTS) throw error;',
    without: 'throw error;',
    test: { file: 'cli/archive/objects.test.ts', name: 'is fetched again, whole' },
  },
  {
    name: 'a broken object of the archive keeps no other from being asked',
    file: 'cli/archive/objects.ts',
    text: 'if (code !== undefined && /^Z_/.test(code)) return message;',
    without: '',
    test: { file: 'cli/archive/objects.test.ts', name: 'is told and left out' },
  },
  {
    name: 'a line of the archive that is longer than any record keeps no other object from being asked',
    file: 'cli/archive/duckdb.ts',
    text: 'if (some.length > 1) return addEach(some, hour);',
    without: '',
    test: { file: 'cli/archive/duckdb.test.ts', name: 'keeps no other from being read' },
  },
  {
    name: 'a query that nobody waits for any more is stopped at Athena',
    file: 'cli/archive/athena.ts',
    text: 'if (signal.aborted) await stop(client, QueryExecutionId);',
    without: '',
    test: { file: 'cli/archive/athena.test.ts', name: 'given up here: stopped there too' },
  },
];
