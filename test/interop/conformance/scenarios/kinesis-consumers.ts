import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario, utf8 } from '../scenario.ts';

const STREAM = { StreamName: 'fanned' };
const ARN = from('summary.StreamDescriptionSummary.StreamARN');
const CONSUMER_ARN = from('registered.Consumer.ConsumerARN');

/** Consumers with enhanced fan-out. */
export const KINESIS_CONSUMERS: readonly Scenario[] = [
  {
    title: 'a consumer is registered, has records pushed to it, and is deregistered',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      answers(
        'kinesis.DescribeStreamSummary',
        STREAM,
        { StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } },
        { as: 'summary', eventually: true },
      ),
      answers('kinesis.PutRecord', { ...STREAM, PartitionKey: 'k', Data: utf8('pushed') }, {}, { as: 'put' }),
      answers(
        'kinesis.RegisterStreamConsumer',
        { StreamARN: ARN, ConsumerName: 'fan' },
        {
          Consumer: {
            ConsumerName: 'fan',
            ConsumerARN: matching(/:stream\/fanned\/consumer\/fan:\d+$/),
            ConsumerStatus: matching(/^(CREATING|ACTIVE)$/),
            ConsumerCreationTimestamp: { time: expect.any(String) },
          },
        },
        { as: 'registered' },
      ),
      answers(
        'kinesis.DescribeStreamConsumer',
        { ConsumerARN: CONSUMER_ARN },
        { ConsumerDescription: { ConsumerName: 'fan', ConsumerStatus: 'ACTIVE', StreamARN: ARN } },
        { eventually: true },
      ),
      answers(
        'kinesis.SubscribeToShard',
        {
          ConsumerARN: CONSUMER_ARN,
          ShardId: 'shardId-000000000000',
          StartingPosition: { Type: 'TRIM_HORIZON' },
        },
        {
          EventStream: [
            {
              SubscribeToShardEvent: {
                Records: [
                  {
                    Data: utf8('pushed'),
                    PartitionKey: 'k',
                    SequenceNumber: from('put.SequenceNumber'),
                    ApproximateArrivalTimestamp: { time: expect.any(String) },
                  },
                ],
                ContinuationSequenceNumber: expect.any(String),
                MillisBehindLatest: 0,
              },
            },
          ],
        },
        { events: 1 },
      ),
      answers(
        'kinesis.ListStreamConsumers',
        { StreamARN: ARN },
        { Consumers: [{ ConsumerName: 'fan', ConsumerStatus: 'ACTIVE' }] },
      ),
      refuses(
        'kinesis.RegisterStreamConsumer',
        { StreamARN: ARN, ConsumerName: 'fan' },
        'ResourceInUseException',
        /fan/,
      ),
      refuses('kinesis.DeleteStream', STREAM, 'ResourceInUseException', /there are consumers associated/),
      answers('kinesis.DeregisterStreamConsumer', { ConsumerARN: CONSUMER_ARN }),
      refuses(
        'kinesis.DescribeStreamConsumer',
        { StreamARN: ARN, ConsumerName: 'fan' },
        'ResourceNotFoundException',
        /^Consumer fan under stream fanned and account \d{12} not found\.$/,
        { eventually: true },
      ),
      refuses(
        'kinesis.SubscribeToShard',
        {
          ConsumerARN: CONSUMER_ARN,
          ShardId: 'shardId-000000000000',
          StartingPosition: { Type: 'LATEST' },
        },
        'ResourceNotFoundException',
        /not found/,
      ),
      answers('kinesis.DeleteStream', { ...STREAM, EnforceConsumerDeletion: true }),
    ],
  },
];
