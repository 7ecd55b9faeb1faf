import { hash } from 'node:crypto';
import { WildRydesError } from '../../../../telemetry/errors.ts';
import type { RecordStream, Shard, StoredRecord } from '../../kinesis/source.ts';
import type { Database, KeySchemaElement } from '../dynalite.ts';
import type { WriteOperation } from '../writes.ts';
import { type ChangeContext, type ChangeRecord, itemKeyOf, type ViewType } from './change.ts';
import { changeKey, changesOf, horizonKey, indexIn } from './keys.ts';
import { Listeners } from './listeners.ts';
import { counterIn, sequenceNumberOf } from './sequence-number.ts';
import { labelOf, streamArnOf } from './stream-name.ts';
import { recordSize, Tail } from './tail.ts';

/** A stream's entry in the database. Times in milliseconds since the epoch. */
export interface StreamEntry {
  /** When it began, which no other stream of the database shares. */
  readonly id: number;
  readonly tableName: string;
  readonly viewType: ViewType;
  readonly keySchema: readonly KeySchemaElement[];
  /** When it was disabled, or its table deleted; null as long as it takes changes. */
  readonly closedAt: number | null;
}

/** A change's entry in the database. */
interface StoredChange {
  /** Milliseconds since the epoch; never less than the change's before it. */
  readonly arrival: number;
  readonly record: ChangeRecord;
}

/** Changes deleted in one write. */
const TRIM_BATCH = 1_000;

/**
 * One stream of a table, open or closed, with its one shard. The writer of the database adds to it; what it shows is
 * on disk. Its newest records are in memory, and read at once; older ones take a promise.
 *
 * A record's data is the JSON text of what Lambda's event holds for it, with `eventSourceARN`. Its partition key is the
 * JSON text of the item's keys.
 */
export class TableStream implements RecordStream, Shard, ChangeContext {
  readonly streamName: string;
  readonly streamArn: string;
  readonly label: string;
  readonly shardId: string;
  readonly parents = [];
  readonly keyNames: readonly string[];
  /** Ends the JSON text of a record for Lambda, in place of the last brace of the API's. */
  readonly #suffix: string;
  readonly #appended: Listeners<void>;
  readonly #shardsChanged: Listeners<void>;
  readonly #tailBytes: number;
  #db: Database;
  #entry: StreamEntry;
  #first = 0;
  #next = 0;
  #tail: Tail;
  /** Arrival of the oldest retained change, if there is one. */
  #oldest: number | undefined;
  #lastArrival: number;
  #gone = false;
  #trimming: Promise<void> | undefined;

  constructor(entry: StreamEntry, db: Database, tailBytes: number, log: (line: string) => void) {
    this.#entry = entry;
    this.#db = db;
    this.#lastArrival = entry.id;
    this.#tailBytes = tailBytes;
    this.#tail = new Tail(tailBytes, 0);
    this.#appended = new Listeners(log);
    this.#shardsChanged = new Listeners(log);
    this.label = labelOf(entry.id);
    this.streamArn = streamArnOf(entry);
    this.streamName = `${entry.tableName}/${this.label}`;
    this.shardId = `shardId-${String(entry.id).padStart(20, '0')}-${hash('sha256', this.streamArn).slice(0, 8)}`;
    this.keyNames = entry.keySchema.map(({ AttributeName }) => AttributeName);
    this.#suffix = `,"eventSourceARN":${JSON.stringify(this.streamArn)}}`;
  }

  get entry(): StreamEntry {
    return this.#entry;
  }

  get viewType(): ViewType {
    return this.#entry.viewType;
  }

  get shards(): readonly this[] {
    return this.#gone ? [] : [this];
  }

  get closed(): boolean {
    return this.#gone || this.#entry.closedAt !== null;
  }

  get first(): number {
    return this.#first;
  }

  get next(): number {
    return this.#next;
  }

  /** Milliseconds since the epoch: no later change may have arrived before. */
  get lastArrival(): number {
    return this.#lastArrival;
  }

