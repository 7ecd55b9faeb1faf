/**
 * A stream is known by the millisecond of its beginning, which no two streams of a database share. Its changes are
 * counted from 0.
 *
 * A sequence number has the shape that AWS's have: 20 digits of a counter, and before them what the counter belongs
 * to, here the minute in which the stream began, 8 digits. The counter begins at the millisecond within that minute,
 * times 2^20. So numbers increase within a stream, and from a table's stream to the next one: a stream would have to
 * take 2^20 changes in a millisecond to catch up with one that begins later. Whoever makes a 63-bit version of them
 * needs 26 and 37 bits, and loses nothing until 2097.
 *
 * The first counter is the shard's StartingSequenceNumber, which no change has; change i is i + 1 further; a closed
 * shard's EndingSequenceNumber is one more than its last change's. AWS promises no more than 21 to 40 digits and the
 * order.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 *
 * Earlier versions wrote the millisecond, 13 digits, and the counter, 11 digits. Positions that they kept are still
 * read, as the same places.
 */
const MINUTE = 60_000;
const MINUTE_DIGITS = 8;
const COUNTER_DIGITS = 20;
const CHANGES_A_MILLISECOND = 2 ** 20;
const PATTERN = /^\d{28}$/;
const EARLIER = { pattern: /^\d{24}$/, idDigits: 13 } as const;

/** The largest millisecond that fits: the last one of a minute in the year 2160. */
export const LATEST_ID = 10 ** MINUTE_DIGITS * MINUTE - 1;

/**
 * @param streamId milliseconds since the epoch, 0 to LATEST_ID
 * @param counter 0 to 10^11 - 1
 */
export function sequenceNumberOf(streamId: number, counter: number): string {
  return (
    digits(Math.floor(streamId / MINUTE), MINUTE_DIGITS) + digits(firstOf(streamId) + counter, COUNTER_DIGITS)
  );
}

/** The counter of one of this stream's numbers, given or yet to be given; undefined for any other text. */
export function counterIn(sequenceNumber: string, streamId: number): number | undefined {
  if (EARLIER.pattern.test(sequenceNumber)) {
    const id = Number(sequenceNumber.slice(0, EARLIER.idDigits));
    return id === streamId ? Number(sequenceNumber.slice(EARLIER.idDigits)) : undefined;
  }
  if (!PATTERN.test(sequenceNumber)) return undefined;
  if (Number(sequenceNumber.slice(0, MINUTE_DIGITS)) !== Math.floor(streamId / MINUTE)) return undefined;
  const counter = Number(sequenceNumber.slice(MINUTE_DIGITS)) - firstOf(streamId);
  return counter >= 0 && Number.isSafeInteger(counter) ? counter : undefined;
}

function firstOf(streamId: number): number {
  return (streamId % MINUTE) * CHANGES_A_MILLISECOND;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
