import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { WildRydesError } from '../../../../telemetry/errors.ts';

/** An entry is written anew at most once for this many others, and only when most of the file is of the past. */
const COMPACT_AFTER = 1000;
const READ_BYTES = 1024 * 1024;

export interface JournalOptions<E> {
  /** File, in a folder that exists. */
  readonly file: string;
  /** Called for each entry of before, in order, while the journal is being opened. */
  readonly replay: (entry: E) => void;
  /** The fewest entries that say all that is to be kept, for when the file has grown too long. */
  readonly snapshot: () => Iterable<E>;
  /** How many those would be, about. */
  readonly live: () => number;
  /** Told when the file could not be written anew; it goes on as it is. */
  readonly log: (line: string) => void;
}

/**
 * A log of changes: lines of `CRC JSON`, appended. What `append` returned from survives the death of this process (not
 * of the machine: there is no fsync). A line cut short by that death was not acknowledged and is dropped at the next
 * start; any other line that is not as it was written is damage, after which nothing is trusted.
 */
export class Journal<E> {
  readonly #options: JournalOptions<E>;
  #descriptor: number;
  #size: number;
  #entries = 0;
  #closed = false;

  /** @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE */
  constructor(options: JournalOptions<E>) {
    this.#options = options;
    try {
      this.#descriptor = openSync(options.file, existsSync(options.file) ? 'r+' : 'w+');
      this.#size = fstatSync(this.#descriptor).size;
    } catch (error) {
      throw unusable(`cannot open ${options.file}`, error);
    }
    try {
      this.#replay();
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  /**
   * Adds entries, all or none.
   *
   * @throws WildRydesError STATE_UNUSABLE if they cannot be written, with nothing of them left behind
   */
  append(...entries: readonly E[]): void {
    if (this.#closed) throw unusable(`cannot append to ${this.#options.file}`, new Error('it is closed'));
    // One line for all of them, which is whole or not at all.
    const line = Buffer.from(lineOf(entries));
    try {
      writeAll(this.#descriptor, line, this.#size);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw unusable(`cannot append to ${this.#options.file}`, error);
    }
    this.#size += line.length;
    this.#entries += entries.length;
  }

  /** To be called when an entry that was appended has taken effect: keeps the file from growing for ever. */
  settle(): void {
    const { live, log, file } = this.#options;
    if (this.#entries < 2 * live() + COMPACT_AFTER) return;
    try {
      this.#compact();
    } catch (error) {
      // Tried again after as many changes more.
      this.#entries = 0;
      log(`cannot write ${file} anew: ${reasonOf(error)}`);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  #compact(): void {
    const { file, snapshot } = this.#options;
    const fresh = `${file}.new`;
    const descriptor = openSync(fresh, 'w+');
    let size = 0;
    let entries = 0;
    try {
      let lines: string[] = [];
      const flush = () => {
        const bytes = Buffer.from(lines.join(''));
        writeAll(descriptor, bytes, size);
        size += bytes.length;
        lines = [];
      };
      for (const entry of snapshot()) {
        lines.push(lineOf([entry]));
        entries += 1;
        if (lines.length === 1000) flush();
      }
      flush();
      renameSync(fresh, file);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#size = size;
    this.#entries = entries;
  }

  #replay(): void {
    const { file, replay } = this.#options;
    const piece = Buffer.alloc(READ_BYTES);
    let rest = Buffer.alloc(0);
    let start = 0;
    for (let at = 0; at < this.#size; ) {
      const read = readSync(this.#descriptor, piece, 0, piece.length, at);
      if (read === 0) break;
      at += read;
      let from = 0;
      const bytes = Buffer.concat([rest, piece.subarray(0, read)]);
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        for (const entry of entriesOf<E>(bytes.subarray(from, end), file, start)) {
          replay(entry);
          this.#entries += 1;
        }
        start += end + 1 - from;
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
    if (start < this.#size) ftruncateSync(this.#descriptor, start);
    this.#size = start;
  }
}

function lineOf(entries: readonly unknown[]): string {
  const json = JSON.stringify(entries);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

function entriesOf<E>(line: Buffer, file: string, at: number): readonly E[] {
  const json = line.subarray(9);
  const sum = line.toString('latin1', 0, 9);
  if (sum !== `${crc32(json).toString(16).padStart(8, '0')} `) {
    throw new WildRydesError('STATE_CORRUPT', `${file} is damaged at byte ${at}: a checksum differs`, {
      next: 'Restore the file, or start with fresh state: ./wildrydes reset, or another --data folder.',
    });
  }
  return JSON.parse(json.toString('utf8')) as readonly E[];
}

function writeAll(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

export function unusable(what: string, cause: unknown): WildRydesError {
  return new WildRydesError('STATE_UNUSABLE', `${what}: ${reasonOf(cause)}`, {
    next: 'Free some space, or name a folder that can be written to with --data.',
    cause,
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
