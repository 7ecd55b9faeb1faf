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

export function kinesisEvent(records: readonly StoredRecord[], source: EventSource): KinesisEvent {
  return { Records: records.map((record) => eventRecord(record, source)) };
}

function eventRecord(record: StoredRecord, source: EventSource): KinesisEventRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: record.data.toString('base64'),
      approximateArrivalTimestamp: record.arrival / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${source.shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: source.roleArn,
    awsRegion: source.region,
    eventSourceARN: source.streamArn,
  };
}

/**
 * Measures records as Lambda does, in bytes of the event's JSON, without building it: a record's share is that of an
 * empty one and of what differs, and the comma after it.
 */
export function eventRecordMeasure(source: EventSource): (record: StoredRecord) => number {
  const empty = eventRecord(
    { index: 0, sequenceNumber: '', partitionKey: '', data: Buffer.alloc(0), arrival: 0 },
    source,
  );
  const fixed = Buffer.byteLength(JSON.stringify(empty)) - '""'.length - '0'.length + ','.length;
  return (record) =>
    fixed +
    Buffer.byteLength(JSON.stringify(record.partitionKey)) +
    2 * record.sequenceNumber.length +
    4 * Math.ceil(record.data.length / 3) +
    String(record.arrival / 1000).length;
}
