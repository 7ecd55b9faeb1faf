import type { StoredRecord } from '../../kinesis/source.ts';
import type { Database, Table } from '../dynalite.ts';
import type { Accompanied, Accompany, WriteOperation } from '../writes.ts';
import { changeRecord } from './change.ts';
import type { Item } from './item.ts';
import { streamKey } from './keys.ts';
import { idOf } from './stream-name.ts';
import type { StreamEntry, TableStream } from './table-stream.ts';

/** The streams as the capture sees and changes them. */
export interface CapturedStreams {
  readonly now: () => number;
  readonly db: Database;
  /** Whether any table's stream is on. */
  readonly anyOpen: boolean;
  /** The stream of a table that is on. */
  open(tableName: string): TableStream | undefined;
  /** A stream that is not yet one of them. */
  make(entry: StreamEntry): TableStream;
  /** It is on disk now. */
  opened(stream: TableStream): void;
  /** It is closed on disk now. */
  shut(stream: TableStream, entry: StreamEntry): void;
}

const TABLE = 'table~';
const ITEM = 'item-';

/**
 * Change capture: writes of items, each accompanied by its change in the same batch of the database, so that both are
 * there or neither. Writes of tables, too, are accompanied: by the beginning and the end of streams, which follow what
 * the table's entry says.
 *
 * Writes that concern no stream are not even looked at twice.
 */
export function captureInto(streams: CapturedStreams): Accompany {
  return (operations) =>
    operations.some(({ key }) => concerns(key, streams)) ? capture(operations, streams) : undefined;
}

function concerns(key: string, streams: CapturedStreams): boolean {
  if (streams.anyOpen && key.startsWith(ITEM)) return streams.open(tableOf(key)) !== undefined;
  return key.startsWith(TABLE);
}

/** The table that an item's key names: `item-TABLE~…`. */
function tableOf(key: string): string {
  return key.slice(ITEM.length, key.indexOf('~'));
}

async function capture(
  operations: readonly WriteOperation[],
  streams: CapturedStreams,
): Promise<Accompanied> {
  const draft = new Draft(streams);
  await draft.read(operations);
  return {
    operations: operations.flatMap((operation) => draft.take(operation)),
    written: () => draft.apply(),
  };
}

/** What a batch makes of the streams, until it is on disk. */
class Draft {
  readonly #streams: CapturedStreams;
  /** What items are before the next operation, as JSON text. */
  readonly #items = new Map<string, string | undefined>();
  /** Tables of this batch, and their stream that is on. */
  readonly #open = new Map<string, TableStream | undefined>();
  readonly #records = new Map<TableStream, StoredRecord[]>();
  /** What is to be told of streams, in order. */
  readonly #steps: (() => void)[] = [];

  constructor(streams: CapturedStreams) {
    this.#streams = streams;
  }

  /** Reads the items that are about to be written where their tables have, or are about to get, a stream. */
  async read(operations: readonly WriteOperation[]): Promise<void> {
    const changing = new Set(
      operations.filter(({ key }) => key.startsWith(TABLE)).map(({ key }) => key.slice(TABLE.length)),
    );
    const keys = new Set<string>();
    for (const { key } of operations) {
      if (!key.startsWith(ITEM)) continue;
      const table = tableOf(key);
      if (changing.has(table) || this.#streams.open(table) !== undefined) keys.add(key);
    }
    if (keys.size === 0) return;
    const list = [...keys];
    const items = await this.#streams.db.getMany(list, { valueEncoding: 'utf8' });
    for (const [i, key] of list.entries()) this.#items.set(key, items[i]);
  }

  /** An operation, and what goes with it. */
  take(operation: WriteOperation): readonly WriteOperation[] {
    if (operation.key.startsWith(ITEM)) return this.#takeItem(operation);
    if (operation.key.startsWith(TABLE)) return [operation, ...this.#takeTable(operation)];
    return [operation];
  }

  #takeItem(operation: WriteOperation): readonly WriteOperation[] {
    const { key } = operation;
    if (!this.#items.has(key)) return [operation];
    const oldText = this.#items.get(key);
    const newText = operation.type === 'put' ? JSON.stringify(operation.value) : undefined;
    this.#items.set(key, newText);
    const written: WriteOperation =
      newText === undefined ? operation : { type: 'put', key, value: newText, valueEncoding: 'utf8' };
    const stream = this.#openStream(tableOf(key));
    if (stream === undefined || oldText === newText) return [written];

    const records = this.#records.get(stream) ?? [];
    const index = stream.next + records.length;
    const arrival = Math.max(this.#streams.now(), records.at(-1)?.arrival ?? stream.lastArrival);
    const change = changeRecord(
      parsed(oldText),
      parsed(newText),
      stream,
      stream.sequenceNumber(index),
      arrival,
    );
    if (change === undefined) return [written];
    const { operation: stored, record } = stream.encode(index, arrival, change);
    records.push(record);
    this.#records.set(stream, records);
    return [written, stored];
  }

  #takeTable(operation: WriteOperation): readonly WriteOperation[] {
    const tableName = operation.key.slice(TABLE.length);
    const table = operation.type === 'put' ? (operation.value as Table) : undefined;
    const wanted = wantedStream(table);
    const open = this.#openStream(tableName);
    if (open?.entry.id === wanted?.id) return [];
    const written: WriteOperation[] = [];
    if (open !== undefined) {
      const entry = { ...open.entry, closedAt: this.#streams.now() };
      written.push({ type: 'put', key: streamKey(entry.id), value: entry });
      this.#steps.push(() => this.#streams.shut(open, entry));
    }
    const stream = wanted && this.#streams.make(wanted);
    if (stream !== undefined) {
      written.push({ type: 'put', key: streamKey(stream.entry.id), value: stream.entry });
      this.#steps.push(() => this.#streams.opened(stream));
    }
    this.#open.set(tableName, stream);
    return written;
  }

  #openStream(tableName: string): TableStream | undefined {
    return this.#open.has(tableName) ? this.#open.get(tableName) : this.#streams.open(tableName);
  }

  apply(): void {
    for (const [stream, records] of this.#records) stream.append(records);
    for (const step of this.#steps) step();
  }
}

/** The stream that a table's entry says is on. */
function wantedStream(table: Table | undefined): StreamEntry | undefined {
  if (table === undefined || table.TableStatus === 'DELETING') return undefined;
  const { TableName: tableName, KeySchema: keySchema, StreamSpecification: specification } = table;
  const id = idOf(table.LatestStreamLabel ?? '');
  if (id === undefined || !specification?.StreamEnabled || specification.StreamViewType === undefined)
    return undefined;
  return { id, tableName, viewType: specification.StreamViewType, keySchema, closedAt: null };
}

function parsed(text: string | undefined): Item | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Item);
}
