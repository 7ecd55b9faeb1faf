import { manifest as alert } from '../../../processor/alert/manifest.ts';
import { ARCHIVE_DELIVERY } from '../../../processor/archive/delivery.ts';
import { manifest as archiver } from '../../../processor/archive/manifest.ts';
import { manifest as loader } from '../../../processor/files/manifest.ts';
import { manifest as streamIndexer } from '../../../processor/search/stream/manifest.ts';
import { manifest as tableIndexer } from '../../../processor/search/table/manifest.ts';
import { manifest as store } from '../../../processor/store/manifest.ts';
import type { StackName } from '../stack-names.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { callsForReadings, callsForSummaries, functionItems } from './functions.ts';
import { heldOver, kpusFor, type Load, ridingHours, SECONDS_PER_HOUR } from './load.ts';
import { MONTH, PRICES } from './prices.ts';
import type { Item } from './row.ts';
import { FIREHOSE_STEP, GB, KB, MB, SIZES } from './sizes.ts';

/** What each stack is made of, as items at a price. */
export const ITEMS: Readonly<Record<StackName, (load: Load) => readonly Item[]>> = {
  Streaming: streaming,
  Aggregation: aggregation,
  Processing: processing,
  Alerting: alerting,
  Archive: archive,
  Search: search,
  Files: files,
  Dashboard: dashboard,
  Observability: observability,
};

/** The stacks that read the readings, and those that read the summaries. */
const READERS = {
  readings: ['Aggregation', 'Alerting', 'Archive', 'Search', 'Dashboard'],
  summaries: ['Processing', 'Dashboard'],
} as const satisfies Readonly<Record<string, readonly StackName[]>>;

function streaming(load: Load): Item[] {
  const { shards, onDemand, hours, hoursBegun, stacks } = load;
  const readings = ridingHours(load) * SECONDS_PER_HOUR;
  const summaries = ridingHours(load) * 60;
  const readers = (stream: keyof typeof READERS) =>
    READERS[stream].filter((stack) => stacks.includes(stack)).length;
  // Who writes and who reads asks for the key; into quarantine the aggregation and the functions write.
  const keyed =
    shards.readings * (1 + readers('readings')) +
    shards.summaries * (1 + readers('summaries')) +
    shards.quarantine;
  const key = { price: PRICES.kmsRequest, quantity: keyed * ASSUMPTIONS.keyRequests.value * hours };
  if (!onDemand) {
    return [
      { of: 'readings', price: PRICES.shardHour, quantity: shards.readings * hoursBegun },
      { of: 'summaries', price: PRICES.shardHour, quantity: shards.summaries * hoursBegun },
      { of: 'quarantine', price: PRICES.shardHour, quantity: shards.quarantine * hoursBegun },
      // Any record of the pipeline fits into one unit.
      { of: 'readings', price: PRICES.putPayload, quantity: readings },
      { of: 'summaries', price: PRICES.putPayload, quantity: summaries },
      key,
    ];
  }
  return [
    { of: 'streams', price: PRICES.streamHour, quantity: 3 * hoursBegun },
    { of: 'readings', price: PRICES.streamIn, quantity: (readings * fullKB(SIZES.reading)) / GB },
    { of: 'summaries', price: PRICES.streamIn, quantity: (summaries * fullKB(SIZES.summary)) / GB },
    {
      of: 'readings',
      price: PRICES.streamOut,
      quantity: (readings * SIZES.reading * readers('readings')) / GB,
    },
    {
      of: 'summaries',
      price: PRICES.streamOut,
      quantity: (summaries * SIZES.summary * readers('summaries')) / GB,
    },
    key,
  ];
}

const fullKB = (bytes: number) => Math.ceil(bytes / KB) * KB;

/** Hours that an application is paid for at least: ten minutes. */
const LEAST_FLINK_HOURS = 1 / 6;

/** GB that each KPU has for what runs in it, and is paid for. */
const STORAGE_PER_KPU = 50;

function aggregation({ madeFor, hours }: Load): Item[] {
  const kpus = kpusFor(madeFor);
  const paid = Math.max(hours, LEAST_FLINK_HOURS);
  const snapshots = madeFor * ASSUMPTIONS.snapshotBytes.value * ASSUMPTIONS.snapshots.value;
  const logged = ASSUMPTIONS.flinkLogBytes.value / GB;
  return [
    { of: 'running', price: PRICES.kpuHour, quantity: kpus * paid },
    { of: 'orchestration', price: PRICES.kpuHour, quantity: paid },
    { price: PRICES.flinkStorage, quantity: (kpus * STORAGE_PER_KPU * paid) / MONTH },
    { price: PRICES.flinkBackup, quantity: ((snapshots / GB) * hours) / MONTH },
    { price: PRICES.logIn, quantity: logged * hours },
    { price: PRICES.logStorage, quantity: heldOver(hours, logged, ASSUMPTIONS.logHours.value) / MONTH },
  ];
}

/** Bytes that DynamoDB counts for each item besides its attributes. */
const ITEM_OVERHEAD = 100;

