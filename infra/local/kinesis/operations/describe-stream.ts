import { describeStream as describe, describeSettings, describeShard } from '../description.ts';
import { namedStream, operation, SHARD_ID, STREAM } from '../operation.ts';

/** Shards in an answer, unless Limit says otherwise. */
const DEFAULT_LIMIT = 100;

/**
 * A stream with its shards, in the order of their ids.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html
 */
export const describeStream = operation(
  {
    Limit: { type: 'Integer', min: 1, max: 10_000 },
    ExclusiveStartShardId: SHARD_ID,
    ...STREAM,
  },
  (input, context) => {
    const stream = namedStream(input, context);
    stream.trim();
    const after = input.ExclusiveStartShardId ?? '';
    const shards = stream.shards.filter((shard) => shard.shardId > after);
    const page = shards.slice(0, input.Limit ?? DEFAULT_LIMIT);
    return {
      StreamDescription: {
        ...describe(stream),
        Shards: page.map(describeShard),
        HasMoreShards: page.length < shards.length,
        KeyId: null,
        ...describeSettings(stream),
      },
    };
  },
);
