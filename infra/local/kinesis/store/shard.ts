import { SequenceNumbers, shardIdOf } from '../sequence-number.ts';
import type { KinesisShard, StoredRecord } from '../source.ts';
import { arrivalOf, dataStart, FRAME_HEADER } from './frame.ts';
import type { RecordLog, RecordVisitor } from './record-log.ts';

/** A shard in its stream's metadata: its place in the lineage. Times in milliseconds since the epoch. */
export interface ShardMetadata {
  readonly number: number;
  /** Shard numbers: none for a stream's first shards, one after a split, two after a merge. */
  readonly parents: readonly number[];
  /** Hash keys, decimal, both inclusive. */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  readonly openedAt: number;
  /** Null as long as it takes records. */
  readonly closed: { readonly at: number; readonly next: number } | null;
}

export interface ShardOptions {
  readonly metadata: ShardMetadata;
  readonly records: RecordLog;
  /** Milliseconds since the epoch; may go back. */
  readonly now: () => number;
  /** What arrived before is expired; milliseconds since the epoch. */
  readonly horizon: () => number;
  readonly log: (line: string) => void;
}

/** One shard: its log, its sequence numbers, and what it still retains. */
export class StoredShard implements KinesisShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly #options: ShardOptions;
  readonly #records: RecordLog;
  readonly #numbers: SequenceNumbers;
  readonly #listeners = new Set<() => void>();
  #metadata: ShardMetadata;
  #first: number;
  /** Arrival of the oldest retained record, once known. */
  #oldest: number | undefined;
  #announcing = false;
  #gone = false;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#metadata = options.metadata;
    this.#records = options.records;
    this.#first = options.records.first;
    this.#numbers = new SequenceNumbers(options.metadata.openedAt, options.metadata.number);
    this.shardId = shardIdOf(options.metadata.number);
    this.parents = options.metadata.parents.map(shardIdOf);
  }

  get metadata(): ShardMetadata {
    return this.#metadata;
  }

  get closed(): boolean {
    return this.#metadata.closed !== null || this.#gone;
  }

  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#records.next;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#records.bytes;
  }

  get startingSequenceNumber(): string {
    return this.#numbers.of(0);
  }

  /** Undefined as long as the shard is open. */
  get endingSequenceNumber(): string | undefined {
    const { closed } = this.#metadata;
    return closed === null ? undefined : this.#numbers.of(closed.next + 1);
  }

  sequenceNumber(index: number): string {
    return this.#numbers.of(index + 1);
  }

  indexOf(sequenceNumber: string): number | undefined {
    const counter = this.#numbers.counter(sequenceNumber);
    return counter === undefined || counter < 1 || counter > this.next ? undefined : counter - 1;
  }

  /**
   * Index of the first record at or after a sequence number: a record's, or the shard's starting or ending one.
   * Undefined for a number that this shard did not give.
   */
  positionAt(sequenceNumber: string): number | undefined {
    const counter = this.#numbers.counter(sequenceNumber);
    if (counter === undefined || counter > this.next + (this.closed ? 1 : 0)) return undefined;
    return Math.min(Math.max(counter - 1, 0), this.next);
  }

  /** As `positionAt`, but after the number. */
  positionAfter(sequenceNumber: string): number | undefined {
    const counter = this.#numbers.counter(sequenceNumber);
    if (counter === undefined || counter > this.next + (this.closed ? 1 : 0)) return undefined;
    return Math.min(counter, this.next);
  }

  indexAtTime(time: number): number {
    this.trim();
    return Math.max(this.#first, this.#records.indexAtTime(time));
  }

  read(from: number, maxRecords: number, maxBytes: number): readonly StoredRecord[] {
    if (this.#gone) return [];
    this.trim();
    const read: StoredRecord[] = [];
    let room = maxBytes;
    if (maxRecords < 1) return read;
    this.scan(from, (buffer, at, length, index) => {
      room -= length - FRAME_HEADER;
      if (room < 0 && read.length > 0) return false;
      const data = dataStart(buffer, at);
      read.push({
        index,
        sequenceNumber: this.sequenceNumber(index),
        partitionKey: buffer.toString('utf8', at + FRAME_HEADER, data),
        data: Buffer.from(buffer.subarray(data, at + length)),
        arrival: arrivalOf(buffer, at),
      });
      return read.length < maxRecords;
    });
    return read;
  }

  /** Visits retained records from `from` on, without copying them. */
  scan(from: number, visit: RecordVisitor): void {
    if (!this.#gone) this.#records.scan(Math.max(from, this.#first), visit);
  }

  /** The time that records arriving now are given: never less than the newest record's, or the shard's own beginning. */
  arrival(): number {
    return Math.max(this.#options.now(), this.#records.lastArrival, this.#metadata.openedAt);
  }

  /** Adds a record to the batch; see RecordLog.stage. */
  stage(arrival: number, key: string, data: string): number {
    return this.#records.stage(arrival, key, data);
  }

  get staged(): number {
    return this.#records.staged;
  }

  rollback(): void {
    this.#records.rollback();
  }

  /** Writes the batch; see RecordLog.commit. */
  commit(): number {
    const first = this.#records.commit();
    try {
      this.trim();
    } catch (error) {
      // What was written stays written: the damage will be told to whoever reads there.
      this.#options.log(`kinesis: ${String(error)}`);
    }
    if (this.#listeners.size > 0) this.#announce();
    return first;
  }

  /** Lets go of records older than the retention. */
  trim(): void {
    if (this.#gone || this.#first >= this.next) return;
    const horizon = this.#options.horizon();
    if (this.#oldest !== undefined && this.#oldest >= horizon) return;
    const first = Math.max(this.#first, this.#records.indexAtTime(horizon));
    this.#oldest = undefined;
    this.#first = first;
    this.#records.dropBefore(first);
    this.#records.scan(first, (buffer, at) => {
      this.#oldest = arrivalOf(buffer, at);
      return false;
    });
  }

  /** Takes its new state from the stream's metadata, once that is stored. */
  shut(metadata: ShardMetadata): void {
    this.#metadata = metadata;
    if (this.#listeners.size > 0) this.#announce();
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  closeFiles(): void {
    this.#records.closeFiles();
  }

  /** The shard is no more: it reads as empty from now on. */
  release(): void {
    this.#gone = true;
    this.#records.close();
  }

  /** After the answer has gone out, and once for all appends until then. */
  #announce(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    setImmediate(() => {
      this.#announcing = false;
      for (const listener of [...this.#listeners]) {
        try {
          listener();
        } catch (error) {
          this.#options.log(`kinesis: a listener of ${this.shardId} failed: ${String(error)}`);
        }
      }
    });
  }
}
