import type { FunctionManifest } from '../../../processor/manifest.ts';
import { MANIFESTS } from '../../../processor/manifests.ts';
import { DELIVERY_STREAMS, FUNCTIONS, STREAMS, TABLES } from '../../../telemetry/topology.ts';
import { type StackName, withFoundations } from '../stack-names.ts';

/** What there is to watch, by the kit's names: all that the wanted stacks hold, and nothing else. */
export interface Watched {
  readonly streams: readonly string[];
  readonly functions: readonly FunctionManifest[];
  readonly tables: readonly string[];
  readonly deliveryStreams: readonly string[];
  /** Applications of Managed Flink. */
  readonly jobs: readonly string[];
}

/** The application of Managed Flink, and the program that its metrics name. */
export const JOB = { application: 'wildrydes-aggregation', program: 'WildRydesAggregation' } as const;

/** Which stack a function is in. One that is in none is deployed by hand, and watched by whoever does. */
const STACK_OF: Readonly<Record<string, StackName>> = {
  [FUNCTIONS.streamProcessor]: 'Processing',
  [FUNCTIONS.lowMagicAlert]: 'Alerting',
  [FUNCTIONS.archiver]: 'Archive',
  [FUNCTIONS.streamIndexer]: 'Search',
  [FUNCTIONS.tableIndexer]: 'Search',
  [FUNCTIONS.logIndexer]: 'Search',
  [FUNCTIONS.fileLoader]: 'Files',
};

/** What the wanted stacks hold, with those that they stand on. */
export function watchedOf(wanted: readonly StackName[]): Watched {
  const there = new Set(withFoundations(wanted));
  const where = (stack: StackName, names: readonly string[]) => (there.has(stack) ? names : []);
  return {
    streams: where('Streaming', Object.values(STREAMS)),
    functions: MANIFESTS.filter(({ functionName }) => {
      const stack = STACK_OF[functionName];
      return stack !== undefined && there.has(stack);
    }),
    tables: [...where('Processing', [TABLES.summaries.name]), ...where('Alerting', [TABLES.alerts.name])],
    deliveryStreams: where('Archive', [DELIVERY_STREAMS.archive]),
    jobs: where('Aggregation', [JOB.application]),
  };
}

/** What a function calls itself in its metrics: `search-logs` of processor/search/logs/handler. */
export function serviceOf({ entry }: FunctionManifest): string {
  return entry.split('/').slice(1, -1).join('-');
}
