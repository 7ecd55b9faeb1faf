import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unusable } from './journal.ts';

/** Bytes read at a time. */
const READ_BYTES = 256 * 1024;

/** A stretch of a blob. */
export interface Extent {
  readonly blob: string;
  /** First byte. */
  readonly from: number;
  /** Bytes, at least 1. */
  readonly size: number;
}

/** A blob that is being written. */
export interface BlobWriter {
  /** @throws WildRydesError STATE_UNUSABLE */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends it. What it returns is retained for whoever asked, who releases it once it is stored, or is not to be. */
  finish(): Promise<readonly Extent[]>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Contents: files named by a random number, written once and never changed, so that whoever reads one reads it whole
 * whatever becomes of the key. Several objects and parts may refer to one. A blob goes with its last reference.
 */
export class Blobs {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #references = new Map<string, number>();
  readonly #removals = new Set<Promise<void>>();

  /** @param folder created if missing */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw unusable(`cannot make ${folder}`, error);
    }
  }

  async create(): Promise<BlobWriter> {
    const blob = randomBytes(16).toString('hex');
    const path = this.#pathOf(blob);
    const failed = (error: unknown) => unusable(`cannot write ${path}`, error);
    const file = await open(path, 'wx').catch((error) => {
      throw failed(error);
    });
    let size = 0;
    const close = () => file.close().catch(() => {});
    return {
      async write(bytes) {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done).catch((error) => {
            throw failed(error);
          });
          done += bytesWritten;
        }
        size += bytes.length;
      },
      finish: async () => {
        await close();
        const content = size === 0 ? [] : [{ blob, from: 0, size }];
        this.retain(content);
        if (size === 0) await unlink(path);
        return content;
      },
      discard: async () => {
        await close();
        await unlink(path).catch(() => {});
      },
    };
  }

  retain(extents: readonly Extent[]): void {
    for (const { blob } of extents) this.#references.set(blob, (this.#references.get(blob) ?? 0) + 1);
  }

  release(extents: readonly Extent[]): void {
    for (const { blob } of extents) {
      const left = (this.#references.get(blob) ?? 1) - 1;
      if (left > 0) this.#references.set(blob, left);
      else this.#remove(blob);
    }
  }

  /**
   * The bytes, read as they are taken. They stay although the key is deleted or overwritten meanwhile, until the
   * iteration is over; who does not want it must call its `return`.
   */
  read(extents: readonly Extent[]): AsyncIterableIterator<Buffer> {
    this.retain(extents);
    const pieces = this.#pieces(extents);
    let released = false;
    const release = () => {
      if (!released) this.release(extents);
      released = true;
    };
    return {
      async next() {
        try {
          const piece = await pieces.next();
          if (piece.done) release();
          return piece;
        } catch (error) {
          release();
          throw error;
        }
      },
      async return() {
        await pieces.return(undefined);
        release();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Removes the blobs that nothing refers to: what an end in the middle left behind. For the start. */
  sweep(): void {
    for (const name of readdirSync(this.#folder)) {
      if (!this.#references.has(name)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** Settles when what is being removed has been. */
  async close(): Promise<void> {
    await Promise.all(this.#removals);
  }

  async *#pieces(extents: readonly Extent[]): AsyncGenerator<Buffer, void, undefined> {
    for (const { blob, from, size } of extents) {
      const file = await open(this.#pathOf(blob), 'r');
      try {
        yield* readPieces(file, from, size);
      } finally {
        await file.close();
      }
    }
  }

  #remove(blob: string): void {
    this.#references.delete(blob);
    const removal: Promise<void> = unlink(this.#pathOf(blob))
      .catch((error) => this.#log(`s3: cannot remove a blob: ${String(error)}`))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #pathOf(blob: string): string {
    return join(this.#folder, blob);
  }
}

async function* readPieces(
  file: FileHandle,
  from: number,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let done = 0; done < size; ) {
    const wanted = Math.min(READ_BYTES, size - done);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, from + done);
    if (bytesRead === 0) throw new Error('a blob is shorter than it was');
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}

/** Bytes `from` to `to`, the last one included, of what the extents are together. */
export function sliceExtents(extents: readonly Extent[], from: number, to: number): Extent[] {
  const slices: Extent[] = [];
  let start = 0;
  for (const extent of extents) {
    const first = Math.max(from, start);
    const last = Math.min(to, start + extent.size - 1);
    if (first <= last) {
      slices.push({ blob: extent.blob, from: extent.from + first - start, size: last - first + 1 });
    }
    start += extent.size;
  }
  return slices;
}

export function sizeOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, { size }) => sum + size, 0);
}
