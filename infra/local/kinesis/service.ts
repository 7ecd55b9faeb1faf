import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { KINESIS_LIMITS, LOCAL } from '../../../telemetry/topology.ts';
import type { StreamStatus } from '../control/api.ts';
import type { Service } from '../gateway/service.ts';
import { createJsonService } from '../protocol/json-service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { answerCbor, CBOR_PAYLOADS, speaksCbor } from './cbor.ts';
import { Consumers } from './consumers/consumers.ts';
import { JSON_PAYLOADS } from './consumers/event-stream.ts';
import { Subscriptions } from './consumers/subscriptions.ts';
import { systemTimer, type Timer } from './consumers/timer.ts';
import type { Gate } from './gate.ts';
import type { Context, Operation } from './operation.ts';
import { addTagsToStream } from './operations/add-tags-to-stream.ts';
import { createStream } from './operations/create-stream.ts';
import { decreaseStreamRetentionPeriod } from './operations/decrease-stream-retention-period.ts';
import { deleteStream } from './operations/delete-stream.ts';
import { deregisterStreamConsumer } from './operations/deregister-stream-consumer.ts';
import { describeAccountSettings } from './operations/describe-account-settings.ts';
import { describeLimits } from './operations/describe-limits.ts';
import { describeStream } from './operations/describe-stream.ts';
import { describeStreamConsumer } from './operations/describe-stream-consumer.ts';
import { describeStreamSummary } from './operations/describe-stream-summary.ts';
import { disableEnhancedMonitoring } from './operations/disable-enhanced-monitoring.ts';
import { enableEnhancedMonitoring } from './operations/enable-enhanced-monitoring.ts';
import { getRecords } from './operations/get-records.ts';
import { getShardIterator } from './operations/get-shard-iterator.ts';
import { increaseStreamRetentionPeriod } from './operations/increase-stream-retention-period.ts';
import { listShards } from './operations/list-shards.ts';
import { listStreamConsumers } from './operations/list-stream-consumers.ts';
import { listStreams } from './operations/list-streams.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { listTagsForStream } from './operations/list-tags-for-stream.ts';
import { mergeShards } from './operations/merge-shards.ts';
import { putRecord } from './operations/put-record.ts';
import { putRecords } from './operations/put-records.ts';
import { registerStreamConsumer } from './operations/register-stream-consumer.ts';
import { removeTagsFromStream } from './operations/remove-tags-from-stream.ts';
import { splitShard } from './operations/split-shard.ts';
import { startStreamEncryption } from './operations/start-stream-encryption.ts';
import { stopStreamEncryption } from './operations/stop-stream-encryption.ts';
import { subscribeToShard } from './operations/subscribe-to-shard.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateMaxRecordSize } from './operations/update-max-record-size.ts';
import { updateShardCount } from './operations/update-shard-count.ts';
import { updateStreamMode } from './operations/update-stream-mode.ts';
import { ShardLimits } from './shard-limits.ts';
import type { KinesisStream } from './source.ts';
import type { WriteAt } from './store/record-log.ts';
import { Streams } from './store/streams.ts';
import { Tokens } from './tokens.ts';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AddTagsToStream', addTagsToStream],
  ['CreateStream', createStream],
  ['DecreaseStreamRetentionPeriod', decreaseStreamRetentionPeriod],
  ['DeleteStream', deleteStream],
  ['DeregisterStreamConsumer', deregisterStreamConsumer],
  ['DescribeAccountSettings', describeAccountSettings],
  ['DescribeLimits', describeLimits],
  ['DescribeStream', describeStream],
  ['DescribeStreamConsumer', describeStreamConsumer],
  ['DescribeStreamSummary', describeStreamSummary],
  ['DisableEnhancedMonitoring', disableEnhancedMonitoring],
  ['EnableEnhancedMonitoring', enableEnhancedMonitoring],
  ['GetRecords', getRecords],
  ['GetShardIterator', getShardIterator],
  ['IncreaseStreamRetentionPeriod', increaseStreamRetentionPeriod],
  ['ListShards', listShards],
  ['ListStreamConsumers', listStreamConsumers],
  ['ListStreams', listStreams],
  ['ListTagsForResource', listTagsForResource],
  ['ListTagsForStream', listTagsForStream],
  ['MergeShards', mergeShards],
  ['PutRecord', putRecord],
  ['PutRecords', putRecords],
  ['RegisterStreamConsumer', registerStreamConsumer],
  ['SplitShard', splitShard],
  ['SubscribeToShard', subscribeToShard],
  ['RemoveTagsFromStream', removeTagsFromStream],
  ['StartStreamEncryption', startStreamEncryption],
  ['StopStreamEncryption', stopStreamEncryption],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['UpdateMaxRecordSize', updateMaxRecordSize],
  ['UpdateShardCount', updateShardCount],
  ['UpdateStreamMode', updateStreamMode],
]);

/** A full PutRecords request: 10 MiB in base64, with its keys and its punctuation. */
const MAX_BODY = 16 * 1024 * 1024;

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
  /** How subscriptions wait; the system's timer unless a test moves time by hand. */
  readonly timer?: Timer | undefined;
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
  /** SubscribeToShard calls whose events have not ended. */
  readonly openSubscriptions: number;
  /** Ends them, and those that are begun from now on, so that a gateway that lets answers finish can close. */
  endSubscriptions(): void;
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
  const consumers = Consumers.open({
    file: join(folder.path, 'consumers.json'),
    now: () => clock.now(),
    log,
  });
  const streams = Streams.open(folder.path, {
    now: () => clock.now(),
    log,
    write: options.write ?? writeSync,
    segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024,
    tailBytes: options.tailBytes ?? 4 * 1024 * 1024,
  });
  consumers.keepOnlyThoseOf(streams);
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
  const subscriptions = new Subscriptions({
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    timer: options.timer ?? systemTimer,
    limited: () => limits !== undefined,
    log,
  });
  const common = {
    streams,
    tokens,
    consumers,
    subscriptions,
    accountId: LOCAL.accountId,
    now: () => clock.now(),
    log,
  };
  const service = createJsonService<Context>({
    title: 'Kinesis Data Streams',
    signingName: 'kinesis',
    targetPrefixes: ['Kinesis_20131202'],
    version: '1.1',
    maxBody: MAX_BODY,
    operations: OPERATIONS,
    context: (request) => ({
      ...common,
      region: request.region,
      gate,
      payloads: speaksCbor(request) ? CBOR_PAYLOADS : JSON_PAYLOADS,
    }),
    log,
  });
  return {
    ...service,
    handle: (request) =>
      speaksCbor(request) ? answerCbor(request, service.handle) : service.handle(request),
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
    get openSubscriptions() {
      return subscriptions.size;
    },
    endSubscriptions: () => subscriptions.endAll(),
    onStream: (listener) => streams.onStream(listener),
    async close() {
      subscriptions.endAll();
      await streams.close();
      folder.remove();
    },
  };
}
