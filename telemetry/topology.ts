/**
 * Names and limits of the pipeline, once: the stages, the local cloud, the CDK app and the docs all read them here.
 */

export const STREAMS = {
  readings: 'wildrydes',
  summaries: 'wildrydes-aggregated',
  quarantine: 'wildrydes-quarantine',
} as const;

/** Shards that each stream is created with. */
export const SHARD_COUNT = 1;

export const TABLES = {
  summaries: {
    name: 'UnicornSensorData',
    partitionKey: 'Name',
    sortKey: 'StatusTime',
  },
  alerts: {
    name: 'UnicornAlerts',
    partitionKey: 'Name',
    sortKey: undefined,
  },
} as const;

export const TOPICS = {
  alerts: 'wildrydes-alerts',
} as const;

/** Names of buckets in the local cloud; on AWS, where they must be unique, account and region follow. */
export const BUCKETS = {
  archive: 'wildrydes-archive',
  uploads: 'wildrydes-uploads',
  quarantine: 'wildrydes-quarantine',
} as const;

export const DELIVERY_STREAMS = {
  archive: 'wildrydes-archive',
} as const;

export const FUNCTIONS = {
  streamProcessor: 'WildRydesStreamProcessor',
  lowMagicAlert: 'WildRydesLowMagicAlert',
  eventLogger: 'WildRydesEventLogger',
  fileLoader: 'WildRydesFileLoader',
  archiver: 'WildRydesArchiver',
  streamIndexer: 'WildRydesStreamIndexer',
  tableIndexer: 'WildRydesTableIndexer',
  logIndexer: 'WildRydesLogIndexer',
} as const;

/** Event time: how readings become summaries. Milliseconds. */
export const WINDOW = {
  /** Length of a tumbling window. */
  size: 60_000,
  /** How far behind its shard's newest reading another may come and still count. */
  lateness: 5_000,
  /** A shard read to its tip and silent this long follows the runner's clock. */
  idle: 30_000,
  /** A reading further than this ahead of its arrival is quarantined. */
  future: 300_000,
} as const;

/** Magic points: an episode opens below `fire` and ends at `recover` or more. */
export const LOW_MAGIC = {
  fire: 50,
  recover: 55,
} as const;

/** Where every classic ride starts: Manhattan. Degrees. */
export const RIDE_START = {
  latitude: 40.749167,
  longitude: -73.985184,
} as const;

export const DEFAULT_UNICORN = 'Shadowfax';

export const LOCAL = {
  /** Port of the local cloud, on both loopback addresses. */
  port: 4566,
  region: 'us-east-1',
  accountId: '000000000000',
  /** Folder of its state, in the project's root. */
  state: '.wildrydes',
} as const;

/**
 * Limits of Kinesis Data Streams.
 * Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html,
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html and
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export const KINESIS_LIMITS = {
  recordsPerPut: 500,
  /** Bytes of data and partition keys in one PutRecords request: 10 MiB. */
  bytesPerPut: 10 * 1024 * 1024,
  /** Bytes of one record's data and partition key, unless UpdateMaxRecordSize raised it: 1 MiB. */
  bytesPerRecord: 1024 * 1024,
  /** Unicode characters of a partition key. */
  partitionKeyLength: 256,
  recordsPerGet: 10_000,
  /** Bytes of one GetRecords answer: 10 MiB. */
  bytesPerGet: 10 * 1024 * 1024,
  /** What one shard takes and gives in a second; bytes are of data and partition keys, reads are GetRecords calls. */
  perSecond: { records: 1_000, bytesWritten: 1024 * 1024, reads: 5, bytesRead: 2 * 1024 * 1024 },
  iteratorLifetime: 300_000,
  /** Hours. */
  retention: { least: 24, most: 8_760 },
} as const;
