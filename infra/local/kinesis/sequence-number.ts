/**
 * Sequence numbers: 56 decimal digits, strictly increasing within a shard, and larger in a child shard than in its parents.
 *
 *     49 | 13 digits: the shard's creation, ms | 12 digits: shard number | 14 zeros | 15 digits: counter
 *
 * Counter 0 is the shard's StartingSequenceNumber, which no record has; record i has i + 1; a closed shard's
 * EndingSequenceNumber is one more than its last record's. AWS promises no more than the order, and its clients
 * compare the numbers as integers.
 */
const SHARD_CREATION_DIGITS = 13;
const SHARD_NUMBER_DIGITS = 12;
const FILLER = '0'.repeat(14);
const COUNTER_DIGITS = 15;
const LATEST_CREATION = 10 ** SHARD_CREATION_DIGITS - 1;

const PATTERN = /^49(\d{13})(\d{12})0{14}(\d{15})$/;

const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/** The sequence numbers of one shard. */
export class SequenceNumbers {
  readonly #prefix: string;
  #thousands = -1;
  #upToThousands = '';

  /**
   * @param created milliseconds since the epoch; outside 1970 to 2286 the nearest time within it is used
   * @param shardNumber 0 to 999,999,999,999
   */
  constructor(created: number, shardNumber: number) {
    const time = Math.min(Math.max(Math.trunc(created), 0), LATEST_CREATION);
    this.#prefix =
      '49' +
      String(time).padStart(SHARD_CREATION_DIGITS, '0') +
      String(shardNumber).padStart(SHARD_NUMBER_DIGITS, '0') +
      FILLER;
  }

  /** A counter in full. Cheap for counters that follow one another: only the last three digits are put together anew. */
  of(counter: number): string {
    const thousands = Math.floor(counter / 1000);
    if (thousands !== this.#thousands) {
      this.#thousands = thousands;
      this.#upToThousands = this.#prefix + String(thousands).padStart(COUNTER_DIGITS - 3, '0');
    }
    return this.#upToThousands + THREE_DIGITS[counter - thousands * 1000];
  }

  /** The counter of one of this shard's numbers, given or yet to be given; undefined for any other text. */
  counter(sequenceNumber: string): number | undefined {
    if (sequenceNumber.length !== this.#prefix.length + COUNTER_DIGITS) return undefined;
    if (!sequenceNumber.startsWith(this.#prefix) || !PATTERN.test(sequenceNumber)) return undefined;
    return Number(sequenceNumber.slice(this.#prefix.length));
  }
}

/** The shard number that a sequence number encodes, or undefined if it is none of this service's. */
export function shardNumberIn(sequenceNumber: string): number | undefined {
  const match = PATTERN.exec(sequenceNumber);
  return match === null ? undefined : Number(match[2]);
}

/** True if decimal number `a` is larger than `b`; both without leading zeros. */
export function isLarger(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

export function shardIdOf(shardNumber: number): string {
  return `shardId-${String(shardNumber).padStart(SHARD_NUMBER_DIGITS, '0')}`;
}
