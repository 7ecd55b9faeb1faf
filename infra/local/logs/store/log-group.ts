import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { alreadyExists, streamNotFound } from '../errors.ts';
import type { StreamHeader } from './event-line.ts';
import { LogStream, readStreamFileName, type StreamLimits, streamFileName } from './log-stream.ts';
import { StreamFile } from './stream-file.ts';

export interface GroupLimits extends StreamLimits {
  /** Bytes of all its streams beyond which those that have been silent longest lose their events. */
  readonly groupBytes: number;
}

export interface GroupOptions {
  /** Its own, created if missing. */
  readonly folder: string;
  readonly limits: GroupLimits;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** The streams of a log group, and the bound on their bytes. */
export class LogGroup {
  readonly #options: GroupOptions;
  readonly #streams = new Map<string, LogStream>();
  /** When each was written last, in the order of that. */
  readonly #byAge = new Set<LogStream>();
  #nextNumber = 1;
  #bytes = 0;
  #making: Promise<void> | undefined;

  /** @throws WildRydesError STATE_CORRUPT; the system's error */
  constructor(options: GroupOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#open();
  }

  /** Of its streams' files. */
  get bytes(): number {
    return this.#bytes;
  }

  /** By name. */
  streams(): readonly LogStream[] {
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ServiceError ResourceNotFoundException */
  stream(name: string): LogStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw streamNotFound();
    return stream;
  }

  /** @throws ServiceError ResourceAlreadyExistsException; the system's error, when it cannot be written */
  createStream(name: string): LogStream {
    if (this.#streams.has(name)) throw alreadyExists('log stream');
    return this.#add(this.#nextNumber, { name, creationTime: this.#options.now() }, [], 0);
  }

  /** The stream of that name, made if there is none. */
  openStream(name: string): LogStream {
    return this.#streams.get(name) ?? this.createStream(name);
  }

  /** @throws ServiceError ResourceNotFoundException */
  deleteStream(name: string): void {
    const stream = this.stream(name);
    this.#streams.delete(name);
    this.#byAge.delete(stream);
    this.#bytes -= stream.bytes;
    stream.remove();
  }

  /** Deletes it with all its streams. */
  remove(): void {
    for (const stream of this.#streams.values()) stream.remove();
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  async flush(): Promise<void> {
    for (const stream of this.#streams.values()) await stream.flush();
  }

  #open(): void {
    const { folder } = this.#options;
    const generationsOf = new Map<number, number[]>();
    for (const file of readdirSync(folder)) {
      const [number, generation] = readStreamFileName(file) ?? [];
      if (number === undefined || generation === undefined) continue;
      generationsOf.set(number, [...(generationsOf.get(number) ?? []), generation]);
    }
    const written: { stream: LogStream; at: number }[] = [];
    for (const [number, unsorted] of generationsOf) {
      const generations = unsorted.sort((a, b) => a - b);
      const opened = generations.flatMap((generation) =>
        openFile(join(folder, streamFileName(number, generation))),
      );
      // A crash between two steps of going on in another file may have left one that is no longer needed.
      for (const { file } of opened.splice(0, Math.max(opened.length - 2, 0))) file.remove();
      const newest = opened.at(-1);
      if (newest === undefined) continue;
      const files = opened.map(({ file }) => file);
      const stream = this.#add(number, newest.header, files, generations.at(-1)!);
      written.push({ stream, at: statSync(newest.file.path).mtimeMs });
    }
    this.#byAge.clear();
    for (const { stream } of written.sort((a, b) => a.at - b.at)) this.#byAge.add(stream);
  }

  #add(number: number, header: StreamHeader, files: readonly StreamFile[], generation: number): LogStream {
    const stream = new LogStream(
      { ...this.#options, number, header, onGrown: (grown, bytes) => this.#grown(grown, bytes) },
      files,
      generation,
    );
    this.#nextNumber = Math.max(this.#nextNumber, number + 1);
    this.#streams.set(header.name, stream);
    this.#byAge.add(stream);
    this.#bytes += stream.bytes;
    return stream;
  }

  #grown(stream: LogStream, bytes: number): void {
    if (!this.#byAge.delete(stream)) return;
    this.#byAge.add(stream);
    this.#bytes += bytes;
    if (this.#bytes > this.#options.limits.groupBytes) this.#making ??= this.#makeRoom(stream);
  }

  async #makeRoom(spared: LogStream): Promise<void> {
    try {
      for (const stream of [...this.#byAge]) {
        if (this.#bytes <= this.#options.limits.groupBytes) return;
        if (stream !== spared) await stream.clear();
      }
    } catch (error) {
      this.#options.log(`logs: cannot make room in ${this.#options.folder}: ${String(error)}`);
    } finally {
      this.#making = undefined;
    }
  }
}

/** One file, or none if a crash left it before it said whose it is. */
function openFile(path: string): { file: StreamFile; header: StreamHeader }[] {
  const opened = StreamFile.open(path, statSync(path).size);
  if (opened !== undefined) return [opened];
  rmSync(path);
  return [];
}
