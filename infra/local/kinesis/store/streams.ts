import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged, unusable } from './damage.ts';
import { type NewStream, StoredStream, type StoreOptions } from './stream.ts';

/** Folders that are being made or unmade. No stream's own folder begins with a dot. */
const UNFINISHED = /^\.(creating|deleted)-/;

/** All streams, each in a folder of its own. */
export class Streams {
  readonly #folder: string;
  readonly #options: StoreOptions;
  readonly #streams = new Map<string, StoredStream>();
  readonly #listeners = new Set<(streamName: string) => void>();
  readonly #removals = new Set<Promise<void>>();
  #lastCreated = Number.NEGATIVE_INFINITY;
  #deleted = 0;

  private constructor(folder: string, options: StoreOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Opens the streams in a folder, which is made if it does not exist.
   *
   * @throws WildRydesError STATE_CORRUPT if a stream is damaged, STATE_UNUSABLE if the folder cannot be used
   */
  static open(folder: string, options: StoreOptions): Streams {
    const streams = new Streams(folder, options);
    let names: string[];
    try {
      mkdirSync(folder, { recursive: true });
      names = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name);
      for (const name of names.filter((entry) => UNFINISHED.test(entry))) {
        rmSync(join(folder, name), { recursive: true, force: true });
      }
    } catch (error) {
      throw unusable(`cannot use the folder ${folder}`, error);
    }
    try {
      for (const name of names.filter((entry) => !UNFINISHED.test(entry))) streams.#open(name);
    } catch (error) {
      streams.#release();
      throw error;
    }
    return streams;
  }

  /** By name. */
  all(): StoredStream[] {
    return [...this.#streams.values()].sort((a, b) => (a.streamName < b.streamName ? -1 : 1));
  }

  get(streamName: string): StoredStream | undefined {
    return this.#streams.get(streamName);
  }

  /**
   * Makes a stream, whole or not at all. The caller has checked that there is none of the name.
   *
   * @throws WildRydesError STATE_UNUSABLE if it cannot be stored
   */
  create(stream: Omit<NewStream, 'createdAt'>): StoredStream {
    const createdAt = Math.max(Math.trunc(this.#options.now()), this.#lastCreated + 1);
    const name = folderOf(stream.streamName);
    const unfinished = join(this.#folder, `.creating-${name}`);
    try {
      rmSync(unfinished, { recursive: true, force: true });
      StoredStream.create(unfinished, { ...stream, createdAt });
      renameSync(unfinished, join(this.#folder, name));
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw unusable(`cannot create stream ${stream.streamName} in ${this.#folder}`, error);
    }
    const created = this.#open(name);
    this.#announce(stream.streamName);
    return created;
  }

  /** Deletes a stream at once; its files disappear soon after. */
  delete(stream: StoredStream): void {
    this.#deleted += 1;
    const discarded = join(this.#folder, `.deleted-${this.#deleted}-${folderOf(stream.streamName)}`);
    try {
      stream.closeFiles();
      renameSync(stream.folder, discarded);
    } catch (error) {
      throw unusable(`cannot delete stream ${stream.streamName} in ${this.#folder}`, error);
    }
    this.#streams.delete(stream.streamName);
    stream.vanish();
    const removal = rm(discarded, { recursive: true, force: true })
      .catch((error) => this.#options.log(unusable(`kinesis: cannot remove ${discarded}`, error).message))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
    this.#announce(stream.streamName);
  }

  /** Calls the listener with the name of each stream soon after it was created or deleted. Returns how to stop listening. */
  onStream(listener: (streamName: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes all files. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#release();
    await Promise.all(this.#removals);
  }

  #open(name: string): StoredStream {
    const folder = join(this.#folder, name);
    const stream = StoredStream.open(folder, this.#options);
    if (folderOf(stream.streamName) !== name) {
      stream.release();
      throw damaged(folder, 0, `it holds the stream ${stream.streamName}, which belongs in another folder`);
    }
    this.#streams.set(stream.streamName, stream);
    this.#lastCreated = Math.max(this.#lastCreated, stream.createdAt);
    return stream;
  }

  #release(): void {
    for (const stream of this.#streams.values()) stream.release();
    this.#streams.clear();
  }

  #announce(streamName: string): void {
    for (const listener of [...this.#listeners]) setImmediate(listener, streamName);
  }
}

/**
 * Folder of a stream. Its name, if that is safe as a folder's on every system; else what is safe of it, and a digest:
 * names may differ only in case, be `.` or `..`, end with a dot, be a device's, or be too long.
 */
export function folderOf(streamName: string): string {
  if (/^[a-z0-9_-]{1,80}$/.test(streamName) && !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(streamName)) {
    return streamName;
  }
  const digest = createHash('sha256').update(streamName).digest('hex').slice(0, 16);
  const readable = streamName
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '_')
    .slice(0, 60);
  return `${readable}~${digest}`;
}
