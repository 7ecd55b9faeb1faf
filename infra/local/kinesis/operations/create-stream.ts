import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import {
  insistOnRoomForOnDemand,
  refuseWarmThroughput,
  STREAM_MODE_DETAILS,
  WARM_THROUGHPUT,
} from '../capacity-mode.ts';
import { MAX_RECORD_SIZE } from '../description.ts';
import { invalidArgument, KinesisError } from '../errors.ts';
import { operation, STREAM_NAME } from '../operation.ts';
import { insistOnRoomForShards } from '../resharding.ts';
import type { StreamMode } from '../store/metadata.ts';
import { TAGS, withTags } from '../tags.ts';

/** Shards of a stream that is created on demand. */
const ON_DEMAND_SHARDS = 4;

/**
 * Makes a stream, ACTIVE at once. One shard unless ShardCount says otherwise, four if on demand.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
 */
export const createStream = operation(
  {
    ShardCount: { type: 'Integer', min: 1 },
    StreamName: { ...STREAM_NAME, required: true },
    StreamModeDetails: STREAM_MODE_DETAILS,
    Tags: TAGS,
    WarmThroughputMiBps: WARM_THROUGHPUT,
    MaxRecordSizeInKiB: MAX_RECORD_SIZE,
    RecordDistributionStrategy: { type: 'String', oneOf: ['AUTO', 'USER_PARTITION_KEY'] },
  },
  (input, context) => {
    const { streams, accountId, region } = context;
    const { StreamName, MaxRecordSizeInKiB } = input;
    const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
    if (mode === 'ON_DEMAND' && input.ShardCount !== undefined) {
      throw invalidArgument('ShardCount must not be given for a stream in ON_DEMAND mode.');
    }
    refuseWarmThroughput(input.WarmThroughputMiBps);
    refuseStrategy(input.RecordDistributionStrategy, mode);
    const title = `${StreamName} under account ${accountId}`;
    const tags = withTags([], input.Tags ?? {}, { kind: 'stream', title });
    if (streams.get(StreamName) !== undefined) {
      throw new KinesisError('ResourceInUseException', `Stream ${title} already exists.`);
    }
    const shardCount = input.ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1);
    insistOnRoomForShards(shardCount, context);
    if (mode === 'ON_DEMAND') insistOnRoomForOnDemand(context);
    streams.create({
      streamName: StreamName,
      region,
      mode,
      shardCount,
      retentionHours: KINESIS_LIMITS.retention.least,
      settings: {
        tags,
        ...(MaxRecordSizeInKiB === undefined ? {} : { maxRecordSizeInKiB: MaxRecordSizeInKiB }),
      },
    });
    return undefined;
  },
  'The stream is ACTIVE at once. ShardCount defaults to 1 in provisioned mode too, where AWS insists on it. A stream on ' +
    'demand has four shards and never gets more. WarmThroughputMiBps and the record distribution strategy AUTO are refused.',
);

/** @throws KinesisError InvalidArgumentException for what is not offered, or not for a stream in this mode */
function refuseStrategy(strategy: 'AUTO' | 'USER_PARTITION_KEY' | undefined, mode: StreamMode): void {
  if (strategy !== undefined && mode !== 'ON_DEMAND') {
    throw invalidArgument(
      `RecordDistributionStrategy is for streams in ON_DEMAND mode (given ${strategy} in ${mode} mode).`,
    );
  }
  if (strategy === 'AUTO') {
    throw invalidArgument('The local Kinesis distributes records by USER_PARTITION_KEY only (given AUTO).');
  }
}