function processing(load: Load): Item[] {
  const { riding, hours } = load;
  const records = riding * 60;
  // The text of a summary has the names and values that its item has, and some more.
  const held = heldOver(hours, (records * (SIZES.summary + ITEM_OVERHEAD)) / GB) / MONTH;
  return [
    ...functionItems(
      {
        manifest: store,
        perHour: callsForSummaries(store, load),
        records,
        work: 'writes',
        metrics: 3,
      },
      load,
    ),
    { price: PRICES.writeUnit, quantity: records * hours },
    { price: PRICES.tableStorage, quantity: held },
    { price: PRICES.tableBackup, quantity: held },
  ];
}

function alerting(load: Load): Item[] {
  const episodes = ridingHours(load) * ASSUMPTIONS.episodes.value;
  const messages = episodes * ASSUMPTIONS.messages.value;
  return [
    ...functionItems(
      {
        manifest: alert,
        perHour: callsForReadings(alert, load),
        records: load.riding * SECONDS_PER_HOUR,
        work: 'reads',
        metrics: 7,
      },
      load,
    ),
    { price: PRICES.writeUnit, quantity: episodes * ASSUMPTIONS.alertWrites.value },
    { price: PRICES.readUnit, quantity: ridingHours(load) * ASSUMPTIONS.restarts.value },
    { price: PRICES.publish, quantity: messages },
    { price: PRICES.email, quantity: messages * ASSUMPTIONS.subscribers.value },
  ];
}

function archive(load: Load): Item[] {
  const { riding, hours } = load;
  const { buffer, functionBuffer } = ARCHIVE_DELIVERY;
  const records = riding * SECONDS_PER_HOUR;
  const bytes = records * SIZES.reading;
  // A buffer goes when it is full, or when its time has come and there is anything in it.
  const times = ({ size, interval }: { readonly size: number; readonly interval: number }) =>
    Math.min(records, Math.max(bytes / (size * MB), SECONDS_PER_HOUR / interval));
  const taken = records * Math.ceil(SIZES.reading / FIREHOSE_STEP) * FIREHOSE_STEP;
  return [
    { price: PRICES.firehose, quantity: (taken / GB) * hours },
    ...functionItems(
      { manifest: archiver, perHour: times(functionBuffer), records, work: 'reads', metrics: 2 },
      load,
    ),
    { price: PRICES.s3Put, quantity: times(buffer) * hours },
    {
      price: PRICES.s3Storage,
      quantity: heldOver(hours, (records * ASSUMPTIONS.archivedBytes.value) / GB) / MONTH,
    },
  ];
}

function search(load: Load): Item[] {
  const { riding, hours, hoursBegun, ownSearch } = load;
  const domain = [
    { price: PRICES.searchNode, quantity: hoursBegun },
    { price: PRICES.searchDisk, quantity: (ASSUMPTIONS.searchDisk.value * hours) / MONTH },
  ];
  return [
    ...(ownSearch ? domain : []),
    ...functionItems(
      {
        of: 'readings',
        manifest: streamIndexer,
        perHour: callsForReadings(streamIndexer, load),
        records: riding * SECONDS_PER_HOUR,
        work: 'writes',
        metrics: 3,
      },
      load,
    ),
    // Lambda reads the changes of a table for nothing: https://aws.amazon.com/dynamodb/pricing/on-demand/
    ...functionItems(
      {
        of: 'table',
        manifest: tableIndexer,
        perHour: callsForSummaries(tableIndexer, load),
        records: riding * 60,
        work: 'writes',
        metrics: 3,
      },
      load,
    ),
  ];
}

function files(load: Load): Item[] {
  // Who does not ride does not upload either.
  const perHour = load.riding > 0 ? ASSUMPTIONS.uploads.value : 0;
  const lines = perHour * ASSUMPTIONS.uploadLines.value;
  return [
    { price: PRICES.s3Put, quantity: perHour * load.hours },
    {
      price: PRICES.s3Storage,
      quantity: heldOver(load.hours, (lines * SIZES.summary) / GB) / MONTH,
    },
    ...functionItems({ manifest: loader, perHour, records: lines, work: 'writes', metrics: 5 }, load),
    { price: PRICES.writeUnit, quantity: lines * load.hours },
  ];
}

/** Read units of an item of up to 4 KB that need not be the newest. */
const LENIENT_READ = 0.5;

function dashboard({ riding, hours }: Load): Item[] {
  const shown = Math.min(riding, ASSUMPTIONS.watched.value);
  return [{ price: PRICES.readUnit, quantity: shown * 60 * LENIENT_READ * hours }];
}

/**
 * Metrics that the alarms on each stack watch, if Observability is deployed with it. An alarm is paid by its metrics, and
 * some compute with several. A test counts them in the templates.
 */
const ALARM_METRICS: Readonly<Record<StackName, number>> = {
  Streaming: 4,
  Aggregation: 10,
  Processing: 8,
  Alerting: 11,
  Archive: 4,
  Search: 15,
  Files: 3,
  Dashboard: 0,
  Observability: 0,
};

/** Of all alarms on these stacks. */
export function alarmMetrics(stacks: readonly StackName[]): number {
  return stacks.reduce((sum, stack) => sum + ALARM_METRICS[stack], 0);
}

function observability({ hoursBegun, stacks }: Load): Item[] {
  return [
    { price: PRICES.alarm, quantity: (alarmMetrics(stacks) * hoursBegun) / MONTH },
    { price: PRICES.dashboard, quantity: (ASSUMPTIONS.dashboards.value * hoursBegun) / MONTH },
  ];
}
