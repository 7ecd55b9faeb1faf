/** A figure that is not known but taken to be so, and why. */
export interface Assumption {
  readonly value: number;
  /** What it is a figure of, with its unit. */
  readonly what: string;
  readonly why: string;
}

/** Every figure of the estimate that is neither a price, nor a limit of AWS, nor a measured size: here and nowhere else. */
export const ASSUMPTIONS = {
  shardFill: {
    value: 0.8,
    what: 'of a shard is used where there are several',
    why: 'partition keys do not fall evenly: of 100 shards filled to the brim, half would refuse records',
  },
  onDemandShards: {
    value: 4,
    what: 'shards that an on-demand stream has at least',
    why: 'a new one takes 4,000 records a second; its shards cost nothing, but each is polled',
  },
  keyRequests: {
    value: 12,
    what: 'requests an hour to KMS for each shard and each that writes or reads it',
    why: 'Kinesis asks for its key every five minutes for each credential (docs.aws.amazon.com/streams/latest/dev/costs-performance.html); that each shard does so is taken to be on the safe side',
  },
  readingsPerKpu: {
    value: 50_000,
    what: 'readings a second for each KPU',
    why: 'the job was measured at 100,000 on one core (aggregation/README.md); half of it is left for catching up after a stop',
  },
  snapshotBytes: {
    value: 5_000,
    what: 'bytes of a snapshot for each unicorn',
    why: 'two open minutes of instants, its books, and what Flink keeps about each; an order of magnitude',
  },
  snapshots: {
    value: 10,
    what: 'snapshots that are there at a time',
    why: 'each stop and each update leaves one, and nobody deletes them',
  },
  flinkLogBytes: {
    value: 1_000_000,
    what: 'bytes an hour that the Flink application logs',
    why: 'its log level is INFO: a few lines a checkpoint; an order of magnitude',
  },
  pollsPerSecond: {
    value: 1,
    what: 'poll a second of each shard, each a call if there is anything',
    why: 'the base rate of Lambda; a fleet sends in every second (docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html)',
  },
  summaryPolls: {
    value: 2,
    what: 'polls of a shard that find summaries of one minute, besides full batches',
    why: 'the aggregation sends a minute of all unicorns at once, at its checkpoint',
  },
  callMilliseconds: {
    value: 20,
    what: 'ms that any call takes',
    why: 'a warm call of a function with 256 MB, with what it says on its log',
  },
  readMilliseconds: {
    value: 0.05,
    what: 'ms for each record that is only read',
    why: 'a core decodes a reading and its envelope in about 7 microseconds, and 256 MB are a seventh of a core',
  },
  writeMilliseconds: {
    value: 0.5,
    what: 'ms for each record that is written to a table or an index',
    why: 'a request of 25 items takes DynamoDB about 10 ms, and a bulk request of 500 the search about 250',
  },
  logBytes: {
    value: 900,
    what: 'bytes that a call logs',
    why: 'start, report and the metrics (309 bytes, measured) with what CloudWatch adds to each line; nothing goes wrong',
  },
  logHours: {
    value: 168,
    what: 'hours that logs are kept',
    why: 'seven days, unless the deployment says otherwise',
  },
  episodes: {
    value: 0.02,
    what: 'times an hour that a unicorn runs low',
    why: 'the scenario classic: 2% of rides of an hour; with low-magic it is 12',
  },
  messages: {
    value: 3,
    what: 'messages for each such time',
    why: 'that it began, that it lasts, that it is over',
  },
  alertWrites: {
    value: 6,
    what: 'writes to the table of alerts for each such time',
    why: 'each message is written down before it is published, and noted as told afterwards',
  },
  subscribers: {
    value: 1,
    what: 'address that gets the alerts by mail',
    why: 'that of whoever deploys',
  },
  restarts: {
    value: 1,
    what: 'time an hour that the alerts look up each unicorn in the table',
    why: 'Lambda replaces its environments every few hours, and each begins without a memory',
  },
  archivedBytes: {
    value: 25,
    what: 'bytes that a reading takes in the archive',
    why: 'with its date parts and compressed: an eighth to a tenth, measured on a fleet of 1,000',
  },
  searchDisk: {
    value: 10,
    what: 'GB of disk of the search domain',
    why: "what AWS's own construct gives a node; enough for some ten million small records",
  },
  searchPerSecond: {
    value: 500,
    what: 'records a second that a t3.small.search takes',
    why: 'it has two cores that are shared, and 2 GB; an order of magnitude, and more than that is told',
  },
  indexedBytes: {
    value: 300,
    what: 'bytes that a record takes in the index',
    why: 'its text, its inverted index, and what merging needs; an order of magnitude, and a full disk is told',
  },
  uploads: { value: 1, what: 'file an hour that is uploaded', why: 'somebody tries it out' },
  uploadLines: {
    value: 1_000,
    what: 'lines of each file',
    why: "somewhat less than the minutes of a unicorn's day",
  },
  watched: {
    value: 100,
    what: 'unicorns whose new minute the live page asks for, each minute',
    why: 'one page is open, and shows no more than that; streams are read for nothing',
  },
  dashboards: { value: 1, what: 'dashboard in CloudWatch', why: 'one of the whole pipeline' },
} as const satisfies Readonly<Record<string, Assumption>>;
