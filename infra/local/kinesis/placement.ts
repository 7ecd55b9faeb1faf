import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import type { Rule } from '../protocol/validation.ts';
import { invalidArgument, type KinesisError } from './errors.ts';
import { explicitHashKey, hashKeyOf } from './hash-key.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

/** What PutRecord and PutRecords share: the shapes of a record's members, and which shard it belongs to. */
export const PARTITION_KEY = {
  type: 'String',
  required: true,
  min: 1,
  max: KINESIS_LIMITS.partitionKeyLength,
} as const satisfies Rule;

export const EXPLICIT_HASH_KEY = {
  type: 'String',
  pattern: '0|([1-9]\\d{0,38})',
} as const satisfies Rule;

export const DATA = {
  type: 'Blob',
  required: true,
  max: KINESIS_LIMITS.bytesPerRecord,
} as const satisfies Rule;

/**
 * The open shard that a record belongs to.
 *
 * @param explicit ExplicitHashKey, of the pattern above
 * @throws KinesisError InvalidArgumentException if `explicit` is 2^128 or more
 */
export function placeOf(
  stream: StoredStream,
  partitionKey: string,
  explicit: string | null | undefined,
): StoredShard {
  if (explicit === undefined || explicit === null) {
    return stream.onlyShard ?? stream.shardFor(hashKeyOf(partitionKey));
  }
  const hashKey = explicitHashKey(explicit);
  if (hashKey === undefined) {
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicit}`,
    );
  }
  return stream.shardFor(hashKey);
}

/** For a record whose data alone would fit, but not with its key. AWS counts both; its wording is not documented. */
export function tooLarge(bytes: number): KinesisError {
  return invalidArgument(
    `Data and PartitionKey of a record must have at most ${KINESIS_LIMITS.bytesPerRecord} bytes together (given ${bytes}).`,
  );
}
