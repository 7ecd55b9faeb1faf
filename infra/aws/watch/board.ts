import { GraphWidget, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionManifest } from '../../../processor/manifest.ts';
import { FUNCTIONS } from '../../../telemetry/topology.ts';
import type { Names } from '../names.ts';
import { OPERATIONS } from '../operations.ts';
import { computed, Metrics } from './metrics.ts';
import { isReader } from './rules.ts';
import type { Watched } from './watched.ts';

/** Columns that a row of a dashboard has. */
const COLUMNS = 24;

/** What some functions count besides records: told where they do. */
const COUNTS_OF: Readonly<Record<string, readonly string[]>> = {
  [FUNCTIONS.lowMagicAlert]: ['Unicorns', 'AlertsPublished', 'AlertsPending', 'AlertsDropped'],
  [FUNCTIONS.fileLoader]: ['Files', 'Lines', 'Stored'],
  [FUNCTIONS.logIndexer]: ['Lines'],
};

/** The dashboard, row by row: as the pipeline reads, from the producers to what was stored. */
export function rowsOf(watched: Watched, names: Names): IWidget[][] {
  const metrics = new Metrics(names);
  return [
    ...streamRows(watched, metrics),
    ...watched.jobs.flatMap((job) => jobRows(job, metrics)),
    ...functionRows(watched, metrics),
    ...storeRows(watched, metrics),
  ];
}

function streamRows({ streams }: Watched, metrics: Metrics): IWidget[][] {
  const all = (metric: string, statistic?: string) =>
    streams.map((stream) => metrics.stream(stream, metric, points(statistic)).with({ label: stream }));
  return row('Streams: what comes, what is turned away, and what became of trouble', [
    graph('Records in', all('IncomingRecords')),
    graph('Bytes in', all('IncomingBytes')),
    graph('Throttled', [
      ...all('WriteProvisionedThroughputExceeded'),
      ...all('ReadProvisionedThroughputExceeded'),
    ]),
    graph('Age of what was read last, ms', all('GetRecords.IteratorAgeMilliseconds', 'Maximum')),
    graph('Told to operations', [metrics.topic(OPERATIONS, 'NumberOfMessagesPublished')]),
  ]);
}

/** What becomes of a reading: the sum of these is what was delivered. */
const FATES = ['summarised', 'duplicates', 'late', 'quarantined', 'open'] as const;

function jobRows(job: string, metrics: Metrics): IWidget[][] {
  const fates = Object.fromEntries(FATES.map((fate) => [fate, metrics.books(job, fate)]));
  const delivered = metrics.books(job, 'delivered');
  const most = points('Maximum');
  return row('Aggregation: each task on average', [
    graph('What became of readings', Object.values(fates)),
    graph('Delivered, and not accounted for', [
      delivered,
      computed(`delivered - SUM([${FATES.join()}])`, { delivered, ...fates }, 1, 'not accounted for'),
    ]),
    graph('Summaries, and records sent', [metrics.books(job, 'summaries'), metrics.books(job, 'sent')]),
    graph('Watermark, ms since 1970', [metrics.books(job, 'watermark')]),
    graph('Runs for, ms', [metrics.job(job, 'runningTime', most), metrics.job(job, 'uptime', most)]),
    graph('Restarts', [metrics.job(job, 'numRestarts', most), metrics.job(job, 'fullRestarts', most)]),
    graph('Checkpoints: failed, ms', [
      metrics.job(job, 'numberOfFailedCheckpoints', most),
      metrics.job(job, 'lastCheckpointDuration', most),
    ]),
    graph('Processor and memory, %', [
      metrics.job(job, 'containerCPUUtilization', most),
      metrics.job(job, 'containerMemoryUtilization', most),
    ]),
  ]);
}

function functionRows({ functions }: Watched, metrics: Metrics): IWidget[][] {
  if (functions.length === 0) return [];
  const all = (of: readonly FunctionManifest[], metric: string, statistic?: string) =>
    of.map(({ functionName }) =>
      metrics.function(functionName, metric, points(statistic)).with({ label: functionName }),
    );
  const counted = (metric: string) =>
    functions.map((manifest) => metrics.counted(manifest, metric).with({ label: manifest.functionName }));
  const own = functions.flatMap((manifest) =>
    (COUNTS_OF[manifest.functionName] ?? []).map((metric) => metrics.counted(manifest, metric)),
  );
  return row('Functions', [
    graph('Behind, ms', all(functions.filter(isReader), 'IteratorAge', 'Maximum')),
    graph('Calls', all(functions, 'Invocations')),
    graph('Errors and throttles', [...all(functions, 'Errors'), ...all(functions, 'Throttles')]),
    graph('Slowest of a hundred, ms', all(functions, 'Duration', 'p99')),
    graph('Records', counted('Records')),
    graph('Quarantined', [...counted('Quarantined'), ...counted('ProcessingFailed')]),
    graph('Failed: come again', counted('Failed')),
    graph('Counted besides', own),
  ]);
}

function storeRows({ tables, deliveryStreams }: Watched, metrics: Metrics): IWidget[][] {
  const all = (metric: string) =>
    tables.map((table) => metrics.table(table, metric).with({ label: `${table} ${metric}` }));
  return row('Tables and archive', [
    graph('Written and read, units', [
      ...all('ConsumedWriteCapacityUnits'),
      ...all('ConsumedReadCapacityUnits'),
    ]),
    graph('Throttled', [...all('WriteThrottleEvents'), ...all('ReadThrottleEvents')]),
    graph(
      'Oldest undelivered, s',
      deliveryStreams.map((each) =>
        metrics.deliveryStream(each, 'DeliveryToS3.DataFreshness', points('Maximum')),
      ),
    ),
    graph(
      'Delivered',
      deliveryStreams.flatMap((each) =>
        ['DeliveryToS3.Records', 'ExecuteProcessing.Success'].map((metric) =>
          metrics.deliveryStream(each, metric),
        ),
      ),
    ),
  ]);
}

const points = (statistic: string | undefined) => (statistic === undefined ? {} : { statistic });

function graph(title: string, left: IMetric[]): GraphWidget | undefined {
  return left.length === 0 ? undefined : new GraphWidget({ title, left, width: 6, height: 6 });
}

/** A heading, and below it what there is to show, four beside each other. */
function row(heading: string, graphs: readonly (GraphWidget | undefined)[]): IWidget[][] {
  const shown = graphs.filter((each) => each !== undefined);
  if (shown.length === 0) return [];
  const lines = Array.from({ length: Math.ceil(shown.length / 4) }, (_, at) =>
    shown.slice(4 * at, 4 * at + 4),
  );
  return [[new TextWidget({ markdown: `## ${heading}`, width: COLUMNS, height: 1 })], ...lines];
}
