import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { WildRydesError } from '../telemetry/errors.ts';
import type { Invalid } from '../telemetry/reading.ts';

/** A record where it stood, whatever kind of stream it came from. */
export interface StreamRecord {
  /** Name of the stream, or of the table whose stream it is. */
  readonly stream: string;
  /** Undefined where the event does not tell it. */
  readonly shardId: string | undefined;
  readonly sequenceNumber: string;
  /** 1 to 256 characters; of a record that has none, whatever tells its like from others. */
  readonly partitionKey: string;
  /** When the stream took it, milliseconds since the epoch. */
  readonly arrival: number;
  readonly data: Uint8Array;
}

/** One record of a Kinesis event: its bytes, and what a decoder of telemetry made of them. */
export interface EventRecord<T> extends StreamRecord {
  readonly decoded: T | Invalid;
  /** The record as Lambda delivered it. */
  readonly source: KinesisStreamRecord;
}

/**
 * Decodes the records of a batch, in the order of the batch: base64, then the bytes. A record that cannot be decoded
 * keeps its place, with the decoder's reason.
 *
 * @param decode never throws
 * @throws WildRydesError USAGE when the event is not one of a Kinesis trigger
 */
export function decodeRecords<T>(
  event: KinesisStreamEvent,
  decode: (bytes: Uint8Array) => T | Invalid,
): EventRecord<T>[] {
  if (!Array.isArray(event?.Records) || event.Records.some((record) => record?.kinesis === undefined)) {
    throw new WildRydesError(
      'USAGE',
      'the event must be one of a Kinesis trigger: {"Records":[{"kinesis":…}]}',
      {
        next: 'Invoke the function with the event.json beside its handler, or by its trigger.',
      },
    );
  }
  return event.Records.map((source) => {
    const { sequenceNumber, partitionKey, approximateArrivalTimestamp, data } = source.kinesis;
    const bytes = Buffer.from(data, 'base64');
    // Lambda gives the time in seconds, with the milliseconds as decimals.
    const arrival = Math.round(approximateArrivalTimestamp * 1000);
    return new KinesisRecord(source, sequenceNumber, partitionKey, arrival, bytes, decode(bytes));
  });
}

/** Its position is worked out when somebody asks: hardly any record is refused, and every reading comes through here. */
class KinesisRecord<T> implements EventRecord<T> {
  readonly source: KinesisStreamRecord;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrival: number;
  readonly data: Uint8Array;
  readonly decoded: T | Invalid;

  constructor(
    source: KinesisStreamRecord,
    sequenceNumber: string,
    partitionKey: string,
    arrival: number,
    data: Uint8Array,
    decoded: T | Invalid,
  ) {
    this.source = source;
    this.sequenceNumber = sequenceNumber;
    this.partitionKey = partitionKey;
    this.arrival = arrival;
    this.data = data;
    this.decoded = decoded;
  }

  get stream(): string {
    return positionOf(this.source).stream;
  }

  get shardId(): string | undefined {
    return positionOf(this.source).shardId;
  }
}

/** Where a record stood: its stream and shard. An event that somebody wrote by hand may not say. */
function positionOf({ eventSourceARN = '', eventID = '' }: Partial<KinesisStreamRecord>): {
  readonly stream: string;
  readonly shardId: string | undefined;
} {
  const end = eventID.indexOf(':');
  return {
    stream: eventSourceARN.slice(eventSourceARN.indexOf('/') + 1) || 'unknown',
    shardId: end > 0 ? eventID.slice(0, end) : undefined,
  };
}

/**
 * Orders sequence numbers: decimal, without leading zeros, and far beyond what a number holds.
 *
 * @returns less than 0, 0 or more than 0, as `a` is lower than, the same as or higher than `b`
 */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
