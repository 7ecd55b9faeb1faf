import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { MAX_RECORD_SIZE_KIB } from '../description.ts';
import { invalidArgument, KinesisError } from '../errors.ts';
import { operation, STREAM_NAME } from '../operation.ts';
import { insistOnRoomForShards } from '../resharding.ts';

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
    StreamModeDetails: {
      type: 'Structure',
      members: { StreamMode: { type: 'String', required: true, oneOf: ['ON_DEMAND', 'PROVISIONED'] } },
    },
    Tags: { type: 'Map', max: 50 },
    MaxRecordSizeInKiB: { type: 'Integer', min: 1024, max: 10_240 },
  },
  (input, context) => {
    const { streams, accountId, region } = context;
    const { StreamName, MaxRecordSizeInKiB } = input;
    const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
    if (mode === 'ON_DEMAND' && input.ShardCount !== undefined) {
      throw invalidArgument('ShardCount must not be given for a stream in ON_DEMAND mode.');
    }
    if (MaxRecordSizeInKiB !== undefined && MaxRecordSizeInKiB !== MAX_RECORD_SIZE_KIB) {
      throw invalidArgument(
        `The local Kinesis keeps records up to ${MAX_RECORD_SIZE_KIB} KiB (given MaxRecordSizeInKiB ${MaxRecordSizeInKiB}).`,
      );
    }
    if (streams.get(StreamName) !== undefined) {
      throw new KinesisError(
        'ResourceInUseException',
        `Stream ${StreamName} under account ${accountId} already exists.`,
      );
    }
    const shardCount = input.ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1);
    insistOnRoomForShards(shardCount, context);
    streams.create({
      streamName: StreamName,
      region,
      mode,
      shardCount,
      retentionHours: KINESIS_LIMITS.retention.least,
    });
    return undefined;
  },
);
