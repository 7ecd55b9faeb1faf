import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import type { Rule } from '../protocol/validation.ts';
import { invalidArgument, KinesisError } from './errors.ts';
import { explicitHashKey, hashKeyOf } from './hash-key.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

const MOST_DATA = 10 * 1024 * 1024;

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
  max: MOST_DATA,
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

/**
 * For a record that is larger than its stream takes. Data that is too large alone is told as AWS has always told it;
 * for data that is so with its key, AWS's wording is not documented.
 *
 * @param path of the record's data in the request: `records.3.member.data`
 * @param data in base64
 * @param bytes of data and key
 */
export function tooLarge(
  path: string,
  data: string,
  bytes: number,
  { maxRecordBytes }: StoredStream,
): KinesisError {
  if (Buffer.byteLength(data, 'base64') > maxRecordBytes) {
    return new KinesisError(
      'ValidationException',
      `1 validation error detected: Value at '${path}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${maxRecordBytes}`,
    );
  }
  return invalidArgument(
    `Data and PartitionKey of a record must have at most ${maxRecordBytes} bytes together (given ${bytes}).`,
  );
}
