/**
 * External versions: a write is taken when its version is at least that of the document, so that what is delivered
 * again, late or twice, never stands in place of something newer. OpenSearch's are integers of 63 bits.
 * Source: https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
 */

/** The largest version that there is. */
export const LARGEST_VERSION = 2n ** 63n - 1n;

/** Below every version of a change: what was there before changes were told. */
export const BACKFILL_VERSION = 1n;

const COUNTER_DIGITS = 20;
const MOST_GENERATIONS = 2n ** 26n - 1n;
const MOST_COUNTED = 2n ** 37n - 1n;
const GENERATION = 2n ** 37n;

/**
 * The version of a table's change. DynamoDB promises sequence numbers of 21 to 40 digits in order, too long for a
 * version. Those that it gives are a counter of 20 digits after a generation that grows slowly: the version has 26 bits
 * for the generation and 37 for the counter. It never falls where numbers rise, whatever they are; numbers that have
 * more get the same version as their neighbours, and are taken in the order in which they come.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 *
 * @param sequenceNumber decimal digits
 * @throws SyntaxError when it is none
 */
export function changeVersion(sequenceNumber: string): bigint {
  const generation = BigInt(sequenceNumber.slice(0, -COUNTER_DIGITS) || '0');
  const counter = BigInt(sequenceNumber.slice(-COUNTER_DIGITS));
  if (generation >= MOST_GENERATIONS) return MOST_GENERATIONS * GENERATION + MOST_COUNTED;
  return generation * GENERATION + (counter < MOST_COUNTED ? counter : MOST_COUNTED);
}

/**
 * The version of a Kinesis record: when it arrived. Its sequence number has 186 bits, of which no 63 keep the order.
 * Within a shard arrivals do not fall, and records of one millisecond come in order: a write of the same version is
 * taken, so that the last one stands.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html
 *
 * @param arrival milliseconds since the epoch
 */
export function arrivalVersion(arrival: number): bigint {
  return BigInt(Math.max(1, Math.trunc(arrival)));
}

const SEQUENCER_DIGITS = 18;
const EXACT = 2n ** 62n;

/**
 * The version of an object: its event's sequencer, hexadecimal digits that are in order once the shorter one is filled
 * up with zeros at its end. The first 18 digits count: whole as long as they fit into 62 bits, in steps of four beyond.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @returns undefined when it is no sequencer
 */
export function sequencerVersion(sequencer: string): bigint | undefined {
  if (!/^[0-9A-Fa-f]+$/.test(sequencer)) return undefined;
  const value = BigInt(`0x${sequencer.padEnd(SEQUENCER_DIGITS, '0').slice(0, SEQUENCER_DIGITS)}`);
  if (value < EXACT) return value > 0n ? value : 1n;
  const version = EXACT + (value - EXACT) / 4n;
  return version < LARGEST_VERSION ? version : LARGEST_VERSION;
}
