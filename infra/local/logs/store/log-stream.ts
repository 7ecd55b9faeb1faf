import { join } from 'node:path';
import { streamNotFound } from '../errors.ts';
import type { Position } from '../position.ts';
import type { Block } from './blocks.ts';
import type { StoredEvent, StreamHeader } from './event-line.ts';
import { readBlock, StreamFile } from './stream-file.ts';

/** An event as it is answered. */
export interface LogEvent extends Position {
  readonly message: string;
}

/** An event as it comes. */
export interface NewEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface StreamLimits {
  /** Bytes of a file after which the next is begun, and the one before it deleted. */
  readonly fileBytes: number;
  /** Characters of `write` that may wait for the disk; what is written beyond is dropped, and counted. */
  readonly waiting: number;
}

/** What a stream's events are, without them. Absent while there are none. */
export interface StreamExtent {
  readonly firstEventTimestamp?: number;
  readonly lastEventTimestamp?: number;
  readonly lastIngestionTime?: number;
}

export interface StreamOptions {
  readonly folder: string;
  /** Within its group. */
  readonly number: number;
  readonly header: StreamHeader;
  readonly limits: StreamLimits;
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Called when its files have grown or shrunk, with the difference in bytes. */
  readonly onGrown: (stream: LogStream, bytes: number) => void;
}

/** Events that wait for the disk together, and what is told of them then. */
interface Batch {
  readonly events: readonly (NewEvent & { readonly ingestionTime: number })[];
  readonly settle?: (error?: unknown) => void;
}

/**
 * A log stream: its events in two files at most, `NUMBER.GENERATION.log`, the newest two generations.
 *
 * Appending and scanning are tasks of one queue. Reads join it once, so that they see all that came before them.
 */
