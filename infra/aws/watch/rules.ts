import type { FunctionManifest, Trigger } from '../../../processor/manifest.ts';
import { FUNCTIONS, STREAMS } from '../../../telemetry/topology.ts';
import { GIVES_UP } from '../function.ts';
import type { Names } from '../names.ts';
import { JOB_RULES } from './job-rules.ts';
import { computed, Metrics } from './metrics.ts';
import { type Rule, type Watch, watchesOf } from './rule.ts';
import type { Watched } from './watched.ts';

/** A reader that is so far behind does not catch up by itself soon. Milliseconds. */
const BEHIND = 5 * 60_000;

/** Half of the time after which a batch is given up: there is as much left to mend it. Milliseconds. */
const GIVES_UP_SOON = (GIVES_UP.maximumRecordAgeInSeconds * 1_000) / 2;

const hours = (milliseconds: number) => milliseconds / 3_600_000;

const STREAM_RULES: readonly Rule<string>[] = [
  {
    name: (stream) => `${stream}-writes-throttled`,
    metric: (stream, metrics) => metrics.stream(stream, 'WriteProvisionedThroughputExceeded'),
    over: 0,
    points: [3, 5],
    // No writes, no throttles.
    silence: 'good',
    means: (stream) =>
      `Writers to the stream ${stream} are told to slow down: more comes than its shards take (each 1,000 records or 1 MiB a second). ` +
      'Nothing is lost while they send again, but they fall behind.',
    next: () =>
      'Deploy with more shards or on demand. If one unicorn has most of the records, shards do not help.',
  },
  {
    when: (stream) => stream === STREAMS.quarantine,
    name: (stream) => `${stream}-not-empty`,
    metric: (stream, metrics) => metrics.stream(stream, 'IncomingRecords'),
    over: 0,
    points: [1, 1],
    silence: 'good',
    means: () => 'Records that cannot be used were put aside. All others go on.',
    next: (stream, names) =>
      `Read the stream ${names.of(stream)} within a day: each record there says shard, sequence number and reason. Then mend what sent it.`,
  },
];

const FUNCTION_RULES: readonly Rule<FunctionManifest>[] = [
  {
    when: isReader,
    name: ({ functionName }) => `${functionName}-behind`,
    metric: ({ functionName }, metrics) =>
      metrics.function(functionName, 'IteratorAge', { statistic: 'Maximum' }),
    over: BEHIND,
    points: [5, 5],
    // Nothing was read: nothing that was read is old. That it reads nothing at all is for another alarm.
    silence: 'good',
    means: ({ functionName }) =>
      `${functionName} is more than 5 minutes behind: it fails at a batch again and again, or more comes than it can take.`,
    next: ({ functionName }, names) =>
      `Look into /aws/lambda/${names.of(functionName)} for "records failed and will come again", which names the reason. If there is none, it is slow: more shards have more of it run at once.`,
  },
  {
    when: isReader,
    name: ({ functionName }) => `${functionName}-gives-up-soon`,
    metric: ({ functionName }, metrics) =>
      metrics.function(functionName, 'IteratorAge', { statistic: 'Maximum', minutes: 5 }),
    over: GIVES_UP_SOON,
    points: [1, 1],
    // Between two attempts nothing is read, and nothing is better.
    silence: 'as before',
    means: ({ functionName }) =>
      `${functionName} is ${hours(GIVES_UP_SOON)} hours behind. At ${hours(2 * GIVES_UP_SOON)} hours it gives batches up: each is then told of here, with shard and sequence numbers, and never comes again.`,
    next: () =>
      'Mend what fails now. If it takes longer, have the stream keep its records longer, up to 365 days.',
  },
  {
    when: (manifest) => streamsOf(manifest).length > 0,
    name: ({ functionName }) => `${functionName}-not-called`,
    metric: (manifest, metrics) => notCalled(manifest, metrics),
    over: 0,
    points: [2, 2],
    // Nothing comes.
    silence: 'good',
    means: (manifest) =>
      `Records come to ${streamsOf(manifest).join()}, and ${manifest.functionName} has not been called for 10 minutes.`,
    next: () => 'Is its event source mapping there and enabled, and may its role still read the stream?',
  },
  {
    when: isReader,
    name: ({ functionName }) => `${functionName}-fails`,
    metric: ({ functionName }, metrics) => metrics.function(functionName, 'Errors'),
    over: 0,
    points: [3, 5],
    // Not called, not failed.
    silence: 'good',
    means: ({ functionName }) =>
      `${functionName} has failed as a whole in three of five minutes: it could not start, ran out of time or memory, or threw. What it was given comes again.`,
    next: ({ functionName }, names) => `Look into /aws/lambda/${names.of(functionName)}.`,
  },
  {
    when: (manifest) => !isReader(manifest),
    name: ({ functionName }) => `${functionName}-fails`,
    metric: ({ functionName }, metrics) => metrics.function(functionName, 'Errors', { minutes: 5 }),
    // It is called for each file or delivery, twice or thrice more if it fails, and then no more.
    over: 0,
    points: [1, 1],
    silence: 'good',
    means: ({ functionName }) =>
      `${functionName} has failed. It is called a few times more for the same, and then it is left.`,
    next: ({ functionName }, names) =>
      `Look into /aws/lambda/${names.of(functionName)}: what failed is named there.`,
  },
  {
    name: ({ functionName }) => `${functionName}-throttled`,
    metric: ({ functionName }, metrics) => metrics.function(functionName, 'Throttles'),
    over: 0,
    points: [3, 5],
    silence: 'good',
    means: ({ functionName }) =>
      `Lambda did not run ${functionName}: the account runs as many functions at once as it may. It is tried again, and falls behind.`,
    next: () => 'See who uses up the concurrency of the account, or ask AWS for more of it.',
  },
  {
    // Who has the quarantine stream is seen there.
    when: ({ environment }) => environment.QUARANTINE_STREAM === undefined,
    name: ({ functionName }) => `${functionName}-quarantines`,
    metric: (manifest, metrics) => metrics.counted(manifest, refusedBy(manifest)),
    over: 0,
    points: [1, 1],
    silence: 'good',
    means: ({ functionName }) => `${functionName} has put aside what cannot be used. All else goes on.`,
    next: ({ functionName }, names) =>
      `/aws/lambda/${names.of(functionName)} says where it stood and why it was refused: mend what wrote it.`,
  },
  {
    when: ({ functionName }) => functionName === FUNCTIONS.lowMagicAlert,
    name: ({ functionName }) => `${functionName}-pending`,
    metric: (manifest, metrics) =>
      metrics.counted(manifest, 'AlertsPending', { statistic: 'Minimum', minutes: 5 }),
    over: 0,
    points: [3, 3],
    // It tells of what is pending whenever something is: silence is none.
    silence: 'good',
    means: () => 'Alerts have been waiting for 15 minutes, and nobody hears that unicorns run low on magic.',
    next: ({ functionName }, names) =>
      `/aws/lambda/${names.of(functionName)} says why the topic does not take them; they go out once it does.`,
  },
  {
    when: ({ functionName }) => functionName === FUNCTIONS.lowMagicAlert,
    name: ({ functionName }) => `${functionName}-dropped`,
    metric: (manifest, metrics) => metrics.counted(manifest, 'AlertsDropped'),
    over: 0,
    points: [1, 1],
    silence: 'good',
    means: () =>
      'So many alerts of a unicorn were waiting that some have made room for newer ones: they are lost.',
    next: ({ functionName }, names) => `/aws/lambda/${names.of(functionName)} names the unicorns.`,
  },
];

