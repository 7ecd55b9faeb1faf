/**
 * What a reader inside this process (the Lambda loop) sees of a stream, of Kinesis or of a table: the same records as
 * through the API, without HTTP, iterators or JSON.
 */
export interface RecordStream {
  readonly streamName: string;
  readonly streamArn: string;
  /** Every shard that still holds records or takes new ones, parents before children; empty once the stream is deleted. */
  readonly shards: readonly Shard[];
  /** Called after shards were split, merged or removed, and after the stream was deleted. Returns how to stop listening. */
  onShards(listener: () => void): () => void;
}

export interface Shard {
  readonly shardId: string;
  /** Shards that this one came from by a split or a merge; they may no longer exist. */
  readonly parents: readonly string[];
  /** True once it takes no more records. */
  readonly closed: boolean;
  /** Index of the oldest retained record. Records are numbered from 0 within a shard. */
  readonly first: number;
  /** Index that the next record will get. */
  readonly next: number;
  /**
   * Records from `from` (or from the oldest retained, if that is later) in order. At most `maxRecords`, and at most
   * `maxBytes` of data and partition keys, but at least one if there is one.
   *
   * @throws WildRydesError STATE_CORRUPT when the log cannot be read back, naming the file and the offset
   */
  read(
    from: number,
    maxRecords: number,
    maxBytes: number,
  ): readonly StoredRecord[] | Promise<readonly StoredRecord[]>;
  sequenceNumber(index: number): string;
  /** Index of a record, retained or not; undefined for a number that this shard did not give. */
  indexOf(sequenceNumber: string): number | undefined;
  /** Index of the oldest retained record that arrived at or after `time`, milliseconds since the epoch; `next` if none did. */
  indexAtTime(time: number): number;
  /** Called soon after records were appended, once for several appends in a row, never from within an append or a read. Returns how to stop listening. */
  onAppend(listener: () => void): () => void;
}

/** A stream of the local Kinesis, which reads at once. */
export interface KinesisStream extends RecordStream {
  readonly shards: readonly KinesisShard[];
}

export interface KinesisShard extends Shard {
  read(from: number, maxRecords: number, maxBytes: number): readonly StoredRecord[];
}

export interface StoredRecord {
  readonly index: number;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** The reader's own: not overwritten by later records. */
  readonly data: Buffer;
  /** ApproximateArrivalTimestamp, milliseconds since the epoch; never less than the record's before it. */
  readonly arrival: number;
}
