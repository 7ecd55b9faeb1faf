import { crc32 } from 'node:zlib';
import type { Position } from '../stream/reader.ts';
import type { EngineSnapshot, ShardState } from './engine.ts';
import type { WindowSnapshot } from './open-window.ts';
import type { OutboxItem } from './outbox.ts';

/** All that the aggregation must know to go on as if it had never stopped. */
export interface Checkpoint {
  /** The input stream that the positions are in. */
  readonly stream: {
    readonly name: string;
    /** When it was created, milliseconds since the epoch: a stream made anew under the same name starts anew. */
    readonly created: number;
  };
  /** Where each shard was read to. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly engine: EngineSnapshot;
  /** Closed summaries and quarantine entries that no stream has acknowledged yet, by id. */
  readonly outbox: readonly OutboxItem[];
  /** Id that the next entry of the outbox gets. */
  readonly nextId: number;
}

/**
 * A checkpoint as bytes, little-endian:
 *
 *     "WRCP", version (u32), sections, "DONE", CRC-32 of everything before "DONE" (u32)
 *
 * A section is its length in bytes (f64) and that many bytes. The first is JSON: everything small. Then come, as raw
 * columns, the counters and the four columns of each window, then the keys and the outbox as JSON lists, in pieces.
 */
const MAGIC = Buffer.from('WRCP');
const DONE = Buffer.from('DONE');

/** Raised by whoever changes the format or the meaning of a field. */
export const CHECKPOINT_VERSION = 1;

/** Entries of a JSON list that are one section: bounds the memory that writing takes. */
const PIECE = 5_000;

interface Head {
  readonly stream: Checkpoint['stream'];
  readonly positions: readonly (readonly [string, Position])[];
  readonly nextId: number;
  readonly shards: readonly ShardState[];
  readonly watermark: number | null;
  /** Start of each window whose columns follow. */
  readonly windows: readonly number[];
  readonly keys: number;
  readonly outbox: number;
}

/** Writes a checkpoint, piece by piece. */
export function* encodeCheckpoint(checkpoint: Checkpoint): Generator<Uint8Array> {
  let crc = 0;
  for (const piece of encodeSections(checkpoint)) {
    crc = crc32(piece, crc);
    yield piece;
  }
  yield DONE;
  yield u32(crc);
}

function* encodeSections(checkpoint: Checkpoint): Generator<Uint8Array> {
  const { engine, outbox } = checkpoint;
  const head: Head = {
    stream: checkpoint.stream,
    positions: [...checkpoint.positions],
    nextId: checkpoint.nextId,
    shards: engine.shards,
    watermark: engine.watermark,
    windows: engine.windows.map((window) => window.start),
    keys: engine.ledger.keys.length,
    outbox: outbox.length,
  };
  yield MAGIC;
  yield u32(CHECKPOINT_VERSION);
  yield* section(Buffer.from(JSON.stringify(head)));
  yield* section(bytesOf(engine.ledger.counters));
  for (const { unicorns, figures, distances, offsets } of engine.windows) {
    for (const column of [unicorns, figures, distances, offsets]) yield* section(bytesOf(column));
  }
  yield* list(engine.ledger.keys);
  yield* list(outbox);
}

/**
 * Reads a checkpoint.
 *
 * @throws Error that says what is wrong, if the bytes are not a whole checkpoint; UnknownVersion if another version wrote them
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = file.length - DONE.length - 4;
  if (end < MAGIC.length + 4) throw new Error(`it is too short (given ${file.length} bytes)`);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it does not begin like a checkpoint');
  const version = file.readUInt32LE(MAGIC.length);
  if (!file.subarray(end, end + DONE.length).equals(DONE)) throw new Error('its end is missing');
  if (crc32(file.subarray(0, end)) !== file.readUInt32LE(end + DONE.length)) {
    throw new Error('its checksum does not match');
  }
  if (version !== CHECKPOINT_VERSION) throw new UnknownVersion(version);
  return readSections(new Sections(file.subarray(MAGIC.length + 4, end)));
}

/** The bytes are whole, but another version of this program wrote them. */
export class UnknownVersion extends Error {
  constructor(version: number) {
    super(`it has version ${version}, and only version ${CHECKPOINT_VERSION} can be read`);
  }
}

function readSections(sections: Sections): Checkpoint {
  const head = sections.json() as Head;
  const counters = new Float64Array(sections.column());
  const windows = head.windows.map(
    (start): WindowSnapshot => ({
      start,
      unicorns: new Uint32Array(sections.column()),
      figures: new Int32Array(sections.column()),
      distances: new Float64Array(sections.column()),
      offsets: new Uint16Array(sections.column()),
    }),
  );
  const keys = sections.list(head.keys) as string[];
  const engine: EngineSnapshot = {
    shards: head.shards,
    watermark: head.watermark,
    ledger: { keys, counters },
    windows,
  };
  const outbox = sections.list(head.outbox) as OutboxItem[];
  return { stream: head.stream, positions: new Map(head.positions), engine, outbox, nextId: head.nextId };
}

/** Walks the sections of a checkpoint whose checksum is right. */
class Sections {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  json(): unknown {
    return JSON.parse(this.#next().toString());
  }

  /** A copy, because columns must be aligned. */
  column(): ArrayBuffer {
    return new Uint8Array(this.#next()).buffer;
  }

  list(length: number): unknown[] {
    const entries: unknown[] = [];
    while (entries.length < length) for (const entry of this.json() as unknown[]) entries.push(entry);
    return entries;
  }

  #next(): Buffer {
    const length = this.#bytes.readDoubleLE(this.#at);
    const from = this.#at + 8;
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }
}

function* section(content: Uint8Array): Generator<Uint8Array> {
  const length = Buffer.alloc(8);
  length.writeDoubleLE(content.length);
  yield length;
  yield content;
}

function* list(entries: readonly unknown[]): Generator<Uint8Array> {
  for (let from = 0; from < entries.length; from += PIECE) {
    yield* section(Buffer.from(JSON.stringify(entries.slice(from, from + PIECE))));
  }
}

function bytesOf(column: Float64Array | Uint32Array | Int32Array | Uint16Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
