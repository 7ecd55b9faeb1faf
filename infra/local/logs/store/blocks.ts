import type { StoredEvent } from './event-line.ts';

/** Some consecutive lines of a file, and what times are in them: what a read need not touch, it skips. */
export interface Block {
  readonly file: string;
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly bytes: number;
  readonly earliest: number;
  readonly latest: number;
}

/** Bytes that a block grows to. */
const BLOCK_BYTES = 64 * 1024;

/** The blocks of one file, in its order. Blocks that were given out do not change. */
export class BlockIndex {
  readonly #file: string;
  readonly #blocks: Block[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** As they are now. */
  get blocks(): readonly Block[] {
    return [...this.#blocks];
  }

  /** Adds the line that follows the last one. */
  add(event: StoredEvent, offset: number, bytes: number): void {
    const last = this.#blocks.at(-1);
    const { timestamp } = event;
    if (last === undefined || last.bytes + bytes > BLOCK_BYTES) {
      this.#blocks.push({ file: this.#file, offset, bytes, earliest: timestamp, latest: timestamp });
      return;
    }
    this.#blocks[this.#blocks.length - 1] = {
      ...last,
      bytes: offset + bytes - last.offset,
      earliest: Math.min(last.earliest, timestamp),
      latest: Math.max(last.latest, timestamp),
    };
  }
}
