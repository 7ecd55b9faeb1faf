/**
 * A record of a Kinesis stream in the event that a function receives.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export interface KinesisEventRecord {
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
