import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { TumblingWindow } from './tumbling-window.ts';

/** How far a mapping has come in one shard, or one lane of it. */
export interface ShardPosition {
  /** Sequence number of the last record handled or given up; null when none was, and the shard is read from its start. */
  readonly after: string | null;
  /** The shard is closed and nothing in it is left to do: its children may start. */
  readonly finished: boolean;
  /** The tumbling window that is open at this position, with its state. */
  readonly window?: TumblingWindow | undefined;
}

export interface PositionsOptions {
  /** Null: positions last as long as this object. */
  readonly folder: string | null;
  /** Of the file, without its ending: safe as one. */
  readonly name: string;
  /** Whose positions these are, for the log: `WildRydesStreamProcessor@wildrydes-aggregated`. */
  readonly owner: string;
  /** Told of a damaged file, and once each time that writing starts to fail. */
  readonly log: (line: string) => void;
}

/** Milliseconds between two writes of a file: so much work a crash can repeat at most. */
const WRITE_INTERVAL = 50;

/**
 * The checkpoint of one mapping: a position per shard, in a file that is replaced whole. Changes are written soon
 * after they are made, several at once; after a crash, what came after the last write is delivered again.
 */
export class Positions {
  readonly #options: PositionsOptions;
  #path: string | undefined;
  #shards: Map<string, ShardPosition> | undefined;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;

  /**
   * Reads the mapping's file, if there is one. If it is not a checkpoint any more, the mapping begins with the oldest
   * record of every shard, whatever its starting position: what it has done comes again, and nothing is left out. The
   * file is then kept beside as `FILE.damaged`.
   */
  constructor(options: PositionsOptions) {
    this.#options = options;
    const { folder, name } = options;
    if (folder === null) return;
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, `${name}.json`);
    const saved = load(this.#path);
    if (saved === 'damaged') this.#beginWithOldest(this.#path);
    else this.#shards = saved;
  }

  #beginWithOldest(path: string): void {
    const { owner, log } = this.#options;
    log(`${path} is damaged: ${owner} begins with the oldest record again; kept as ${path}.damaged`);
    try {
      copyFileSync(path, `${path}.damaged`);
    } catch (error) {
      this.#reportFailure(error);
    }
    this.begin(new Map());
  }

  /** False until a starting position was chosen, in this life or an earlier one. */
  get begun(): boolean {
    return this.#shards !== undefined;
  }

  /**
   * Begins with the given positions; a shard that has none is read from its start. Written before this returns: what
   * arrives from now on is the mapping's, also after a crash.
   */
  begin(shards: ReadonlyMap<string, ShardPosition>): void {
    this.#shards = new Map(shards);
    if (this.#path === undefined) return;
    try {
      writeFileSync(`${this.#path}.begun`, this.#text());
      renameSync(`${this.#path}.begun`, this.#path);
      // One that is being written now would take the place of this.
      if (this.#writing !== undefined) this.#changed = true;
    } catch (error) {
      this.#reportFailure(error);
      this.#change();
    }
  }

  get(shardId: string): ShardPosition | undefined {
    return this.#shards?.get(shardId);
  }

  set(shardId: string, position: ShardPosition): void {
    this.#shards ??= new Map();
    this.#shards.set(shardId, position);
    this.#change();
  }

  /** The positions in a shard: its own, under its id, and those of its lanes, under `ID/…`. */
  lanesOf(shardId: string): readonly { readonly key: string; readonly position: ShardPosition }[] {
    return [...(this.#shards ?? [])]
      .filter(([key]) => shardOf(key) === shardId)
      .map(([key, position]) => ({ key, position }));
  }

  /** Forgets a shard and its lanes. */
  forget(shardId: string): void {
    for (const { key } of this.lanesOf(shardId)) {
      if (this.#shards?.delete(key)) this.#change();
    }
  }

  /** Forgets shards that no longer exist. */
  keepOnly(shardIds: ReadonlySet<string>): void {
    for (const key of this.#shards?.keys() ?? []) {
      if (!shardIds.has(shardOf(key)) && this.#shards?.delete(key)) this.#change();
    }
  }

  /** Ends the keeping: removes the file. Positions that are set from now on last as long as this object. */
  async remove(): Promise<void> {
    await this.flush();
    if (this.#path !== undefined) await rm(this.#path, { force: true });
    this.#path = undefined;
  }

  /** Writes now what was not yet written. Never rejects. */
  async flush(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#changed) await this.#write();
  }

  #change(): void {
    this.#changed = true;
    if (this.#path === undefined || this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, WRITE_INTERVAL);
  }

  #write(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return Promise.resolve();
    this.#changed = false;
    this.#writing = this.#replace(path).then(
      () => {
        this.#failing = false;
        this.#writing = undefined;
        if (this.#changed) this.#change();
      },
      (error: unknown) => {
        this.#reportFailure(error);
        this.#writing = undefined;
        this.#changed = true;
      },
    );
    return this.#writing;
  }

  async #replace(path: string): Promise<void> {
    const fresh = `${path}.new`;
    await writeFile(fresh, this.#text());
    await rename(fresh, path);
  }

  #text(): string {
    const { owner } = this.#options;
    const shards = Object.fromEntries(this.#shards ?? []);
    const checksum = checksumOf(shards);
    return `${JSON.stringify({ owner, shards, checksum }, null, 1)}\n`;
  }

  #reportFailure(error: unknown): void {
    if (!this.#failing) this.#options.log(`cannot write ${this.#path}: ${String(error)}; will try again`);
    this.#failing = true;
  }
}

function load(path: string): Map<string, ShardPosition> | 'damaged' | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { shards, checksum } = JSON.parse(text) as {
      shards: Record<string, ShardPosition>;
      checksum: number;
    };
    const entries = Object.entries(shards);
    const isWhole = checksum === checksumOf(shards) && entries.every(([, position]) => isPosition(position));
    return isWhole ? new Map(entries) : 'damaged';
  } catch {
    return 'damaged';
  }
}

function shardOf(key: string): string {
  return key.split('/', 1)[0]!;
}

/** CRC-32 of the positions as JSON: a changed digit in one would skip records. */
function checksumOf(shards: Readonly<Record<string, ShardPosition>>): number {
  return crc32(JSON.stringify(shards));
}

function isPosition(value: unknown): value is ShardPosition {
  if (typeof value !== 'object' || value === null) return false;
  const { after, finished, window } = value as Partial<ShardPosition>;
  return (
    (after === null || typeof after === 'string') &&
    typeof finished === 'boolean' &&
    (window === undefined || typeof window.start === 'number')
  );
}
