import { frameLength } from './frame.ts';

const INITIAL_BYTES = 64 * 1024;

/**
 * The newest frames of a log, in memory: where a batch is put together before it is written, and where readers that
 * keep up find it without a read of the file. Bounded: older frames make way for new ones.
 */
export class Tail {
  readonly #most: number;
  #buffer = Buffer.alloc(0);
  /** Index of the first record held. */
  first: number;
  /** Position in the log of the buffer's first byte. */
  base: number;
  /** Bytes of written frames. */
  #written = 0;
  /** Bytes of written frames and of the batch that is being put together. */
  end = 0;

  /** @param most bytes kept; a batch may be larger, as long as it is being put together */
  constructor(most: number, first: number, base: number) {
    this.#most = most;
    this.first = first;
    this.base = base;
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Bytes of written frames; those of the batch begin here. */
  get written(): number {
    return this.#written;
  }

  /** Sees to it that `bytes` fit in after `end`. Moves the buffer: take it anew. */
  makeRoom(bytes: number): void {
    const wanted = this.end + bytes;
    if (wanted <= this.#buffer.length) return;
    if (wanted > this.#most) {
      const batch = this.end - this.#written;
      this.#forget(Math.max(0, Math.min(this.#most >>> 1, this.#most - batch - bytes)));
    }
    const needed = this.end + bytes;
    if (needed <= this.#buffer.length) return;
    const doubled = Math.max(INITIAL_BYTES, 2 * this.#buffer.length);
    this.#resize(Math.max(needed, needed > this.#most ? doubled : Math.min(doubled, this.#most)));
  }

  /** The batch was written. */
  keep(): void {
    this.#written = this.end;
    if (this.#buffer.length <= this.#most) return;
    this.#forget(this.#most >>> 1);
    this.#resize(this.#most);
  }

  /** The batch is not to be. */
  drop(): void {
    this.end = this.#written;
  }

  release(): void {
    this.#buffer = Buffer.alloc(0);
    this.#written = 0;
    this.end = 0;
  }

  /** Lets go of the oldest frames until at most `bytes` of written ones are left. */
  #forget(bytes: number): void {
    let at = 0;
    while (this.#written - at > bytes) {
      at += frameLength(this.#buffer, at, this.#written - at);
      this.first += 1;
    }
    if (at === 0) return;
    this.#buffer.copyWithin(0, at, this.end);
    this.base += at;
    this.#written -= at;
    this.end -= at;
  }

  #resize(bytes: number): void {
    const resized = Buffer.allocUnsafeSlow(bytes);
    this.#buffer.copy(resized, 0, 0, this.end);
    this.#buffer = resized;
  }
}
