import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { MAX_RECORD_SIZE_KIB } from '../description.ts';
import { invalidArgument, KinesisError } from '../errors.ts';
import { operation, STREAM_NAME } from '../operation.ts';

/** Shards of a stream that is created on demand. */
const ON_DEMAND_SHARDS = 4;

/** Shards that an account may have open: AWS's default in its smaller regions. */
const SHARD_LIMIT = 500;

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
  (input, { streams, accountId, region }) => {
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
    const open = streams.all().reduce((sum, stream) => sum + stream.openShards.length, 0);
    if (open + shardCount > SHARD_LIMIT) {
      throw new KinesisError(
        'LimitExceededException',
        `This request would exceed the shard limit for the account ${accountId} in ${region}. ` +
          `Current shard count for the account: ${open}. Limit: ${SHARD_LIMIT}. ` +
          `Number of additional shards that would have resulted from this request: ${shardCount}.`,
      );
    }
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