  get startingSequenceNumber(): string {
    return sequenceNumberOf(this.#entry.id, 0);
  }

  /** Undefined as long as the shard is open. */
  get endingSequenceNumber(): string | undefined {
    return this.closed ? sequenceNumberOf(this.#entry.id, this.#next + 1) : undefined;
  }

  sequenceNumber(index: number): string {
    return sequenceNumberOf(this.#entry.id, index + 1);
  }

  indexOf(sequenceNumber: string): number | undefined {
    const counter = counterIn(sequenceNumber, this.#entry.id);
    return counter === undefined || counter < 1 || counter > this.#next ? undefined : counter - 1;
  }

  /** The counter of a number that this shard gave, its starting and ending ones too; undefined for any other. */
  counterOf(sequenceNumber: string): number | undefined {
    const counter = counterIn(sequenceNumber, this.#entry.id);
    return counter === undefined || counter > this.#next + (this.closed ? 1 : 0) ? undefined : counter;
  }

  /** As of any shard; STATE_CORRUPT, by the promise, when changes are missing in the database. */
  read(
    from: number,
    maxRecords: number,
    maxBytes: number,
  ): readonly StoredRecord[] | Promise<readonly StoredRecord[]> {
    const start = Math.max(from, this.#first);
    if (this.#gone || maxRecords < 1 || start >= this.#next) return [];
    if (start >= this.#tail.first) return this.#tail.read(start, maxRecords, maxBytes);
    return this.#readStored(start, maxRecords, maxBytes);
  }

  /**
   * Exact for a time from the oldest record in memory on; for one before it, the oldest retained. Lambda does not start
   * in a table's stream at a time.
   */
  indexAtTime(time: number): number {
    return this.#tail.indexAtTime(time) ?? this.#first;
  }

  onAppend(listener: () => void): () => void {
    return this.#appended.add(listener);
  }

  onShards(listener: () => void): () => void {
    return this.#shardsChanged.add(listener);
  }

  /** The JSON text of a record as GetRecords gives it. */
  apiText({ data }: StoredRecord): string {
    return `${data.toString('utf8', 0, data.length - Buffer.byteLength(this.#suffix))}}`;
  }

  /** What the database holds of a change, and what a reader gets of it. */
  encode(
    index: number,
    arrival: number,
    change: ChangeRecord,
  ): { operation: WriteOperation; record: StoredRecord } {
    const text = JSON.stringify(change);
    return {
      operation: {
        type: 'put',
        key: changeKey(this.#entry.id, index),
        value: `{"arrival":${arrival},"record":${text}}`,
        valueEncoding: 'utf8',
      },
      record: this.#record(index, arrival, change, text),
    };
  }

  #decode(key: string, value: string): StoredRecord {
    const { arrival, record } = JSON.parse(value) as StoredChange;
    const index = indexIn(key);
    // An earlier version wrote numbers of another form, which readers must not meet beside today's.
    const SequenceNumber = this.sequenceNumber(index);
    const change = { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };
    return this.#record(index, arrival, change, JSON.stringify(change));
  }

  #record(index: number, arrival: number, change: ChangeRecord, text: string): StoredRecord {
    return {
      index,
      sequenceNumber: this.sequenceNumber(index),
      partitionKey: itemKeyOf(change),
      data: Buffer.from(text.slice(0, -1) + this.#suffix),
      arrival,
    };
  }

  /** Takes what was written; the first of the records is the next one. */
  append(records: readonly StoredRecord[]): void {
    for (const record of records) this.#tail.push(record);
    this.#oldest ??= records[0]?.arrival;
    this.#lastArrival = records.at(-1)?.arrival ?? this.#lastArrival;
    this.#next += records.length;
    this.#appended.announce();
  }

  /** Takes its new state, once that is stored. */
  shut(entry: StreamEntry): void {
    this.#entry = entry;
    this.#appended.announce();
    this.#shardsChanged.announce();
  }

  /** The stream is no more: it reads as empty from now on. */
  vanish(): void {
    this.#gone = true;
    this.#appended.announce();
    this.#shardsChanged.announce();
  }

  /** Takes the state that a database has which was just opened. */
  async load(entry: StreamEntry, db: Database): Promise<void> {
    const { id } = entry;
    const [horizon] = await db.getMany([horizonKey(id)], { valueEncoding: 'utf8' });
    const [last] = await db.keys({ ...changesOf(id), reverse: true, limit: 1 }).all();
    this.#db = db;
    this.#entry = entry;
    this.#first = Number(horizon ?? 0);
    this.#next = Math.max(this.#first, last === undefined ? 0 : indexIn(last) + 1);
    this.#tail = new Tail(this.#tailBytes, this.#next);
    this.#oldest = await this.#arrivalOf(this.#first);
    this.#lastArrival = Math.max(id, (await this.#arrivalOf(this.#next - 1)) ?? 0);
  }

  /**
   * Deletes what arrived before a time. Costs nothing as long as there is nothing such.
   *
   * @param horizon milliseconds since the epoch
   */
  async trim(horizon: number): Promise<void> {
    while (!this.#gone && this.#oldest !== undefined && this.#oldest < horizon) {
      this.#trimming ??= this.#trim(horizon).finally(() => {
        this.#trimming = undefined;
      });
      await this.#trimming;
    }
  }

  async #trim(horizon: number): Promise<void> {
    const { id } = this.#entry;
    const from = this.#first;
    const first = await this.#storedAtTime(horizon);
    const oldest = await this.#arrivalOf(first);
    this.#first = first;
    this.#tail.dropBefore(first);
    // Those that came meanwhile are in memory.
    this.#oldest = oldest ?? this.#tail.read(this.#tail.first, 1, 0)[0]?.arrival;
    for (let start = from; start < first; start += TRIM_BATCH) {
      const end = Math.min(start + TRIM_BATCH, first);
      const operations: WriteOperation[] = [
        { type: 'put', key: horizonKey(id), value: String(end), valueEncoding: 'utf8' },
      ];
      for (let index = start; index < end; index++)
        operations.push({ type: 'del', key: changeKey(id, index) });
      await this.#db.batch(operations);
    }
  }

  /** Index of the oldest change that arrived at or after a time. */
  async #storedAtTime(time: number): Promise<number> {
    let from = this.#first;
    let to = this.#next;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const arrival = await this.#arrivalOf(middle);
      // Undefined if it was deleted meanwhile, being too old.
      if (arrival === undefined || arrival < time) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  async #readStored(start: number, maxRecords: number, maxBytes: number): Promise<readonly StoredRecord[]> {
    const { id } = this.#entry;
    const end = Math.min(start + maxRecords, this.#next);
    const found: StoredRecord[] = [];
    let room = maxBytes;
    const entries = this.#db.iterator({
      gte: changeKey(id, start),
      lt: changeKey(id, end),
      valueEncoding: 'utf8',
    });
    for await (const [key, value] of entries) {
      const record = this.#decode(key, value);
      // What comes first may be later than what was asked for if that was deleted meanwhile, being too old.
      const expected = found.length === 0 ? Math.max(start, this.#first) : found.at(-1)!.index + 1;
      if (record.index > expected) throw this.#missing(expected);
      room -= recordSize(record);
      if (room < 0 && found.length > 0) return found;
      found.push(record);
    }
    const reached = found.at(-1)?.index ?? Math.max(start, this.#first) - 1;
    if (reached + 1 < end) throw this.#missing(reached + 1);
    return found;
  }

  async #arrivalOf(index: number): Promise<number | undefined> {
    if (index < 0) return undefined;
    const [value] = await this.#db.getMany([changeKey(this.#entry.id, index)], { valueEncoding: 'utf8' });
    return value === undefined ? undefined : (JSON.parse(value) as StoredChange).arrival;
  }

  #missing(index: number): WildRydesError {
    return new WildRydesError(
      'STATE_CORRUPT',
      `Change ${this.sequenceNumber(index)} of table ${this.#entry.tableName} is missing in the database`,
      { next: 'Restore the folder from a copy, or start anew with ./wildrydes reset' },
    );
  }
}