export class LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly number: number;
  readonly #options: StreamOptions;
  /** The older first. */
  #files: StreamFile[];
  #generation: number;
  #scanned: boolean;
  #sequence = 0;
  #lastIngestionTime: number | undefined;
  #removed = false;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: Batch[] = [];
  #waitingLength = 0;
  #draining = false;
  #dropped = 0;
  /** Told once, until it works again. */
  #failing = false;

  /** @param files of the newest generations, the older first; empty for a stream that is new: its first is made */
  constructor(options: StreamOptions, files: readonly StreamFile[], generation: number) {
    const { name, creationTime } = options.header;
    this.name = name;
    this.creationTime = creationTime;
    this.number = options.number;
    this.#options = options;
    this.#generation = generation;
    this.#scanned = files.length === 0;
    this.#files = files.length === 0 ? [this.#nextFile()] : [...files];
  }

  /** Of its files. */
  get bytes(): number {
    return this.#files.reduce((bytes, { size }) => bytes + size, 0);
  }

  /** Adds events, in their order. With the system when it settles. @throws ServiceError if it is deleted meanwhile; the system's error */
  append(events: readonly NewEvent[]): Promise<void> {
    const ingestionTime = this.#options.now();
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        events: events.map((event) => ({ ...event, ingestionTime })),
        settle: (error) => (error === undefined ? resolve() : reject(error)),
      });
      this.#drainSoon();
    });
  }

  /** Adds an event and returns at once. A disk that is full, or slower than the output, costs events, which are counted. */
  write(timestamp: number, message: string): void {
    if (this.#waitingLength > this.#options.limits.waiting) {
      this.#dropped += 1;
      return;
    }
    this.#waitingLength += message.length;
    this.#waiting.push({ events: [{ timestamp, message, ingestionTime: this.#options.now() }] });
    this.#drainSoon();
  }

  /** What may hold its events, after all that was appended or written before is with the system. */
  blocks(): Promise<readonly Block[]> {
    return this.#exclusively(async () => {
      await this.#scan();
      return this.#files.flatMap(({ blocks }) => blocks);
    });
  }

  async read(block: Block): Promise<readonly LogEvent[]> {
    const events = await readBlock(block);
    return events.map((event) => ({ ...event, stream: this.number }));
  }

  async extent(): Promise<StreamExtent> {
    const blocks = await this.blocks();
    if (blocks.length === 0 || this.#lastIngestionTime === undefined) return {};
    return {
      firstEventTimestamp: Math.min(...blocks.map(({ earliest }) => earliest)),
      lastEventTimestamp: Math.max(...blocks.map(({ latest }) => latest)),
      lastIngestionTime: this.#lastIngestionTime,
    };
  }

  /** Forgets its events. */
  clear(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#scan();
      if (!this.#removed) this.#goOn(0);
    });
  }

  /** Deletes it, at once; what waits for the disk is rejected. */
  remove(): void {
    this.#removed = true;
    for (const file of this.#files) file.remove();
  }

  /** Settles when all that came before is with the system. */
  async flush(): Promise<void> {
    await this.#exclusively(async () => {});
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => {});
    return done;
  }

  #drainSoon(): void {
    if (this.#draining) return;
    this.#draining = true;
    void this.#exclusively(() => this.#drain());
  }

  /** Appends what waits now. What comes meanwhile has its own turn, behind those who read. */
  async #drain(): Promise<void> {
    const batches = this.#waiting;
    const dropped = this.#dropped;
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#dropped = 0;
    try {
      await this.#append(batches, dropped);
      this.#failing = false;
      for (const { settle } of batches) settle?.();
    } catch (error) {
      const lost = batches.filter(({ settle }) => settle === undefined).length;
      this.#dropped += dropped + lost;
      if (lost > 0 && !this.#removed && !this.#failing) {
        this.#failing = true;
        this.#options.log(`logs: events of ${this.name} cannot be written: ${String(error)}`);
      }
      for (const { settle } of batches) settle?.(error);
    }
    this.#draining = false;
    if (this.#waiting.length > 0) this.#drainSoon();
  }

  async #append(batches: readonly Batch[], dropped: number): Promise<void> {
    await this.#scan();
    if (this.#removed) throw streamNotFound();
    const events: StoredEvent[] = batches
      .flatMap((batch) => batch.events)
      .map((event, i) => ({ ...event, sequence: this.#sequence + i }));
    if (dropped > 0) events.push(this.#noteOf(dropped, this.#sequence + events.length));
    if (this.#files.at(-1)!.size >= this.#options.limits.fileBytes) this.#goOn(1);
    const bytes = await this.#files.at(-1)!.append(events);
    this.#sequence += events.length;
    this.#lastIngestionTime = events.at(-1)!.ingestionTime;
    this.#options.onGrown(this, bytes);
  }

  #noteOf(dropped: number, sequence: number): StoredEvent {
    const now = this.#options.now();
    const message = `(${dropped} log events dropped: the disk is full, or slower than the output)`;
    return { timestamp: now, ingestionTime: now, sequence, message };
  }

  /** Begins another file, and keeps so many of those before it. */
  #goOn(kept: 0 | 1): void {
    const before = this.bytes;
    const next = this.#nextFile();
    const gone = this.#files.slice(0, this.#files.length - kept);
    this.#files = [...this.#files.slice(this.#files.length - kept), next];
    for (const file of gone) file.remove();
    this.#options.onGrown(this, this.bytes - before);
  }

  #nextFile(): StreamFile {
    this.#generation += 1;
    const { folder, number, header } = this.#options;
    return StreamFile.create(join(folder, streamFileName(number, this.#generation)), header);
  }

  async #scan(): Promise<void> {
    if (this.#scanned || this.#removed) return;
    for (const file of this.#files) {
      await file.scan(({ sequence, ingestionTime }) => {
        this.#sequence = sequence + 1;
        this.#lastIngestionTime = ingestionTime;
      });
    }
    this.#scanned = true;
  }
}

export function streamFileName(number: number, generation: number): string {
  return `${number}.${generation}.log`;
}

export function readStreamFileName(name: string): readonly [number: number, generation: number] | undefined {
  const [, number, generation] = /^(\d+)\.(\d+)\.log$/.exec(name) ?? [];
  return generation === undefined ? undefined : [Number(number), Number(generation)];
}
