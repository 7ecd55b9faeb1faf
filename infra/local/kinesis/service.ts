import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Clock } from '../../../telemetry/clock.ts';
import { KINESIS_LIMITS, LOCAL } from '../../../telemetry/topology.ts';
import type { StreamStatus } from '../control/api.ts';
import type { Service } from '../gateway/service.ts';
import { createJsonService } from '../protocol/json-service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { refuseCbor } from './cbor.ts';
import type { Gate } from './gate.ts';
import type { Context, Operation } from './operation.ts';
import { createStream } from './operations/create-stream.ts';
import { deleteStream } from './operations/delete-stream.ts';
import { describeStream } from './operations/describe-stream.ts';
import { describeStreamSummary } from './operations/describe-stream-summary.ts';
import { getRecords } from './operations/get-records.ts';
import { getShardIterator } from './operations/get-shard-iterator.ts';
import { listShards } from './operations/list-shards.ts';
import { listStreams } from './operations/list-streams.ts';
import { mergeShards } from './operations/merge-shards.ts';
import { putRecord } from './operations/put-record.ts';
import { putRecords } from './operations/put-records.ts';
import { splitShard } from './operations/split-shard.ts';
import { ShardLimits } from './shard-limits.ts';
import type { KinesisStream } from './source.ts';
import type { WriteAt } from './store/record-log.ts';
import { Streams } from './store/streams.ts';
import { Tokens } from './tokens.ts';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateStream', createStream],
  ['DeleteStream', deleteStream],
  ['DescribeStream', describeStream],
  ['DescribeStreamSummary', describeStreamSummary],
  ['GetRecords', getRecords],
  ['GetShardIterator', getShardIterator],
  ['ListShards', listShards],
  ['ListStreams', listStreams],
  ['MergeShards', mergeShards],
  ['PutRecord', putRecord],
  ['PutRecords', putRecords],
  ['SplitShard', splitShard],
]);

/** A full PutRecords request: 10 MiB in base64, with its keys and its punctuation. */
const MAX_BODY = 16 * 1024 * 1024;

const CBOR_TYPE = 'application/x-amz-cbor-1.1';

export interface KinesisOptions {
  /** Where streams are kept; null for a temporary folder that is removed at close. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly log?: ((line: string) => void) | undefined;
  /** Bytes after which a shard's log goes on in another file: the step in which expired records leave the disk. Default 64 MiB. */
  readonly segmentBytes?: number | undefined;
  /** Bytes of a shard's newest records that are kept in memory as well. Default 4 MiB. */
  readonly tailBytes?: number | undefined;
  /** How a batch is written; the system's write unless a test has it fail. */
  readonly write?: WriteAt | undefined;
}

export interface KinesisService extends Service {
  /** By name. */
  streams(): StreamStatus[];
  stream(streamName: string): KinesisStream | undefined;
  /** True while what a shard takes and gives in a second is limited as on AWS; see shard-limits.ts. */
  readonly enforcesLimits: boolean;
  /** Begins to enforce those limits, or ends it, from the next request on. */
  enforceLimits(enforce: boolean): void;
  /** Puts another gate before the limits, from the next request on; undefined takes it away. */
  setGate(gate: ((limits: Gate | undefined) => Gate) | undefined): void;
  /** Name of the stream of a shard iterator, good or expired; undefined if it is none of this cloud. */
  streamOfIterator(iterator: string): string | undefined;
  /** Called with a stream's name soon after it was created or deleted. Returns how to stop listening. */
  onStream(listener: (streamName: string) => void): () => void;
  close(): Promise<void>;
}

/**
 * The local Kinesis Data Streams, with the streams that its folder holds.
 *
 * @throws WildRydesError STATE_CORRUPT if a stream is damaged, naming the file and the offset; STATE_UNUSABLE if the
 * folder cannot be used
 */
export async function createKinesis(options: KinesisOptions): Promise<KinesisService> {
  const { clock, log = () => {} } = options;
  const folder = folderOrTemporary(options.folder);
  const streams = Streams.open(folder.path, {
    now: () => clock.now(),
    log,
    write: options.write ?? writeSync,
    segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024,
    tailBytes: options.tailBytes ?? 4 * 1024 * 1024,
  });
  const tokens = new Tokens({
    process: randomUUID(),
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    lifetime: KINESIS_LIMITS.iteratorLifetime,
  });
  let limits: ShardLimits | undefined;
  let outer: ((limits: Gate | undefined) => Gate) | undefined;
  let gate: Gate | undefined;
  const closeRanks = () => {
    gate = outer === undefined ? limits : outer(limits);
  };
  const common = { streams, tokens, accountId: LOCAL.accountId, now: () => clock.now(), log };
  const service = createJsonService<Context>({
    title: 'Kinesis Data Streams',
    signingName: 'kinesis',
    targetPrefixes: ['Kinesis_20131202'],
    version: '1.1',
    maxBody: MAX_BODY,
    operations: OPERATIONS,
    context: ({ region }) => ({ ...common, region, gate }),
    before: ({ headers }) => (headers['content-type']?.startsWith(CBOR_TYPE) ? refuseCbor() : undefined),
    log,
  });
  return {
    ...service,
    streams: () => streams.all().map(({ status }) => status),
    stream: (streamName) => streams.get(streamName),
    get enforcesLimits() {
      return limits !== undefined;
    },
    enforceLimits(enforce) {
      limits = enforce ? (limits ?? new ShardLimits(() => clock.monotonic())) : undefined;
      closeRanks();
    },
    setGate(given) {
      outer = given;
      closeRanks();
    },
    streamOfIterator: (iterator) => tokens.read('iterator', iterator)?.fields[0],
    onStream: (listener) => streams.onStream(listener),
    async close() {
      await streams.close();
      folder.remove();
    },
  };
}
