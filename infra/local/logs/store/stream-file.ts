import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { WildRydesError } from '../../../../telemetry/errors.ts';
import { type Block, BlockIndex } from './blocks.ts';
import {
  readHeader,
  readLine,
  type StoredEvent,
  type StreamHeader,
  writeHeader,
  writeLine,
} from './event-line.ts';

/** More than any header: a name of 512 characters, each escaped. */
const HEADER_BYTES = 8 * 1024;

/**
 * One file of a stream: a header, then events, appended. Written by one task at a time, read by any number; what a
 * crash left of a last line is cut off when it is scanned.
 */
export class StreamFile {
  readonly path: string;
  readonly #index: BlockIndex;
  #size: number;
  /** Whether something may lie behind `#size`. */
  #torn = false;

  private constructor(path: string, size: number) {
    this.path = path;
    this.#size = size;
    this.#index = new BlockIndex(path);
  }

  /** @throws the system's error, when it cannot be written */
  static create(path: string, header: StreamHeader): StreamFile {
    const text = writeHeader(header);
    writeFileSync(path, text);
    return new StreamFile(path, Buffer.byteLength(text));
  }

  /**
   * Reads the header only; `scan` reads the rest.
   *
   * @param size of the file, bytes
   * @returns undefined for a file that a crash left before its header was whole
   * @throws WildRydesError STATE_CORRUPT
   */
  static open(path: string, size: number): { file: StreamFile; header: StreamHeader } | undefined {
    const start = readStart(path);
    const end = start.indexOf('\n');
    if (end < 0 && size < HEADER_BYTES) return undefined;
    try {
      return {
        file: new StreamFile(path, size),
        header: readHeader(start.toString('utf8', 0, Math.max(end, 0))),
      };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new WildRydesError('STATE_CORRUPT', `the log stream in ${path} cannot be read: ${reason}`, {
        next: 'Remove that file: it holds logs only',
        cause,
      });
    }
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  get blocks(): readonly Block[] {
    return this.#index.blocks;
  }

  /** Reads it all, once after `open`: finds its blocks, and cuts off what a crash left. Lines that are damaged are passed over. */
  async scan(told: (event: StoredEvent) => void): Promise<void> {
    const bytes = await withFile(this.path, 'r', (handle) => handle.readFile());
    const whole = bytes.lastIndexOf('\n') + 1;
    this.#torn = whole < bytes.length;
    this.#size = whole;
    let offset = bytes.indexOf('\n') + 1;
    while (offset < whole) {
      const end = bytes.indexOf('\n', offset) + 1;
      const event = readLine(bytes.toString('utf8', offset, end - 1));
      if (event !== undefined) {
        this.#index.add(event, offset, end - offset);
        told(event);
      }
      offset = end;
    }
  }

  /**
   * Appends all of them or none. With the system when it settles, so that it outlives this process.
   *
   * @returns bytes
   * @throws the system's error
   */
  async append(events: readonly StoredEvent[]): Promise<number> {
    const lines = events.map(writeLine);
    const text = Buffer.from(lines.join(''));
    // Not made anew if it is gone: its stream was deleted.
    await withFile(this.path, 'r+', async (handle) => {
      if (this.#torn) await handle.truncate(this.#size);
      this.#torn = true;
      for (let done = 0; done < text.length; ) {
        const { bytesWritten } = await handle.write(text, done, text.length - done, this.#size + done);
        done += bytesWritten;
      }
      this.#torn = false;
    });
    for (const [i, event] of events.entries()) {
      const bytes = Buffer.byteLength(lines[i]!);
      this.#index.add(event, this.#size, bytes);
      this.#size += bytes;
    }
    return text.length;
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** The events of a block; none if its file is gone meanwhile. */
export async function readBlock({ file, offset, bytes }: Block): Promise<readonly StoredEvent[]> {
  const buffer = Buffer.alloc(bytes);
  try {
    await withFile(file, 'r', (handle) => handle.read(buffer, 0, bytes, offset));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return buffer
    .toString('utf8')
    .split('\n')
    .flatMap((line) => readLine(line) ?? []);
}

async function withFile<T>(path: string, flags: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

function readStart(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}
