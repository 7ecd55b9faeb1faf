import type { Database } from '../dynalite.ts';
import type { CapturedStreams } from './capture.ts';
import { horizonKey, STREAM_ENTRIES, streamKey } from './keys.ts';
import { Listeners } from './listeners.ts';
import { LATEST_ID } from './sequence-number.ts';
import { parseStreamArn, parseStreamName } from './stream-name.ts';
import { type StreamEntry, TableStream } from './table-stream.ts';

export interface TableStreamsOptions {
  /** Milliseconds since the epoch; may go back. */
  readonly now: () => number;
  /** Bytes of a stream's newest changes that are kept in memory as well. */
  readonly tailBytes: number;
  readonly log: (line: string) => void;
}

/**
 * Milliseconds that a change is kept, and a stream after its end.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
const RETENTION = 24 * 60 * 60 * 1000;

/** All streams of the database, those of tables that were deleted too. They outlive the opening of a database anew. */
export class TableStreams implements CapturedStreams {
  readonly now: () => number;
  readonly #options: TableStreamsOptions;
  readonly #streams = new Map<number, TableStream>();
  readonly #open = new Map<string, TableStream>();
  readonly #listeners: Listeners<string>;
  #db: Database | undefined;
  #latestId = 0;

  constructor(options: TableStreamsOptions) {
    this.#options = options;
    this.now = options.now;
    this.#listeners = new Listeners(options.log);
  }

  /** Takes the state that a database has which was just opened. */
  async attach(db: Database): Promise<void> {
    this.#db = db;
    const entries = (await db.values(STREAM_ENTRIES).all()) as StreamEntry[];
    const known = new Set(entries.map(({ id }) => id));
    this.#open.clear();
    for (const stream of this.all()) if (!known.has(stream.entry.id)) this.#remove(stream);
    for (const entry of entries) {
      const stream = this.#streams.get(entry.id) ?? this.make(entry);
      await stream.load(entry, db);
      this.#add(stream);
    }
  }

  get db(): Database {
    if (this.#db === undefined) throw new Error('The streams have no database yet');
    return this.#db;
  }

  get anyOpen(): boolean {
    return this.#open.size > 0;
  }

  /** In order of their beginnings. */
  all(): readonly TableStream[] {
    return [...this.#streams.values()].sort((a, b) => a.entry.id - b.entry.id);
  }

  open(tableName: string): TableStream | undefined {
    return this.#open.get(tableName);
  }

  byId(id: number): TableStream | undefined {
    return this.#streams.get(id);
  }

  /** By ARN, of whatever region, or by TABLE/LABEL. */
  find(name: string): TableStream | undefined {
    const { tableName, id } = parseStreamArn(name) ?? parseStreamName(name);
    const stream = this.#streams.get(id);
    return stream?.entry.tableName === tableName ? stream : undefined;
  }

  /** A beginning for a stream: now, or the next millisecond that no stream has. */
  newId(): number {
    const now = Math.min(Math.max(Math.trunc(this.now()), 0), LATEST_ID);
    this.#latestId = Math.max(now, this.#latestId + 1);
    return this.#latestId;
  }

  make(entry: StreamEntry): TableStream {
    return new TableStream(entry, this.db, this.#options.tailBytes, this.#options.log);
  }

  opened(stream: TableStream): void {
    this.#add(stream);
    this.#listeners.announce(stream.streamArn);
  }

  shut(stream: TableStream, entry: StreamEntry): void {
    this.#open.delete(entry.tableName);
    stream.shut(entry);
  }

  /** Called with a stream's ARN soon after it began, or was removed. Returns how to stop listening. */
  onStream(listener: (streamArn: string) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Deletes the changes of a stream that are too old. */
  trim(stream: TableStream): Promise<void> {
    return stream.trim(this.#horizon);
  }

  /** Deletes the changes that are too old, and the streams whose end is. */
  async trimAll(): Promise<void> {
    for (const stream of this.all()) {
      await this.trim(stream);
      const { id, closedAt } = stream.entry;
      if (closedAt === null || closedAt >= this.#horizon || stream.first < stream.next) continue;
      await this.db.batch([
        { type: 'del', key: streamKey(id) },
        { type: 'del', key: horizonKey(id) },
      ]);
      this.#remove(stream);
      this.#listeners.announce(stream.streamArn);
    }
  }

  /** Time before which changes are too old. */
  get #horizon(): number {
    return this.now() - RETENTION;
  }

  #add(stream: TableStream): void {
    const { id, tableName, closedAt } = stream.entry;
    this.#streams.set(id, stream);
    if (closedAt === null) this.#open.set(tableName, stream);
    this.#latestId = Math.max(this.#latestId, id);
  }

  #remove(stream: TableStream): void {
    this.#streams.delete(stream.entry.id);
    stream.vanish();
  }
}
