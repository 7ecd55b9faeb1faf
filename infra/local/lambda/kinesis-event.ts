import type { StoredRecord } from '../kinesis/source.ts';

/**
 * The event that a function receives for a batch of a Kinesis stream.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds since the epoch, to the millisecond. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  /** Shard id and sequence number, joined by a colon. */
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  /** The function's role. */
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

/** What every record of a lane has in common. */
export interface EventSource {
  readonly shardId: string;
  readonly streamArn: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Largest payload of a synchronous invocation, bytes: 6 MB. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** Bytes of an event beside its records: each of these counts a comma, and there is one less. */
export const ENVELOPE_BYTES = '{"Records":[]}'.length - ','.length;

/**
 * A batch on its way to the thread of a function: what its records differ in, by columns, and their data in one piece.
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
}

/** The buffers of its own can be handed over to the thread. */
export function eventBatch(records: readonly StoredRecord[], source: EventSource): EventBatch {
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
  };
}

/** The event that the function receives. */
export function kinesisEvent(batch: EventBatch): KinesisEvent {
  const { source, partitionKeys, sequenceNumbers, arrivals, ends } = batch;
  const data = Buffer.from(batch.data.buffer);
  let from = 0;
  const Records = partitionKeys.map((partitionKey, n): KinesisEventRecord => {
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
  return { Records };
}

/**
 * Measures records as Lambda does, in bytes of the event's JSON, without building it: a record's share is that of an
 * empty one and of what differs, and the comma after it.
 */
export function eventRecordMeasure(source: EventSource): (record: StoredRecord) => number {
  const empty = { index: 0, sequenceNumber: '', partitionKey: '', data: Buffer.alloc(0), arrival: 0 };
  const alone = Buffer.byteLength(JSON.stringify(kinesisEvent(eventBatch([empty], source))));
  const fixed = alone - ENVELOPE_BYTES - '""'.length - '0'.length;
  return (record) =>
    fixed +
    Buffer.byteLength(JSON.stringify(record.partitionKey)) +
    2 * record.sequenceNumber.length +
    4 * Math.ceil(record.data.length / 3) +
    String(record.arrival / 1000).length;
}
