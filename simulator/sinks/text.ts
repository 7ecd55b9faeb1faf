import type { Writable } from 'node:stream';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Emission, Sink } from '../emission.ts';

/** Bytes collected before they are written without waiting for the end of the event loop's turn. */
const CHUNK = 65_536;

/**
 * Writes emissions as lines of text, exactly as encoded. Lines put in one turn of the event loop are written together.
 * When the reader of a pipe leaves (EPIPE), the sink has ended: what is put then goes nowhere, without an error.
 */
export class TextSink implements Sink {
  readonly #stream: Writable;
  /** What is written to, for messages. */
  readonly #place: string;
  readonly #ended = new AbortController();
  /** Where lines are collected: from `#from` to `#to` what is not written yet; before it, what the stream may still read. */
  #chunk = Buffer.alloc(0);
  #from = 0;
  #to = 0;
  #scheduled = false;
  #failure: WildRydesError | undefined;
  /** Whoever waits for the stream to take more. */
  #full: { readonly promise: Promise<void>; readonly settle: () => void } | undefined;

  constructor(stream: Writable, place: string) {
    this.#stream = stream;
    this.#place = place;
    stream.on('drain', () => this.#release());
    stream.on('error', (error: NodeJS.ErrnoException) => this.#broke(error));
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** @throws WildRydesError STATE_UNUSABLE when an earlier write failed, as on a full disk */
  put({ data }: Emission): void | Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended.signal.aborted) return;
    this.#collect(data);
    return this.#full?.promise;
  }

  async flush(): Promise<void> {
    this.#writeOut();
    if (!this.#isOver()) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', () => resolve());
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.flush();
  }

  #collect(line: Uint8Array): void {
    if (line.length > CHUNK) {
      this.#writeOut();
      this.#write(line);
      return;
    }
    if (this.#to + line.length > this.#chunk.length) this.#beginChunk();
    this.#chunk.set(line, this.#to);
    this.#to += line.length;
    this.#schedule();
  }

  /** A new one each time, as the stream keeps what it was given until it is written. */
  #beginChunk(): void {
    this.#writeOut();
    // Outside of Node's pool, which is for what is small.
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK);
    this.#from = 0;
    this.#to = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#writeOut();
    });
  }

  #writeOut(): void {
    if (this.#from === this.#to || this.#isOver()) return;
    const lines = this.#chunk.subarray(this.#from, this.#to);
    this.#from = this.#to;
    this.#write(lines);
  }

  #write(chunk: Uint8Array): void {
    if (this.#stream.write(chunk)) return;
    this.#full ??= deferred();
  }

  #isOver(): boolean {
    return this.#failure !== undefined || this.#ended.signal.aborted;
  }

  #broke(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') this.#ended.abort();
    else {
      const message = `cannot write to ${this.#place}: ${error.message}`;
      this.#failure ??= new WildRydesError('STATE_UNUSABLE', message, { cause: error });
    }
    this.#release();
  }

  #release(): void {
    this.#full?.settle();
    this.#full = undefined;
  }
}

function deferred(): { promise: Promise<void>; settle: () => void } {
  let settle!: () => void;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
