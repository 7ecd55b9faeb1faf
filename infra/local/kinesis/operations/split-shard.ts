import { invalidArgument } from '../errors.ts';
import { operation, SHARD_ID, STREAM } from '../operation.ts';
import { EXPLICIT_HASH_KEY } from '../placement.ts';
import { insistOnRoomForShards, shardsToClose } from '../resharding.ts';

/**
 * Closes a shard and opens two in its place: one with the hash keys from NewStartingHashKey on, one with those below.
 * Neither may get fewer than two: AWS takes a NewStartingHashKey from two above the shard's first to one below its last.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
 */
export const splitShard = operation(
  {
    NewStartingHashKey: { ...EXPLICIT_HASH_KEY, required: true },
    ...STREAM,
    ShardToSplit: { ...SHARD_ID, required: true },
  },
  (input, context) => {
    const { stream, shards } = shardsToClose(input, [input.ShardToSplit], context);
    insistOnRoomForShards(1, context);
    const [shard] = shards;
    const start = BigInt(shard.metadata.startingHashKey);
    const end = BigInt(shard.metadata.endingHashKey);
    const middle = BigInt(input.NewStartingHashKey);
    if (middle <= start + 1n || middle >= end) {
      throw invalidArgument(
        `NewStartingHashKey ${middle} used in SplitShard() on shard ${shard.shardId} in stream ${stream.streamName} ` +
          `under account ${context.accountId} is not both greater than one plus the shard's StartingHashKey ${start} ` +
          `and less than the shard's EndingHashKey ${end}.`,
      );
    }
    stream.reshard(shards, [
      { start, end: middle - 1n },
      { start: middle, end },
    ]);
    return undefined;
  },
);
