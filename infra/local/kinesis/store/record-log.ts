import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { damaged, unusable } from './damage.ts';
import { base64Length, writeKey } from './encoding.ts';
import { arrivalOf, FRAME_HEADER, frameLength, sealFrame } from './frame.ts';
import { existingSegments, lastWhere, type Mark, Segment, segmentName, walkFrames } from './segment.ts';
import { Tail } from './tail.ts';

/** write(2) at a position: `fs.writeSync`, or a test's that fails. */
export type WriteAt = (
  fd: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
) => number;

export interface LogOptions {
  /** Where its segments are; nothing else is. */
  readonly folder: string;
  /** A segment this large or larger takes no further batch. */
  readonly segmentBytes: number;
  /** How much of the newest is kept in memory. */
  readonly tailBytes: number;
  readonly write: WriteAt;
  readonly log: (line: string) => void;
}

/** Called with each record in turn; false ends the scan. The buffer is the log's, and only until the visitor returns. */
export type RecordVisitor = (buffer: Buffer, at: number, length: number, index: number) => boolean;

/**
 * One shard's records: an append-only sequence of frames in segment files, each named by the index of its first record.
 * A batch is staged in memory, then committed with one write: when `commit` returns, the records are the kernel's to
 * keep and survive the death of this process (not of the machine: there is no fsync). What fails is taken back whole.
 */
export class RecordLog {
  readonly #options: LogOptions;
  readonly #segments: Segment[];
  readonly #tail: Tail;
  #next: number;
  #lastArrival: number;
  #staged = 0;
  /** Arrivals of the first and the last record of the batch. */
  #stagedFrom = 0;
  #stagedTo = 0;
  /** The last segment's file. */
  #file: number | undefined;
  /** An older segment's file, the last that was read. */
  #older: { readonly segment: Segment; readonly file: number } | undefined;
  /** A failed write may have left bytes after the last frame of the last segment. */
  #untidy = false;

  private constructor(options: LogOptions, segments: Segment[], next: number, lastArrival: number) {
    const last = segments.at(-1)!;
    this.#options = options;
    this.#segments = segments;
    this.#next = next;
    this.#lastArrival = lastArrival;
    this.#tail = new Tail(options.tailBytes, next, last.base + last.size);
  }

