import type { KinesisStream, Shard, StoredRecord } from '../kinesis/source.ts';

/**
 * What a reader inside this process (the Lambda loop) sees of a table's stream. It is read as a Kinesis stream is, but
 * for older records, which come from the database: reading them takes a promise.
 */
export interface ChangeStream extends Omit<KinesisStream, 'shards'> {
  /** TABLE/LABEL */
  readonly streamName: string;
  /** The one shard that a stream has; empty once the stream is gone. */
  readonly shards: readonly ChangeShard[];
}

/**
 * A record's data is the JSON text of what Lambda's event holds for it, with `eventSourceARN`. Its partition key is the
 * JSON text of the item's keys.
 */
export interface ChangeShard extends Omit<Shard, 'read' | 'indexAtTime'> {
  /**
   * As of a Kinesis shard; at once where the records are in memory, which holds the newest.
   *
   * @throws WildRydesError STATE_CORRUPT, by the promise, when records are missing in the database
   */
  read(
    from: number,
    maxRecords: number,
    maxBytes: number,
  ): readonly StoredRecord[] | Promise<readonly StoredRecord[]>;
  /** As of a Kinesis shard. */
  indexAtTime(time: number): Promise<number>;
}
