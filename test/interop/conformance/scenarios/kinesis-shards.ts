import { expect } from 'vitest';
import { answers, from, refuses, type Scenario } from '../scenario.ts';

const STREAM = { StreamName: 'shards' };
const FIRST = 'shardId-000000000000';
const MIDDLE = '170141183460469231731687303715884105728';

/** Shards: how they are listed, split, merged and scaled. */
export const KINESIS_SHARDS: readonly Scenario[] = [
  {
    title: 'a shard is split, its children merged, and a closed shard ends',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      answers(
        'kinesis.GetShardIterator',
        { ...STREAM, ShardId: FIRST, ShardIteratorType: 'TRIM_HORIZON' },
        {},
        { as: 'parent', eventually: true },
      ),
      answers('kinesis.SplitShard', { ...STREAM, ShardToSplit: FIRST, NewStartingHashKey: MIDDLE }),
      answers(
        'kinesis.ListShards',
        STREAM,
        {
          Shards: [
            { ShardId: FIRST, SequenceNumberRange: { EndingSequenceNumber: expect.any(String) } },
            { ShardId: 'shardId-000000000001', ParentShardId: FIRST },
            {
              ShardId: 'shardId-000000000002',
              ParentShardId: FIRST,
              HashKeyRange: { StartingHashKey: MIDDLE },
            },
          ],
        },
        { eventually: true },
      ),
      answers(
        'kinesis.GetRecords',
        { ShardIterator: from('parent.ShardIterator') },
        {
          Records: [],
          ChildShards: [
            { ShardId: 'shardId-000000000001', ParentShards: [FIRST] },
            { ShardId: 'shardId-000000000002', ParentShards: [FIRST] },
          ],
        },
      ),
      answers('kinesis.MergeShards', {
        ...STREAM,
        ShardToMerge: 'shardId-000000000001',
        AdjacentShardToMerge: 'shardId-000000000002',
      }),
      answers(
        'kinesis.ListShards',
        { ...STREAM, ShardFilter: { Type: 'AT_LATEST' } },
        {
          Shards: [
            {
              ShardId: 'shardId-000000000003',
              ParentShardId: 'shardId-000000000001',
              AdjacentParentShardId: 'shardId-000000000002',
            },
          ],
        },
        { eventually: true },
      ),
      answers('kinesis.ListShards', { ...STREAM, MaxResults: 3 }, { Shards: [{}, {}, {}] }, { as: 'page' }),
      answers(
        'kinesis.ListShards',
        { NextToken: from('page.NextToken') },
        { Shards: [{ ShardId: 'shardId-000000000003' }] },
      ),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
  {
    title: 'a stream is scaled up and down',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 2 }),
      answers(
        'kinesis.UpdateShardCount',
        { ...STREAM, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' },
        { StreamName: 'shards', CurrentShardCount: 2, TargetShardCount: 4, StreamARN: expect.any(String) },
        { eventually: true },
      ),
      answers(
        'kinesis.DescribeStreamSummary',
        STREAM,
        { StreamDescriptionSummary: { OpenShardCount: 4, StreamStatus: 'ACTIVE' } },
        { eventually: true },
      ),
      answers(
        'kinesis.UpdateShardCount',
        { ...STREAM, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' },
        { CurrentShardCount: 4, TargetShardCount: 3 },
      ),
      answers(
        'kinesis.DescribeStreamSummary',
        STREAM,
        { StreamDescriptionSummary: { OpenShardCount: 3, StreamStatus: 'ACTIVE' } },
        { eventually: true },
      ),
      refuses(
        'kinesis.UpdateShardCount',
        { ...STREAM, TargetShardCount: 7, ScalingType: 'UNIFORM_SCALING' },
        'LimitExceededException',
        /cannot scale up over double your current open shard count/,
      ),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
  {
    title: 'what cannot be resharded is told',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 3 }),
      refuses(
        'kinesis.SplitShard',
        { ...STREAM, ShardToSplit: FIRST, NewStartingHashKey: '1' },
        'InvalidArgumentException',
        /^NewStartingHashKey 1 used in SplitShard\(\) on shard shardId-000000000000 in stream shards /,
      ),
      refuses(
        'kinesis.SplitShard',
        { ...STREAM, ShardToSplit: 'shardId-000000000009', NewStartingHashKey: MIDDLE },
        'ResourceNotFoundException',
        /^Could not find shard shardId-000000000009 in stream shards /,
      ),
      refuses(
        'kinesis.MergeShards',
        { ...STREAM, ShardToMerge: FIRST, AdjacentShardToMerge: 'shardId-000000000002' },
        'InvalidArgumentException',
        /./,
      ),
      refuses(
        'kinesis.ListShards',
        { StreamName: 'nowhere' },
        'ResourceNotFoundException',
        /^Stream nowhere under account \d{12} not found\.$/,
      ),
      refuses(
        'kinesis.UpdateShardCount',
        { StreamName: 'nowhere', TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' },
        'ResourceNotFoundException',
        /nowhere/,
      ),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
];
