import type { Shape } from '../../protocol/validation.ts';
import { shardNotFound } from '../errors.ts';
import { issueIterator } from '../iterator.ts';
import {
  identityOf,
  namedShardId,
  namedStream,
  operation,
  SEQUENCE_NUMBER,
  SHARD_ID,
  STREAM,
} from '../operation.ts';
import { STARTING_POSITIONS, startIndex } from '../starting-position.ts';

const SHAPE = {
  ShardId: { ...SHARD_ID, required: true },
  ShardIteratorType: { type: 'String', required: true, oneOf: STARTING_POSITIONS },
  StartingSequenceNumber: SEQUENCE_NUMBER,
  Timestamp: { type: 'Timestamp' },
  ...STREAM,
} as const satisfies Shape;

/**
 * An iterator for a place in a shard.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
export const getShardIterator = operation(SHAPE, (input, context) => {
  const { streamName, accountId } = identityOf(input);
  const shardId = namedShardId(input.ShardId, streamName, context);
  if (context.streams.get(streamName) === undefined) throw shardNotFound(shardId, streamName, accountId);
  const stream = namedStream(input, context);
  stream.trim();
  const shard = stream.shard(shardId);
  if (shard === undefined) throw shardNotFound(shardId, streamName, accountId);
  const position = {
    type: input.ShardIteratorType,
    sequenceNumber: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
  };
  const index = startIndex(position, { operation: 'GetShardIterator', stream, shard }, context);
  return { ShardIterator: issueIterator({ stream, shard, index }, context) };
});
