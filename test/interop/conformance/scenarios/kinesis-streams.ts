import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario } from '../scenario.ts';

const NAMED = { StreamName: 'made' };
const GONE = /^Stream made under account \d{12} not found\.$/;

/** Streams: how they are made, found and deleted. */
export const KINESIS_STREAMS: readonly Scenario[] = [
  {
    title: 'a stream is made, described and deleted',
    steps: [
      answers('kinesis.ListStreams', {}, { StreamNames: [], HasMoreStreams: false }),
      answers('kinesis.CreateStream', { ...NAMED, ShardCount: 2, Tags: { stage: 'test' } }),
      answers(
        'kinesis.DescribeStream',
        NAMED,
        {
          StreamDescription: {
            StreamName: 'made',
            StreamARN: matching(/^arn:aws:kinesis:us-east-1:\d{12}:stream\/made$/),
            StreamStatus: 'ACTIVE',
            StreamModeDetails: { StreamMode: 'PROVISIONED' },
            StreamCreationTimestamp: { time: expect.any(String) },
            Shards: [
              {
                ShardId: 'shardId-000000000000',
                HashKeyRange: {
                  StartingHashKey: '0',
                  EndingHashKey: '170141183460469231731687303715884105727',
                },
                SequenceNumberRange: { StartingSequenceNumber: matching(/^\d{56}$/) },
              },
              { ShardId: 'shardId-000000000001' },
            ],
            HasMoreShards: false,
            RetentionPeriodHours: 24,
            EncryptionType: 'NONE',
            EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
          },
        },
        { as: 'described', eventually: true },
      ),
      answers(
        'kinesis.DescribeStream',
        { StreamARN: from('described.StreamDescription.StreamARN'), Limit: 1 },
        { StreamDescription: { Shards: [{ ShardId: 'shardId-000000000000' }], HasMoreShards: true } },
      ),
      answers('kinesis.DescribeStreamSummary', NAMED, {
        StreamDescriptionSummary: { StreamName: 'made', OpenShardCount: 2, ConsumerCount: 0 },
      }),
      answers(
        'kinesis.ListStreams',
        {},
        { StreamNames: ['made'], StreamSummaries: [{ StreamName: 'made' }] },
      ),
      answers('kinesis.DescribeLimits', {}, { OpenShardCount: 2, ShardLimit: expect.any(Number) }),
      answers('kinesis.DeleteStream', NAMED),
      refuses('kinesis.DescribeStream', NAMED, 'ResourceNotFoundException', GONE, { eventually: true }),
    ],
  },
  {
    title: 'streams are listed in pages',
    steps: [
      ...['page-a', 'page-b', 'page-c'].map((StreamName) =>
        answers('kinesis.CreateStream', { StreamName, ShardCount: 1 }),
      ),
      answers(
        'kinesis.ListStreams',
        { Limit: 2 },
        { StreamNames: ['page-a', 'page-b'], HasMoreStreams: true, NextToken: expect.any(String) },
        { as: 'page' },
      ),
      answers(
        'kinesis.ListStreams',
        { Limit: 2, NextToken: from('page.NextToken') },
        { StreamNames: ['page-c'], HasMoreStreams: false },
      ),
      answers(
        'kinesis.ListStreams',
        { ExclusiveStartStreamName: 'page-b' },
        { StreamNames: ['page-c'], HasMoreStreams: false },
      ),
      ...['page-a', 'page-b', 'page-c'].map((StreamName) => answers('kinesis.DeleteStream', { StreamName })),
    ],
  },
  {
    title: 'a stream on demand is made, and changes its mode',
    steps: [
      answers('kinesis.CreateStream', {
        StreamName: 'demand',
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      }),
      answers(
        'kinesis.DescribeStreamSummary',
        { StreamName: 'demand' },
        {
          StreamDescriptionSummary: {
            StreamModeDetails: { StreamMode: 'ON_DEMAND' },
            StreamStatus: 'ACTIVE',
            OpenShardCount: 4,
          },
        },
        { as: 'demand', eventually: true },
      ),
      refuses(
        'kinesis.UpdateShardCount',
        { StreamName: 'demand', TargetShardCount: 8, ScalingType: 'UNIFORM_SCALING' },
        'ValidationException',
        /in On-Demand mode/,
      ),
      answers('kinesis.UpdateStreamMode', {
        StreamARN: from('demand.StreamDescriptionSummary.StreamARN'),
        StreamModeDetails: { StreamMode: 'PROVISIONED' },
      }),
      answers(
        'kinesis.DescribeStreamSummary',
        { StreamName: 'demand' },
        {
          StreamDescriptionSummary: {
            StreamModeDetails: { StreamMode: 'PROVISIONED' },
            StreamStatus: 'ACTIVE',
          },
        },
        { eventually: true },
      ),
      answers('kinesis.DeleteStream', { StreamName: 'demand' }),
    ],
  },
  {
    title: 'streams that cannot be',
    steps: [
      refuses('kinesis.DescribeStream', NAMED, 'ResourceNotFoundException', GONE),
      refuses('kinesis.DeleteStream', NAMED, 'ResourceNotFoundException', GONE),
      refuses('kinesis.DescribeStreamSummary', NAMED, 'ResourceNotFoundException', GONE),
      answers('kinesis.CreateStream', { ...NAMED, ShardCount: 1 }),
      refuses(
        'kinesis.CreateStream',
        { ...NAMED, ShardCount: 1 },
        'ResourceInUseException',
        /^Stream made under account \d{12} already exists\.$/,
      ),
      refuses(
        'kinesis.CreateStream',
        { StreamName: 'too many', ShardCount: 1 },
        'ValidationException',
        /Value 'too many' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression/,
      ),
      refuses(
        'kinesis.CreateStream',
        { StreamName: 'x'.repeat(129), ShardCount: 1 },
        'ValidationException',
        /Member must have length less than or equal to 128/,
      ),
      refuses(
        'kinesis.CreateStream',
        { StreamName: 'none', ShardCount: 0 },
        'ValidationException',
        /Value '0' at 'shardCount' .*greater than or equal to 1/,
        { unchecked: true },
      ),
      refuses(
        'kinesis.CreateStream',
        { ShardCount: 1 },
        'ValidationException',
        /Value null at 'streamName' failed to satisfy constraint: Member must not be null/,
        { unchecked: true },
      ),
      refuses(
        'kinesis.CreateStream',
        { StreamName: 'vast', ShardCount: 100_000 },
        'LimitExceededException',
        /would exceed the shard limit/,
      ),
      refuses('kinesis.ListStreams', { NextToken: 'made up' }, 'InvalidArgumentException', /./),
      refuses(
        'kinesis.PutResourcePolicy',
        { ResourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/made', Policy: '{}' },
        'UnknownOperationException',
        /does not offer PutResourcePolicy/,
      ),
      answers('kinesis.DeleteStream', NAMED),
    ],
  },
];
