import { invalidArgument } from './errors.ts';
import type { Context } from './operation.ts';
import { shardIdOf, shardNumberIn } from './sequence-number.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

export const STARTING_POSITIONS = [
  'AFTER_SEQUENCE_NUMBER',
  'LATEST',
  'AT_TIMESTAMP',
  'AT_SEQUENCE_NUMBER',
  'TRIM_HORIZON',
] as const;

/** Where in a shard to begin, as a request says it. */
export interface StartingPosition {
  readonly type: (typeof STARTING_POSITIONS)[number];
  readonly sequenceNumber: string | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: number | undefined;
}

export interface StartIn {
  /** Operation that asks, for its errors. */
  readonly operation: string;
  readonly stream: StoredStream;
  readonly shard: StoredShard;
}

/**
 * Index of the first record to read.
 *
 * @throws KinesisError InvalidArgumentException for a position that lacks what its type needs, or that is none of this shard's
 */
export function startIndex(position: StartingPosition, where: StartIn, context: Context): number {
  const { type, sequenceNumber: start } = position;
  const { shard } = where;
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
      return shard.indexAtTime(past(position.timestamp, context.now()));
    case 'AT_SEQUENCE_NUMBER':
      return shard.positionAt(start!) ?? refuse(start!, where, context);
    case 'AFTER_SEQUENCE_NUMBER':
      return shard.positionAfter(start!) ?? refuse(start!, where, context);
  }
}

function past(time: number | undefined, now: number): number {
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

function refuse(start: string, { operation, stream, shard }: StartIn, { accountId }: Context): never {
  const number = shardNumberIn(start);
  if (number !== undefined && number !== shard.metadata.number) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf(number)}, ` +
        `while it was used in a call to a shard with ${shard.shardId}`,
    );
  }
  throw invalidArgument(
    `StartingSequenceNumber ${start} used in ${operation} on shard ${shard.shardId} in stream ` +
      `${stream.streamName} under account ${accountId} is invalid because it did not come from this stream.`,
  );
}
