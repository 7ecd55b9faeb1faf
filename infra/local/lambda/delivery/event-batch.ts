import type { StoredRecord } from '../../kinesis/source.ts';
import type { KinesisEventRecord } from './kinesis-event.ts';

/** The event that a function receives for a batch of a stream's records. */
export interface StreamEvent extends Partial<WindowOfEvent> {
  readonly Records: readonly (KinesisEventRecord | DynamoDBEventRecord)[];
}

/**
 * A record of a table's stream, as the stream keeps it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export type DynamoDBEventRecord = Readonly<Record<string, unknown>> & {
  readonly eventSource: 'aws:dynamodb';
};

/**
 * What an event says of its tumbling window.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export interface WindowOfEvent {
  /** `2020-12-09T07:04:00Z` */
  readonly window: { readonly start: string; readonly end: string };
  /** What the function's last answer for this window held; `{}` at first. */
  readonly state: unknown;
  readonly shardId: string;
  readonly eventSourceARN: string;
  /** True once in a window's life, at its end, without records. */
  readonly isFinalInvokeForWindow: boolean;
  /** True when the state grew too large: without records too, after which the window goes on with a fresh state. */
  readonly isWindowTerminatedEarly: boolean;
}

/** What every record of a lane has in common. */
export interface EventSource {
  /** Whose records these are: those of a table's stream are kept as the JSON that the function gets. */
  readonly kind: 'kinesis' | 'dynamodb';
  readonly shardId: string;
  /** Of the stream, or of the table whose stream it is: for people. */
  readonly streamName: string;
  readonly streamArn: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Largest payload of a synchronous invocation, bytes: 6 MB. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** Bytes of an event beside its records and its window: each of these counts a comma, and there is one less. */
export const ENVELOPE_BYTES = '{"Records":[]}'.length - ','.length;

/**
 * A batch on its way to a function: what its records differ in, by columns, and their data in one piece.
 * Sent as the event itself, every attribute of every record would be copied, at four times the cost.
 */
export interface EventBatch {
  readonly source: EventSource;
  readonly partitionKeys: readonly string[];
  readonly sequenceNumbers: readonly string[];
  /** Milliseconds since the epoch. */
  readonly arrivals: Float64Array<ArrayBuffer>;
  /** Of all records, one after the other, and where each one's end. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** With tumbling windows only. */
  readonly window?: WindowOfEvent;
}

/** The buffers of its own can be handed over to another thread. */
export function eventBatch(
  records: readonly StoredRecord[],
  source: EventSource,
  window?: WindowOfEvent,
): EventBatch {
  const arrivals = new Float64Array(records.length);
  const ends = new Uint32Array(records.length);
  let end = 0;
  for (const [n, record] of records.entries()) {
    arrivals[n] = record.arrival;
    end += record.data.length;
    ends[n] = end;
  }
  const data = new Uint8Array(end);
  for (const [n, record] of records.entries()) data.set(record.data, ends[n]! - record.data.length);
  return {
    source,
    partitionKeys: records.map((record) => record.partitionKey),
    sequenceNumbers: records.map((record) => record.sequenceNumber),
    arrivals,
    data,
    ends,
    ...(window === undefined ? {} : { window }),
  };
}

/** The event that the function receives. */
export function eventOf(batch: EventBatch): StreamEvent {
  const Records = batch.source.kind === 'kinesis' ? kinesisRecords(batch) : dynamodbRecords(batch);
  return { Records, ...batch.window };
}

function kinesisRecords(batch: EventBatch): KinesisEventRecord[] {
  const { source, partitionKeys, sequenceNumbers, arrivals, ends } = batch;
  const data = bytesOf(batch);
  let from = 0;
  return partitionKeys.map((partitionKey, n): KinesisEventRecord => {
    const sequenceNumber = sequenceNumbers[n]!;
    const to = ends[n]!;
    const record: KinesisEventRecord = {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: data.toString('base64', from, to),
        approximateArrivalTimestamp: arrivals[n]! / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${source.shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: source.roleArn,
      awsRegion: source.region,
      eventSourceARN: source.streamArn,
    };
    from = to;
    return record;
  });
}

function dynamodbRecords(batch: EventBatch): DynamoDBEventRecord[] {
  const { ends } = batch;
  const data = bytesOf(batch);
  return Array.from(ends, (end, n) => {
    const from = n === 0 ? 0 : ends[n - 1]!;
    return JSON.parse(data.toString('utf8', from, end)) as DynamoDBEventRecord;
  });
}

/** What came from another process is a view of a larger buffer. */
function bytesOf({ data }: EventBatch): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Measures records as Lambda does, in bytes of the event's JSON, without building it: a record's share, and the comma
 * after it. A Kinesis record's is that of an empty one and of what differs; a table's record is kept as JSON.
 */
export function eventRecordMeasure(source: EventSource): (record: StoredRecord) => number {
  if (source.kind === 'dynamodb') return (record) => record.data.length + ','.length;
  const empty = { index: 0, sequenceNumber: '', partitionKey: '', data: Buffer.alloc(0), arrival: 0 };
  const alone = Buffer.byteLength(JSON.stringify(eventOf(eventBatch([empty], source))));
  const fixed = alone - ENVELOPE_BYTES - '""'.length - '0'.length;
  return (record) =>
    fixed +
    Buffer.byteLength(JSON.stringify(record.partitionKey)) +
    2 * record.sequenceNumber.length +
    4 * Math.ceil(record.data.length / 3) +
    String(record.arrival / 1000).length;
}
