import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../../../../telemetry/topology.ts';
import type { StreamStatus } from '../../control/api.ts';
import { evenRanges, type HashKeyRange, hashKeyText } from '../hash-key.ts';
import { shardIdOf } from '../sequence-number.ts';
import type { KinesisStream } from '../source.ts';
import { damaged, unusable } from './damage.ts';
import { loadMetadata, type StreamMetadata, type StreamMode, saveMetadata } from './metadata.ts';
import { RecordLog, type WriteAt } from './record-log.ts';
import { lastWhere } from './segment.ts';
import { DEFAULT_SETTINGS, type StreamSettings } from './settings.ts';
import { type ShardMetadata, StoredShard } from './shard.ts';

const HOUR = 3_600_000;

export interface StoreOptions {
  /** Milliseconds since the epoch; may go back. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly write: WriteAt;
  readonly segmentBytes: number;
  readonly tailBytes: number;
}

export interface NewStream {
  readonly streamName: string;
  readonly region: string;
  readonly createdAt: number;
  readonly mode: StreamMode;
  readonly shardCount: number;
  readonly retentionHours: number;
  /** Where they are not the defaults. */
  readonly settings?: Partial<StreamSettings>;
}

/** What can be changed of a stream without touching its shards. */
export type StreamChanges = Partial<Pick<StreamMetadata, 'mode' | 'retentionHours'>> & {
  readonly settings?: Partial<StreamSettings>;
};

/** Shards to close, and the ranges of those to open in their place: a split is one and two, a merge two and one. */
export interface Reshard {
  /** Numbers of shards, which an earlier step may have opened. */
  readonly parents: readonly number[];
  readonly ranges: readonly HashKeyRange[];
}

/** A stream: its shards, their lineage, and which of them a hash key belongs to. */
export class StoredStream implements KinesisStream {
  readonly streamName: string;
  readonly streamArn: string;
  readonly createdAt: number;
  readonly folder: string;
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #shards = new Map<number, StoredShard>();
  #metadata: StreamMetadata;
  #shardList: readonly StoredShard[] = [];
  /** Open shards by their ranges, and where each range starts. */
  #open: readonly StoredShard[] = [];
  #openFrom: readonly string[] = [];

  private constructor(folder: string, metadata: StreamMetadata, options: StoreOptions) {
    this.folder = folder;
    this.#options = options;
    this.#metadata = metadata;
    this.streamName = metadata.streamName;
    this.streamArn = `arn:aws:kinesis:${metadata.region}:${LOCAL.accountId}:stream/${metadata.streamName}`;
    this.createdAt = metadata.createdAt;
  }

  /** Prepares the folder of a new stream; opened, it is empty. */
  static create(folder: string, stream: NewStream): void {
    const shards = evenRanges(stream.shardCount).map((range, number) =>
      openShard(number, [], range, stream.createdAt),
    );
    for (const { number } of shards) RecordLog.create(join(folder, shardIdOf(number)));
    saveMetadata(folder, {
      version: 1,
      streamName: stream.streamName,
      region: stream.region,
      createdAt: stream.createdAt,
      mode: stream.mode,
      retentionHours: stream.retentionHours,
      expiredBefore: 0,
      settings: { ...DEFAULT_SETTINGS, ...stream.settings },
      shards,
      nextShard: shards.length,
      formerRecords: 0,
    });
  }

  /** @throws WildRydesError STATE_CORRUPT naming what is damaged */
  static open(folder: string, options: StoreOptions): StoredStream {
    const metadata = loadMetadata(folder);
    const stream = new StoredStream(folder, metadata, options);
    stream.#removeStrangers();
    try {
      for (const shard of metadata.shards) stream.#openShard(shard);
    } catch (error) {
      stream.release();
      throw error;
    }
    stream.#arrange();
    return stream;
  }

  get shards(): readonly StoredShard[] {
    return this.#shardList;
  }

  get openShards(): readonly StoredShard[] {
    return this.#open;
  }

  get mode(): StreamMode {
    return this.#metadata.mode;
  }

