import { invalidArgument } from '../errors.ts';
import { operation, SHARD_ID, STREAM } from '../operation.ts';
import { shardsToClose } from '../resharding.ts';

/**
 * Closes two shards whose hash keys follow one another, and opens one with the hash keys of both in their place.
 * AWS takes them in one order only: AdjacentShardToMerge is the one with the higher keys.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html
 */
export const mergeShards = operation(
  {
    ShardToMerge: { ...SHARD_ID, required: true },
    AdjacentShardToMerge: { ...SHARD_ID, required: true },
    ...STREAM,
  },
  (input, context) => {
    const given = [input.ShardToMerge, input.AdjacentShardToMerge] as const;
    const { stream, shards } = shardsToClose(input, given, context);
    const [lower, upper] = shards;
    if (BigInt(lower.metadata.endingHashKey) + 1n !== BigInt(upper.metadata.startingHashKey)) {
      throw invalidArgument(
        `Shards ${lower.shardId} and ${upper.shardId} in stream ${stream.streamName} under account ` +
          `${context.accountId} are not an adjacent pair of shards eligible for merging`,
      );
    }
    const range = {
      start: BigInt(lower.metadata.startingHashKey),
      end: BigInt(upper.metadata.endingHashKey),
    };
    stream.reshard(shards, [range]);
    return undefined;
  },
);
