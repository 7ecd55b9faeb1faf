import { type Shape, validate } from '../../protocol/validation.ts';
import { CONSUMER_ARN, consumerByArn } from '../consumers/naming.ts';
import type { Subscriber } from '../consumers/subscriptions.ts';
import { KinesisError, shardNotFound, streamNotFound } from '../errors.ts';
import { type Context, namedShardId, type Operation, SEQUENCE_NUMBER, SHARD_ID } from '../operation.ts';
import { STARTING_POSITIONS, startIndex } from '../starting-position.ts';

const SHAPE = {
  ConsumerARN: { ...CONSUMER_ARN, required: true },
  ShardId: { ...SHARD_ID, required: true },
  StartingPosition: {
    type: 'Structure',
    required: true,
    members: {
      Type: { type: 'String', required: true, oneOf: STARTING_POSITIONS },
      SequenceNumber: SEQUENCE_NUMBER,
      Timestamp: { type: 'Timestamp' },
    },
  },
  DryRun: { type: 'Boolean' },
} as const satisfies Shape;

/**
 * A shard's records as they come, for five minutes at most: the answer is a stream of events. Everything that is wrong
 * with the request is answered before it begins; what happens later is an exception among the events.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html and
 * https://docs.aws.amazon.com/streams/latest/dev/kds-dryrun-validation.html
 */
const subscribe: Operation = (body, context) => {
  const { ConsumerARN, ShardId, StartingPosition, DryRun } = validate(SHAPE, body);
  const subscriber = subscriberOf(ConsumerARN, ShardId, context);
  const { stream } = subscriber;
  const position = {
    type: StartingPosition.Type,
    sequenceNumber: StartingPosition.SequenceNumber,
    timestamp: StartingPosition.Timestamp,
  };
  const from = startIndex(position, { operation: 'SubscribeToShard', ...subscriber }, context);
  const { subscriptions, payloads, accountId } = context;
  const inUse = anotherSubscription(subscriber, context);
  if (subscriptions.isTaken(subscriber)) throw inUse;
  if (DryRun === true) {
    throw new KinesisError(
      'DryRunOperationException',
      'The request would have succeeded, but DryRun parameter was specified.',
    );
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    body: subscriptions.open({
      ...subscriber,
      from,
      payloads,
      takenOver: inUse,
      streamGone: () => streamNotFound(stream.streamName, accountId),
    }),
  };
};

export const subscribeToShard: Operation = Object.assign(subscribe, {
  differs:
    'While there are no records, an empty event goes out every 5 seconds; AWS does not say how often it sends one.',
});

function subscriberOf(consumerArn: string, givenShard: string, context: Context): Subscriber {
  const { stream, consumer } = consumerByArn(consumerArn, context);
  const shardId = namedShardId(givenShard, stream.streamName, context);
  stream.trim();
  const shard = stream.shard(shardId);
  if (shard === undefined) throw shardNotFound(shardId, stream.streamName, context.accountId);
  return { stream, consumer, shard };
}

/** In AWS's words, to a call that comes too soon, and to a subscription that another takes over. */
function anotherSubscription({ stream, shard, consumer }: Subscriber, { accountId }: Context): KinesisError {
  return new KinesisError(
    'ResourceInUseException',
    'Another active subscription exists for this consumer: ' +
      `${accountId}:${stream.streamName}:${shard.shardId}:${consumer.consumerName}`,
  );
}
