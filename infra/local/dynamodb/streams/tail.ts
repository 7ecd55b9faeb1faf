import type { StoredRecord } from '../../kinesis/source.ts';

/** The newest records of a stream, in memory, where readers that keep up find them at once. Bounded: older ones make way. */
export class Tail {
  readonly #most: number;
  #records: StoredRecord[] = [];
  #bytes = 0;
  /** Index of the first record held, or of the next one to come. */
  #first: number;

  /** @param most bytes of data and partition keys; the newest record is kept whatever its size */
  constructor(most: number, first: number) {
    this.#most = most;
    this.#first = first;
  }

  get first(): number {
    return this.#first;
  }

  push(record: StoredRecord): void {
    this.#records.push(record);
    this.#bytes += recordSize(record);
    while (this.#bytes > this.#most && this.#records.length > 1) this.#shift();
  }

  /** Lets go of the records before an index. */
  dropBefore(index: number): void {
    while (this.#first < index && this.#records.length > 0) this.#shift();
    this.#first = Math.max(this.#first, index);
  }

  /** @param from not before `first` */
  read(from: number, maxRecords: number, maxBytes: number): readonly StoredRecord[] {
    const start = from - this.#first;
    let end = start;
    let room = maxBytes;
    while (end < this.#records.length && end - start < maxRecords) {
      room -= recordSize(this.#records[end]!);
      if (room < 0 && end > start) break;
      end++;
    }
    return this.#records.slice(start, end);
  }

  /** Index of the first record that arrived at or after a time; undefined if that may be one that is not held. */
  indexAtTime(time: number): number | undefined {
    const found = this.#records.findIndex(({ arrival }) => arrival >= time);
    if (found === 0 || this.#records.length === 0) return undefined;
    return found < 0 ? this.#first + this.#records.length : this.#first + found;
  }

  #shift(): void {
    this.#bytes -= recordSize(this.#records.shift()!);
    this.#first++;
  }
}

/** What a record counts for: the bytes of its data and of its partition key. */
export function recordSize(record: StoredRecord): number {
  return record.data.length + Buffer.byteLength(record.partitionKey);
}
