import type { Input, Shape } from '../../protocol/validation.ts';
import { invalidArgument, shardNotFound } from '../errors.ts';
import { issueIterator } from '../iterator.ts';
import {
  type Context,
  identityOf,
  namedShardId,
  namedStream,
  operation,
  SEQUENCE_NUMBER,
  SHARD_ID,
  STREAM,
} from '../operation.ts';
import { shardIdOf, shardNumberIn } from '../sequence-number.ts';
import type { StoredShard } from '../store/shard.ts';
import type { StoredStream } from '../store/stream.ts';

const SHAPE = {
  ShardId: { ...SHARD_ID, required: true },
  ShardIteratorType: {
    type: 'String',
    required: true,
    oneOf: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'],
  },
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
  const index = startOf(input, stream, shard, context);
  return { ShardIterator: issueIterator({ stream, shard, index }, context) };
});

function startOf(
  input: Input<typeof SHAPE>,
  stream: StoredStream,
  shard: StoredShard,
  context: Context,
): number {
  const { ShardIteratorType: type, StartingSequenceNumber: start, Timestamp } = input;
  const bySequence = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER';
  if (bySequence !== (start !== undefined)) {
    throw invalidArgument(
      'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
        '(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. ' +
        `Request specified ${type} and ${start === undefined ? 'no' : 'also a'} StartingSequenceNumber.`,
    );
  }
  switch (type) {
    case 'TRIM_HORIZON':
      return shard.first;
    case 'LATEST':
      return shard.next;
    case 'AT_TIMESTAMP':
      return shard.indexAtTime(timestamp(Timestamp, context.now()));
    case 'AT_SEQUENCE_NUMBER':
      return shard.positionAt(start!) ?? refuse(start!, stream, shard, context);
    case 'AFTER_SEQUENCE_NUMBER':
      return shard.positionAfter(start!) ?? refuse(start!, stream, shard, context);
  }
}

function timestamp(time: number | undefined, now: number): number {
  if (time === undefined) {
    throw invalidArgument(
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  if (time > now) {
    throw invalidArgument(
      'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
        `timestampInMillis: ${time}, currentTimestampInMillis: ${now}`,
    );
  }
  return time;
}

function refuse(start: string, stream: StoredStream, shard: StoredShard, { accountId }: Context): never {
  const number = shardNumberIn(start);
  if (number !== undefined && number !== shard.metadata.number) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf(number)}, ` +
        `while it was used in a call to a shard with ${shard.shardId}`,
    );
  }
  throw invalidArgument(
    `StartingSequenceNumber ${start} used in GetShardIterator on shard ${shard.shardId} in stream ` +
      `${stream.streamName} under account ${accountId} is invalid because it did not come from this stream.`,
  );
}
