import { existsSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Documents, openDocuments } from '../documents.ts';
import { arrivalOf, dataStart, FRAME_HEADER } from '../kinesis/store/frame.ts';
import { RecordLog } from '../kinesis/store/record-log.ts';

/** Where a record came from, if from a stream. */
export interface Origin {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  /** Within its shard, from 0. */
  readonly index: number;
}

export interface SpooledRecord {
  /** Counts from 0 within a delivery stream. */
  readonly index: number;
  readonly data: Buffer;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly origin: Origin | null;
}

/** How far a spool was delivered, and how far its source was read. */
interface Progress {
  /** Index of the first record that is not delivered. */
  readonly next: number;
  /** By shard of the source, the index of the first record that is not delivered. */
  readonly shards: Readonly<Record<string, number>>;
}

const SEGMENT = 16 * 1024 * 1024;
const TAIL = 4 * 1024 * 1024;

/**
 * Records on their way: a log on disk that is appended to before a record is acknowledged, and how far it was delivered.
 * What was delivered and not noted before a crash comes again. No fsync: it survives the end of the process, not of the machine.
 */
export class Spool {
  readonly #log: RecordLog;
  readonly #folder: string;
  readonly #progress: Documents<Progress>;
  #pending = 0;
  /** By shard of the source, the index of the first record that was not taken. */
  readonly #taken: Map<string, number>;

  /**
   * @param folder of this delivery stream, created if missing
   * @throws WildRydesError STATE_CORRUPT when it cannot be read back
   */
  constructor(folder: string, log: (line: string) => void) {
    const records = join(folder, 'records');
    if (!existsSync(records)) RecordLog.create(records);
    this.#folder = folder;
    this.#log = RecordLog.open({
      folder: records,
      segmentBytes: SEGMENT,
      tailBytes: TAIL,
      write: writeSync,
      log,
    });
    this.#progress = openDocuments({
      file: join(folder, 'progress.json'),
      what: 'progress of a delivery stream',
    });
    this.#taken = new Map(Object.entries(this.#noted.shards));
    this.#scan((record) => {
      this.#pending += record.data.length;
      this.#took(record.origin);
      return true;
    });
  }

  /** Index of the first record that is not delivered. */
  get position(): number {
    return Math.max(this.#log.first, this.#noted.next);
  }

  /** Index that the next record will get. */
  get next(): number {
    return this.#log.next;
  }

  /** Bytes of data that are not delivered. */
  get pendingBytes(): number {
    return this.#pending;
  }

  /** Index of the first record of a shard of the source that was not taken; undefined for a shard that is new. */
  takenFrom(shardId: string): number | undefined {
    return this.#taken.get(shardId);
  }

  get #noted(): Progress {
    return this.#progress.get('progress') ?? { next: 0, shards: {} };
  }

  /**
   * Appends records, on disk when it returns. Returns the index of the first.
   *
   * @param records data in base64, checked before; those from a stream of one shard, in order
   * @param now milliseconds since the epoch
   * @throws WildRydesError STATE_UNUSABLE if they cannot be written, with none of them left behind
   */
  append(records: readonly { readonly data: string; readonly origin: Origin | null }[], now: number): number {
    const arrival = Math.max(now, this.#log.lastArrival);
    let bytes = 0;
    for (const { data, origin } of records) {
      const key = origin === null ? '' : JSON.stringify(origin);
      const staged = this.#log.stage(arrival, key, data);
      if (staged < 0) {
        this.#log.rollback();
        throw new Error('data must be base64');
      }
      bytes += staged - Buffer.byteLength(key);
    }
    const first = this.#log.commit();
    this.#pending += bytes;
    this.#took(records.at(-1)?.origin ?? null);
    return first;
  }

  /** Records that are not delivered, oldest first: at most so many bytes of data, but at least one if there is one. */
  read(maxBytes: number): SpooledRecord[] {
    const records: SpooledRecord[] = [];
    let bytes = 0;
    this.#scan((record) => {
      if (records.length > 0 && bytes + record.data.length > maxBytes) return false;
      bytes += record.data.length;
      records.push({ ...record, data: Buffer.from(record.data) });
      return true;
    });
    return records;
  }

  /** Visits what is not delivered. The data is the log's, and only until the visitor returns; false ends the scan. */
  #scan(visit: (record: SpooledRecord) => boolean): void {
    this.#log.scan(this.position, (buffer, at, length, index) => {
      const start = dataStart(buffer, at);
      const key = buffer.toString('utf8', at + FRAME_HEADER, start);
      return visit({
        index,
        data: buffer.subarray(start, at + length),
        arrival: arrivalOf(buffer, at),
        origin: key === '' ? null : (JSON.parse(key) as Origin),
      });
    });
  }

  #took(origin: Origin | null): void {
    if (origin !== null) this.#taken.set(origin.shardId, origin.index + 1);
  }

  /** Notes that records were delivered; noted on disk when it returns. */
  delivered(records: readonly SpooledRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    const shards = new Map(Object.entries(this.#noted.shards));
    for (const { origin } of records) if (origin !== null) shards.set(origin.shardId, origin.index + 1);
    this.#progress.put('progress', { next: last.index + 1, shards: Object.fromEntries(shards) });
    for (const { data } of records) this.#pending -= data.length;
    this.#log.dropBefore(last.index + 1);
  }

  /** Notes where a new shard of the source begins; noted on disk when it returns. */
  begin(shardId: string, index: number): void {
    const noted = this.#noted;
    this.#progress.put('progress', { ...noted, shards: { ...noted.shards, [shardId]: index } });
    this.#taken.set(shardId, index);
  }

  close(): void {
    this.#log.close();
  }

  /** Closes it, and removes all that it holds. */
  remove(): void {
    this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