  get retentionHours(): number {
    return this.#metadata.retentionHours;
  }

  get settings(): StreamSettings {
    return this.#metadata.settings;
  }

  /** Bytes of one record's data and partition key together. */
  get maxRecordBytes(): number {
    return this.#metadata.settings.maxRecordSizeInKiB * 1024;
  }

  /** What arrived before is expired; milliseconds since the epoch. */
  get horizon(): number {
    const { retentionHours, expiredBefore } = this.#metadata;
    const now = this.#options.now();
    const horizon = now - retentionHours * HOUR;
    // One that lies ahead was noted while the clock was: it must not take what arrives now.
    return expiredBefore > now ? horizon : Math.max(horizon, expiredBefore);
  }

  /** Number that the next shard will get. */
  get nextShard(): number {
    return this.#metadata.nextShard;
  }

  get status(): StreamStatus {
    let records = this.#metadata.formerRecords;
    let bytes = 0;
    for (const shard of this.#shardList) {
      records += shard.next;
      bytes += shard.bytes;
    }
    return { streamName: this.streamName, shards: this.#open.length, records, bytes };
  }

  shard(shardId: string): StoredShard | undefined {
    return this.#shardList.find((shard) => shard.shardId === shardId);
  }

  /** Shards that came from this one. */
  childrenOf(shard: StoredShard): StoredShard[] {
    return this.#shardList.filter((child) => child.metadata.parents.includes(shard.metadata.number));
  }

  /** The open shard that a hash key belongs to; see hash-key.ts. */
  shardFor(hashKey: string): StoredShard {
    return this.#open[lastWhere(this.#openFrom, (from) => from <= hashKey)]!;
  }

  /** The only open shard, which every key belongs to; undefined if there are several. */
  get onlyShard(): StoredShard | undefined {
    return this.#open.length === 1 ? this.#open[0] : undefined;
  }

  /**
   * Changes what is kept of the stream beside its shards, on disk too. What has expired stays so under a longer
   * retention.
   *
   * @throws WildRydesError STATE_UNUSABLE if it cannot be stored: nothing is changed then
   */
  change({ settings, ...changes }: StreamChanges): void {
    const { retentionHours, expiredBefore } = this.#metadata;
    const longer = (changes.retentionHours ?? retentionHours) > retentionHours;
    this.#save({
      ...this.#metadata,
      ...changes,
      expiredBefore: longer ? this.horizon : expiredBefore,
      settings: { ...this.settings, ...settings },
    });
  }

  /** One step of `reshardInSteps`. Returns the shards that it opened. */
  reshard(parents: readonly StoredShard[], ranges: readonly HashKeyRange[]): readonly StoredShard[] {
    return this.reshardInSteps([{ parents: parents.map(({ metadata }) => metadata.number), ranges }]);
  }

  /**
   * Closes shards and opens others in their place, one step after the other: shards are numbered in the order in which
   * they are opened, from `nextShard`. In each step the ranges together must be the parents' together, and the parents
   * open; the caller has checked that. All of it or nothing, also when the process ends in the middle.
   *
   * @param settings changed with it
   * @returns the shards that it opened, those included that a later step closed
   */
  reshardInSteps(steps: readonly Reshard[], settings: Partial<StreamSettings> = {}): readonly StoredShard[] {
    const shards = new Map(this.#metadata.shards.map((shard) => [shard.number, shard]));
    const opened: number[] = [];
    const shut: number[] = [];
    for (const { parents, ranges } of steps) {
      // Not before anything that the parents hold, though the clock may have been set back since.
      const openedAt = Math.max(
        ...parents.map((number) => this.#shards.get(number)?.arrival() ?? shards.get(number)!.openedAt),
      );
      for (const number of parents) {
        const next = this.#shards.get(number)?.next ?? 0;
        shards.set(number, { ...shards.get(number)!, closed: { at: openedAt, next } });
        if (this.#shards.has(number)) shut.push(number);
      }
      for (const range of ranges) {
        const number = this.#metadata.nextShard + opened.length;
        shards.set(number, openShard(number, parents, range, openedAt));
        opened.push(number);
      }
    }
    for (const number of opened) RecordLog.create(this.#shardFolder(number));
    this.#save({
      ...this.#metadata,
      settings: { ...this.settings, ...settings },
      shards: [...shards.values()],
      nextShard: this.#metadata.nextShard + opened.length,
    });
    for (const number of opened) this.#openShard(shards.get(number)!);
    for (const number of shut) this.#shards.get(number)!.shut(shards.get(number)!);
    this.#arrange();
    this.#announce();
    return opened.map((number) => this.#shards.get(number)!);
  }

  /** Lets go of what is older than the retention: records, and closed shards with all of theirs. */
  trim(): void {
    const { horizon } = this;
    const expired = new Set<StoredShard>();
    for (const shard of this.#shardList) {
      shard.trim();
      const { closed } = shard.metadata;
      if (closed !== null && closed.at < horizon && shard.first === shard.next) expired.add(shard);
    }
    if (expired.size === 0) return;
    let formerRecords = this.#metadata.formerRecords;
    for (const shard of expired) formerRecords += shard.next;
    this.#save({
      ...this.#metadata,
      shards: this.#metadata.shards.filter(({ number }) => !expired.has(this.#shards.get(number)!)),
      formerRecords,
    });
    for (const shard of expired) {
      shard.release();
      this.#shards.delete(shard.metadata.number);
      rmSync(this.#shardFolder(shard.metadata.number), { recursive: true, force: true });
    }
    this.#arrange();
    this.#announce();
  }

  onShards(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes its files until they are needed again: some systems do not rename a folder with open files. */
  closeFiles(): void {
    for (const shard of this.#shards.values()) shard.closeFiles();
  }

  /** Closes its files for good. It has no shards from now on. */
  release(): void {
    for (const shard of this.#shards.values()) shard.release();
    this.#shards.clear();
    this.#arrange();
  }

  /** The stream was deleted. */
  vanish(): void {
    this.release();
    this.#announce();
  }

  #openShard(metadata: ShardMetadata): void {
    const folder = this.#shardFolder(metadata.number);
    const { now, ...files } = this.#options;
    const records = RecordLog.open({ ...files, folder });
    if (metadata.closed !== null && metadata.closed.next !== records.next) {
      records.close();
      throw damaged(
        folder,
        0,
        `the closed shard must hold ${metadata.closed.next} records (found ${records.next})`,
      );
    }
    const { log } = this.#options;
    this.#shards.set(
      metadata.number,
      new StoredShard({ metadata, records, now, horizon: () => this.horizon, log }),
    );
  }

  /** Folders of shards that never came to be, because the process ended before the metadata knew them. */
  #removeStrangers(): void {
    const known = new Set(this.#metadata.shards.map(({ number }) => shardIdOf(number)));
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith('shardId-') || known.has(name)) continue;
      this.#options.log(`kinesis: removed ${join(this.folder, name)}, left by an unfinished change`);
      rmSync(join(this.folder, name), { recursive: true });
    }
  }

  #shardFolder(number: number): string {
    return join(this.folder, shardIdOf(number));
  }

  #save(metadata: StreamMetadata): void {
    try {
      saveMetadata(this.folder, metadata);
    } catch (error) {
      throw unusable(`cannot store the shards and settings of ${this.streamName} in ${this.folder}`, error);
    }
    this.#metadata = metadata;
  }

  #arrange(): void {
    this.#shardList = [...this.#shards.values()];
    this.#open = this.#shardList
      .filter((shard) => !shard.closed)
      .sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
    this.#openFrom = this.#open.map(startOf);
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) setImmediate(listener);
  }
}

function openShard(
  number: number,
  parents: readonly number[],
  range: HashKeyRange,
  openedAt: number,
): ShardMetadata {
  return {
    number,
    parents,
    startingHashKey: String(range.start),
    endingHashKey: String(range.end),
    openedAt,
    closed: null,
  };
}

function startOf(shard: StoredShard): string {
  return hashKeyText(BigInt(shard.metadata.startingHashKey));
}