  /** Prepares the folder of an empty log. */
  static create(folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, segmentName(0)), '');
  }

  /**
   * Opens a log. A write that the end of its process cut short leaves part of a record at the end of the last segment:
   * it was never acknowledged, and is cut off and logged.
   *
   * @throws WildRydesError STATE_CORRUPT if the last segment is damaged anywhere else, or a segment is missing.
   * Older segments are verified as they are read.
   */
  static open(options: LogOptions): RecordLog {
    const segments = existingSegments(options.folder);
    const last = segments.at(-1)!;
    let next = last.first;
    let lastArrival = Number.NEGATIVE_INFINITY;
    const file = openSync(last.path, 'r');
    let offset = 0;
    try {
      walkFrames(file, last.path, 0, last.size, (buffer, at, length) => {
        lastArrival = arrivalOf(buffer, at);
        last.passed(next, offset, 1, length, lastArrival);
        next += 1;
        offset += length;
        return true;
      });
    } finally {
      closeSync(file);
    }
    if (offset < last.size) {
      truncateSync(last.path, offset);
      options.log(
        `kinesis: cut ${last.size - offset} bytes of an unfinished write off ${last.path} at ${offset}`,
      );
      last.size = offset;
      // The write was the first of its segment, which is gone with it: the one before it is the last then.
      if (offset === 0 && segments.length > 1) return RecordLog.open(options);
    }
    if (offset === 0) last.firstArrival = undefined;
    return new RecordLog(options, segments, next, lastArrival);
  }

  /** Index of the oldest record on disk. */
  get first(): number {
    return this.#segments[0]!.first;
  }

  /** Index that the next record will get. */
  get next(): number {
    return this.#next;
  }

  /** Arrival of the newest record that this log knows of, or -Infinity. */
  get lastArrival(): number {
    return this.#lastArrival;
  }

  /** Bytes on disk. */
  get bytes(): number {
    const last = this.#segments.at(-1)!;
    return last.base + last.size - this.#segments[0]!.base;
  }

  /** Records in the batch that is being put together. */
  get staged(): number {
    return this.#staged;
  }

  /**
   * Adds a record to the batch. Returns the bytes of its key and data, or -1, with nothing added, if `data` is not
   * base64 with its padding.
   *
   * @param arrival not less than that of the record before
   * @param key at most 65,535 bytes of UTF-8
   */
  stage(arrival: number, key: string, data: string): number {
    const dataLength = base64Length(data);
    if (dataLength < 0) return -1;
    const tail = this.#tail;
    tail.makeRoom(FRAME_HEADER + 3 * key.length + dataLength);
    const { buffer, end } = tail;
    const keyLength = writeKey(buffer, end + FRAME_HEADER, key);
    const dataAt = end + FRAME_HEADER + keyLength;
    if (dataLength > 0 && buffer.write(data, dataAt, dataLength, 'base64') !== dataLength) return -1;
    const length = FRAME_HEADER + keyLength + dataLength;
    sealFrame(buffer, end, length, arrival, keyLength);
    tail.end = end + length;
    if (this.#staged === 0) this.#stagedFrom = arrival;
    this.#stagedTo = arrival;
    this.#staged += 1;
    return keyLength + dataLength;
  }

  /**
   * Writes the batch. Returns the index of its first record.
   *
   * @throws WildRydesError STATE_UNUSABLE if it cannot be written, with nothing of it left behind
   */
  commit(): number {
    const first = this.#next;
    if (this.#staged === 0) return first;
    const tail = this.#tail;
    const bytes = tail.end - tail.written;
    try {
      const segment = this.#writable();
      this.#write(segment, tail.buffer, tail.written, bytes);
      segment.firstArrival ??= this.#stagedFrom;
      segment.passed(first, segment.size, this.#staged, bytes, this.#stagedFrom);
      segment.size += bytes;
    } catch (error) {
      this.rollback();
      throw unusable(`cannot append to ${this.#options.folder}`, error);
    }
    tail.keep();
    this.#next += this.#staged;
    this.#lastArrival = this.#stagedTo;
    this.#staged = 0;
    return first;
  }

  /** Forgets the batch. */
  rollback(): void {
    this.#tail.drop();
    this.#staged = 0;
  }

  /**
   * Visits the records from `from`, or from the oldest on disk if that is later.
   *
   * @throws WildRydesError STATE_CORRUPT at a record that is not as it was written
   */
  scan(from: number, visit: RecordVisitor): void {
    if (from >= this.#next) return;
    if (from >= this.#tail.first) this.#scanTail(from, visit);
    else this.#scanFiles(from, visit);
  }

  /** Index of the oldest record on disk that arrived at or after `time`; `next` if none did. */
  indexAtTime(time: number): number {
    if (time > this.#lastArrival) return this.#next;
    const at = lastWhere(
      this.#segments,
      (segment) => segment.firstArrival !== undefined && segment.firstArrival < time,
    );
    if (at < 0) return this.first;
    let found = this.#segments[at + 1]?.first ?? this.#next;
    this.#scanFiles(this.#segments[at]!.nearTime(time).index, (buffer, frame, _length, index) => {
      if (index < found && arrivalOf(buffer, frame) < time) return true;
      found = Math.min(found, index);
      return false;
    });
    return found;
  }

  /** Removes segments of which every record is before `index`. The last one always stays. */
  dropBefore(index: number): void {
    while (this.#segments.length > 1 && this.#segments[1]!.first <= index) {
      const oldest = this.#segments[0]!;
      if (this.#older?.segment === oldest) this.#closeOlder();
      try {
        rmSync(oldest.path);
      } catch (error) {
        this.#options.log(unusable(`kinesis: cannot remove ${oldest.path}`, error).message);
        return;
      }
      this.#segments.shift();
    }
  }

  /** Closes files until they are needed again. */
  closeFiles(): void {
    this.#closeOlder();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  close(): void {
    this.rollback();
    this.closeFiles();
    this.#tail.release();
  }

  #writable(): Segment {
    const last = this.#segments.at(-1)!;
    if (last.size < this.#options.segmentBytes) return last;
    const path = join(this.#options.folder, segmentName(this.#next));
    const file = openSync(path, 'w+');
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = file;
    this.#untidy = false;
    const segment = new Segment(path, this.#next, last.base + last.size, 0, undefined);
    this.#segments.push(segment);
    return segment;
  }

  #write(segment: Segment, buffer: Buffer, offset: number, bytes: number): void {
    const file = this.#lastFile(segment);
    this.#tidy(file, segment);
    this.#untidy = true;
    try {
      for (let done = 0; done < bytes; ) {
        const written = this.#options.write(file, buffer, offset + done, bytes - done, segment.size + done);
        if (written === 0) throw new Error('nothing was written');
        done += written;
      }
      this.#untidy = false;
    } catch (error) {
      try {
        this.#tidy(file, segment);
      } catch (second) {
        this.#options.log(unusable(`kinesis: cannot cut ${segment.path} back`, second).message);
      }
      throw error;
    }
  }

  /** Cuts off what a failed write left. Until that succeeds nothing is written: a shorter batch would not cover it. */
  #tidy(file: number, segment: Segment): void {
    if (!this.#untidy) return;
    ftruncateSync(file, segment.size);
    this.#untidy = false;
  }

  #scanTail(from: number, visit: RecordVisitor): void {
    const tail = this.#tail;
    const segment = this.#segmentOf(from);
    const mark: Mark = segment.near(from);
    let at = segment.base + mark.offset - tail.base;
    let index = mark.index;
    if (at < 0) {
      at = 0;
      index = tail.first;
    }
    while (at < tail.written) {
      const length = frameLength(tail.buffer, at, tail.written - at);
      if (index >= from && !visit(tail.buffer, at, length, index)) return;
      at += length;
      index += 1;
    }
  }

  #scanFiles(from: number, visit: RecordVisitor): void {
    let wanted = Math.max(from, this.first);
    for (let s = this.#segments.indexOf(this.#segmentOf(wanted)); s < this.#segments.length; s++) {
      const segment = this.#segments[s]!;
      const mark = segment.near(wanted);
      let { index, offset } = mark;
      let going = true;
      walkFrames(this.#fileOf(segment), segment.path, offset, segment.size, (buffer, at, length) => {
        segment.passed(index, offset, 1, length, arrivalOf(buffer, at));
        offset += length;
        const here = index++;
        going = here < wanted || visit(buffer, at, length, here);
        return going;
      });
      if (!going) return;
      const after = this.#segments[s + 1]?.first ?? this.#next;
      if (index !== after || offset !== segment.size) {
        throw damaged(
          segment.path,
          offset,
          `it ends with record ${index - 1}, and record ${after} is the next`,
        );
      }
      wanted = after;
    }
  }

  #segmentOf(index: number): Segment {
    return this.#segments[
      Math.max(
        0,
        lastWhere(this.#segments, (segment) => segment.first <= index),
      )
    ]!;
  }

  #fileOf(segment: Segment): number {
    if (segment === this.#segments.at(-1)) return this.#lastFile(segment);
    if (this.#older?.segment !== segment) {
      this.#closeOlder();
      this.#older = { segment, file: openSync(segment.path, 'r') };
    }
    return this.#older.file;
  }

  #lastFile(segment: Segment): number {
    this.#file ??= openSync(segment.path, 'r+');
    return this.#file;
  }

  #closeOlder(): void {
    if (this.#older !== undefined) closeSync(this.#older.file);
    this.#older = undefined;
  }
}
