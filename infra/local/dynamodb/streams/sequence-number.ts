/**
 * A stream is known by the millisecond of its beginning, which no two streams of a database share. Its changes are
 * counted from 0.
 *
 * A sequence number is that millisecond, 13 digits, and a counter, 11 digits: it increases within a stream, and from a
 * table's stream to the next one. Counter 0 is the shard's StartingSequenceNumber, which no change has; change i has
 * i + 1; a closed shard's EndingSequenceNumber is one more than its last change's. AWS promises no more than 21 to 40
 * digits and the order.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
const ID_DIGITS = 13;
const COUNTER_DIGITS = 11;
const PATTERN = /^\d{24}$/;

/** The largest millisecond that fits: the year 2286. */
export const LATEST_ID = 10 ** ID_DIGITS - 1;

/** @param streamId milliseconds since the epoch, 0 to LATEST_ID */
export function sequenceNumberOf(streamId: number, counter: number): string {
  return digits(streamId, ID_DIGITS) + digits(counter, COUNTER_DIGITS);
}

/** The counter of one of this stream's numbers, given or yet to be given; undefined for any other text. */
export function counterIn(sequenceNumber: string, streamId: number): number | undefined {
  if (!PATTERN.test(sequenceNumber)) return undefined;
  if (Number(sequenceNumber.slice(0, ID_DIGITS)) !== streamId) return undefined;
  return Number(sequenceNumber.slice(ID_DIGITS));
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
