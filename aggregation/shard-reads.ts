import type { ListedShard } from '../stream/lineage.ts';
import type { ShardBatch } from '../stream/reader.ts';
import type { WindowEngine } from './engine.ts';

interface Read {
  readonly shard: number;
  millisBehindLatest: number;
  /** Monotonic time since when the shard, read to its tip, has given nothing; undefined while it is not at its tip. */
  silentSince: number | undefined;
  /** How often an answer said that the tip is reached. */
  tips: number;
}

/**
 * How far the reading of each shard has come, as far as it matters to when windows may close and who may read on.
 *
 * The engine lets a shard that has given nothing hold nothing back. That is right for an empty shard, but at the start
 * it must not be taken for one that was not asked yet: its backlog would come late. So a shard is *unread* until it
 * has given a reading or was found at its tip, and while one is unread no window closes and no other shard reads on.
 */
export class ShardReads {
  readonly #engine: WindowEngine;
  readonly #reads = new Map<string, Read>();
  readonly #unread = new Set<string>();

  constructor(engine: WindowEngine) {
    this.#engine = engine;
  }

  /** Makes shards known that are about to be read. */
  begin(shards: readonly ListedShard[]): void {
    for (const { shardId, parents } of shards) {
      const shard = this.#engine.startShard(shardId, parents);
      if (this.#engine.watermarkOf(shard) === Number.NEGATIVE_INFINITY) this.#unread.add(shardId);
    }
  }

  get someUnread(): boolean {
    return this.#unread.size > 0;
  }

  /** Takes note of an answer whose records were judged, and tells the engine of the shard's silence. */
  advance(shard: number, batch: ShardBatch, now: number): void {
    let read = this.#reads.get(batch.shardId);
    if (read === undefined) {
      read = { shard, millisBehindLatest: 0, silentSince: undefined, tips: 0 };
      this.#reads.set(batch.shardId, read);
    }
    read.millisBehindLatest = batch.millisBehindLatest;
    if (batch.millisBehindLatest > 0) {
      read.silentSince = undefined;
    } else {
      read.tips++;
      if (batch.records.length > 0) read.silentSince = now;
      read.silentSince ??= now;
      this.#engine.silent(shard, now - read.silentSince);
    }
    if (batch.millisBehindLatest === 0 || this.#engine.watermarkOf(shard) !== Number.NEGATIVE_INFINITY) {
      this.#unread.delete(batch.shardId);
    }
  }

  /** Forgets what was read, as reading starts over from the positions. */
  reset(): void {
    this.#reads.clear();
    this.#unread.clear();
  }

  /**
   * @returns a test whether all that every shard held at the time of this call has been judged: each that is not
   *   finished has answered twice since that it is at its tip, the second time to a question asked after the call
   */
  expectTips(): () => boolean {
    const before = new Map([...this.#reads.values()].map((read) => [read, read.tips]));
    return () =>
      this.#engine.shards().every(({ shardId, finished }) => {
        const read = this.#reads.get(shardId);
        return finished || (read !== undefined && read.tips >= (before.get(read) ?? 0) + 2);
      });
  }

  finish(shardId: string): void {
    this.#reads.delete(shardId);
    this.#unread.delete(shardId);
  }

  millisBehindLatest(shardId: string): number {
    return this.#reads.get(shardId)?.millisBehindLatest ?? 0;
  }

  /**
   * Whether a shard may be read on: no other one is unread, and none with a backlog is further behind than `lead`
   * milliseconds of event time. The one furthest behind always may.
   */
  mayGoOn(shardId: string, lead: number): boolean {
    if (this.#unread.has(shardId)) return true;
    if (this.#unread.size > 0) return false;
    const mine = this.#reads.get(shardId);
    if (mine === undefined) return true;
    const limit = this.#engine.watermarkOf(mine.shard) - lead;
    for (const other of this.#reads.values()) {
      if (other.millisBehindLatest > 0 && this.#engine.watermarkOf(other.shard) < limit) return false;
    }
    return true;
  }
}
