import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { damaged } from './damage.ts';
import { arrivalOf, FRAME_HEADER, frameLength, isIntact } from './frame.ts';

/** A mark in the sparse index of a segment every so many bytes: what a reader has to skip at most. */
const MARK_EVERY = 32 * 1024;

/** Bytes read from a segment at a time. */
const READ_BYTES = 256 * 1024;

/** Called with each frame in turn, whole and verified; false ends the walk. The buffer is the walker's: copy what is kept. */
export type FrameVisitor = (buffer: Buffer, at: number, length: number) => boolean;

export interface Mark {
  readonly index: number;
  readonly offset: number;
}

/**
 * One file of a log: frames one after another. It knows where some of its records are, as far as it has been
 * written or walked through by this process: a segment of an earlier one is indexed as it is read.
 */
export class Segment {
  readonly path: string;
  /** Index of its first record. */
  readonly first: number;
  /** Bytes in the segments before it, counted since the oldest that this process knew. */
  readonly base: number;
  /** Bytes of whole frames. */
  size: number;
  /** Arrival of its first record; undefined while it is empty. */
  firstArrival: number | undefined;
  readonly #markIndex: number[] = [];
  readonly #markOffset: number[] = [];
  readonly #markArrival: number[] = [];
  #knownTo: { index: number; offset: number };

  constructor(path: string, first: number, base: number, size: number, firstArrival: number | undefined) {
    this.path = path;
    this.first = first;
    this.base = base;
    this.size = size;
    this.firstArrival = firstArrival;
    this.#knownTo = { index: first, offset: 0 };
  }

  /** The last known place at or before a record. */
  near(index: number): Mark {
    return this.#mark(lastWhere(this.#markIndex, (known) => known <= index));
  }

  /** The last known place before all records that arrived at or after `time`. */
  nearTime(time: number): Mark {
    return this.#mark(lastWhere(this.#markArrival, (known) => known < time));
  }

  /** Takes note of records that follow one another from `offset` on, unless they were passed before. */
  passed(index: number, offset: number, records: number, bytes: number, arrival: number): void {
    if (offset !== this.#knownTo.offset) return;
    if (offset >= (this.#markOffset.at(-1) ?? 0) + MARK_EVERY) {
      this.#markIndex.push(index);
      this.#markOffset.push(offset);
      this.#markArrival.push(arrival);
    }
    this.#knownTo = { index: index + records, offset: offset + bytes };
  }

  #mark(at: number): Mark {
    return at < 0
      ? { index: this.first, offset: 0 }
      : { index: this.#markIndex[at]!, offset: this.#markOffset[at]! };
  }
}

/**
 * Visits the frames of a file from `offset` to `size`. Returns the offset after the last frame visited; less than
 * `size`, when the visitor did not end the walk, if the last frame is cut short.
 *
 * @throws WildRydesError STATE_CORRUPT at a frame that is not as it was written
 */
export function walkFrames(
  fd: number,
  path: string,
  offset: number,
  size: number,
  visit: FrameVisitor,
): number {
  let window = Buffer.allocUnsafe(Math.min(READ_BYTES, size - offset));
  let held = 0;
  let at = 0;
  let place = offset;
  while (place < size) {
    const length = frameLength(window, at, held - at);
    if (length < 0) throw damaged(path, place, 'no record begins here');
    const ahead = size - place;
    if (length > 0 && length <= held - at) {
      if (!isIntact(window, at, length)) throw damaged(path, place, 'the checksum of the record differs');
      const going = visit(window, at, length);
      at += length;
      place += length;
      if (!going) return place;
      continue;
    }
    if (length > ahead || held - at === ahead) return place;
    const larger = length > window.length ? Buffer.allocUnsafe(length) : window;
    window.copy(larger, 0, at, held);
    held -= at;
    at = 0;
    window = larger;
    const wanted = Math.min(window.length - held, ahead - held);
    const got = readSync(fd, window, held, wanted, place + held);
    if (got === 0) throw damaged(path, place + held, `the file ends here, ${ahead - held} bytes early`);
    held += got;
  }
  return place;
}

/** Position of the last element of a list that starts with elements that are `so`, or -1. */
export function lastWhere<T>(list: readonly T[], so: (element: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (so(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The segments of a log, the oldest first; at least one.
 *
 * @throws WildRydesError STATE_CORRUPT if there is none
 */
export function existingSegments(folder: string): Segment[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /^\d{15}\.log$/.test(name))
      .sort();
  } catch (error) {
    throw damaged(folder, 0, `its records cannot be found (${String(error)})`);
  }
  if (names.length === 0) throw damaged(folder, 0, 'its records are missing');
  // An empty last segment knows no arrival: the one before it, full, is the last then.
  while (names.length > 1 && statSync(join(folder, names.at(-1)!)).size === 0) {
    rmSync(join(folder, names.pop()!));
  }
  let base = 0;
  return names.map((name) => {
    const path = join(folder, name);
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const segment = new Segment(path, Number(basename(name, '.log')), base, size, arrivalAtStart(file));
      base += size;
      return segment;
    } finally {
      closeSync(file);
    }
  });
}

function arrivalAtStart(file: number): number | undefined {
  const header = Buffer.alloc(FRAME_HEADER);
  return readSync(file, header, 0, FRAME_HEADER, 0) === FRAME_HEADER ? arrivalOf(header, 0) : undefined;
}

/** File name of the segment that begins with a record. */
export function segmentName(first: number): string {
  return `${String(first).padStart(15, '0')}.log`;
}
