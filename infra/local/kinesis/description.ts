import type { Rule } from '../protocol/validation.ts';
import { shardIdOf } from './sequence-number.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

/** How the API writes streams and shards. Times are seconds since the epoch there. */

/** Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Shard.html */
export function describeShard(shard: StoredShard): object {
  const { metadata, endingSequenceNumber } = shard;
  const [parent, adjacent] = metadata.parents;
  return {
    ShardId: shard.shardId,
    ...(parent === undefined ? {} : { ParentShardId: shardIdOf(parent) }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: shardIdOf(adjacent) }),
    HashKeyRange: {
      StartingHashKey: metadata.startingHashKey,
      EndingHashKey: metadata.endingHashKey,
    },
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(endingSequenceNumber === undefined ? {} : { EndingSequenceNumber: endingSequenceNumber }),
    },
  };
}

/** Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ChildShard.html */
export function describeChild(shard: StoredShard): object {
  return {
    ShardId: shard.shardId,
    ParentShards: shard.parents,
    HashKeyRange: {
      StartingHashKey: shard.metadata.startingHashKey,
      EndingHashKey: shard.metadata.endingHashKey,
    },
  };
}

/** What every description of a stream begins with. A stream is ACTIVE from its creation to its deletion. */
export function describeStream(stream: StoredStream): object {
  return {
    StreamName: stream.streamName,
    StreamARN: stream.streamArn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: stream.mode },
    StreamCreationTimestamp: stream.createdAt / 1000,
  };
}

/** What DescribeStream and DescribeStreamSummary add. */
export function describeSettings({ retentionHours, settings }: StoredStream): object {
  return {
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: settings.shardLevelMetrics }],
    ...(settings.keyId === null
      ? { EncryptionType: 'NONE' }
      : { EncryptionType: 'KMS', KeyId: settings.keyId }),
  };
}

/** Of one record, its data and partition key together; KiB. */
export const MAX_RECORD_SIZE = { type: 'Integer', min: 1024, max: 10_240 } as const satisfies Rule;