const TABLE_RULES: readonly Rule<string>[] = [
  {
    name: (table) => `${table}-throttled`,
    metric: (table, metrics) =>
      computed('SUM([reads, writes])', {
        reads: metrics.table(table, 'ReadThrottleEvents'),
        writes: metrics.table(table, 'WriteThrottleEvents'),
      }),
    over: 0,
    points: [3, 5],
    // DynamoDB tells of throttles only when there are some.
    silence: 'good',
    means: (table) =>
      `The table ${table} refuses requests: more come for one unicorn than a partition takes, or the load has more than doubled at once.`,
    next: () =>
      'A table on demand grows within minutes. If it lasts, see which unicorn has most of the requests.',
  },
];

const DELIVERY_RULES: readonly Rule<string>[] = [
  {
    name: (deliveryStream) => `${deliveryStream}-late`,
    metric: (deliveryStream, metrics) =>
      metrics.deliveryStream(deliveryStream, 'DeliveryToS3.DataFreshness', {
        statistic: 'Maximum',
        minutes: 5,
      }),
    over: 900,
    points: [3, 3],
    // Nothing waits to be delivered.
    silence: 'good',
    means: (deliveryStream) =>
      `The oldest record that ${deliveryStream} has not delivered yet came more than 15 minutes ago. Firehose drops what it cannot deliver for 24 hours.`,
    next: (deliveryStream, names) =>
      `/aws/kinesisfirehose/${names.of(deliveryStream)} says why: the bucket, its permissions, or the function that transforms.`,
  },
];

/** Every alarm of what there is. */
export function allWatches(watched: Watched, names: Names): readonly Watch[] {
  const metrics = new Metrics(names);
  return [
    ...watchesOf(STREAM_RULES, watched.streams, metrics, names),
    ...watchesOf(JOB_RULES, watched.jobs, metrics, names),
    ...watchesOf(FUNCTION_RULES, watched.functions, metrics, names),
    ...watchesOf(TABLE_RULES, watched.tables, metrics, names),
    ...watchesOf(DELIVERY_RULES, watched.deliveryStreams, metrics, names),
  ];
}

/** What Lambda reads for it, in order, and again until it is handled. */
export function isReader({ triggers }: FunctionManifest): boolean {
  return triggers.some(({ on }) => on === 'stream' || on === 'table');
}

function streamsOf({ triggers }: FunctionManifest): readonly string[] {
  return triggers.flatMap((trigger: Trigger) => (trigger.on === 'stream' ? [trigger.stream] : []));
}

/** Is one where records come and no call is made. A point of nothing at all counts as none where the other has one. */
function notCalled(manifest: FunctionManifest, metrics: Metrics) {
  const incoming = Object.fromEntries(
    streamsOf(manifest).map((stream, at) => [`come${at}`, metrics.stream(stream, 'IncomingRecords')]),
  );
  const come = `SUM([${Object.keys(incoming).join()}])`;
  return computed(
    `IF(${come} > 0 AND SUM([calls, 0 * ${come}]) == 0, 1, 0)`,
    { ...incoming, calls: metrics.function(manifest.functionName, 'Invocations') },
    5,
  );
}

function refusedBy({ triggers }: FunctionManifest): string {
  return triggers.some(({ on }) => on === 'delivery') ? 'ProcessingFailed' : 'Quarantined';
}
