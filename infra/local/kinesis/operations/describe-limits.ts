import { ON_DEMAND_LIMIT, onDemandStreams } from '../capacity-mode.ts';
import { operation } from '../operation.ts';
import { openShards, SHARD_LIMIT } from '../resharding.ts';

/**
 * How many shards and streams on demand there are, and how many there may be.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html
 */
export const describeLimits = operation(
  {},
  (_input, context) => ({
    ShardLimit: SHARD_LIMIT,
    OpenShardCount: openShards(context),
    OnDemandStreamCount: onDemandStreams(context),
    OnDemandStreamCountLimit: ON_DEMAND_LIMIT,
  }),
  'The shard limit is 500, and the shards of streams on demand count too.',
);
