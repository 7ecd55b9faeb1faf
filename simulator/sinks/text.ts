import type { Writable } from 'node:stream';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Emission, Sink } from '../emission.ts';

/** Characters collected before they are written without waiting for the end of the event loop's turn. */
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
  #text = '';
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
    if (typeof data === 'string') this.#text += data;
    else this.#writeBytes(data);
    if (this.#text.length >= CHUNK) this.#writeText();
    else this.#schedule();
    return this.#full?.promise;
  }

  async flush(): Promise<void> {
    this.#writeText();
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

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#writeText();
    });
  }

  #writeText(): void {
    if (this.#text === '' || this.#isOver()) return;
    const text = this.#text;
    this.#text = '';
    this.#write(text);
  }

  #writeBytes(bytes: Uint8Array): void {
    this.#writeText();
    this.#write(bytes);
  }

  #write(chunk: string | Uint8Array): void {
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
