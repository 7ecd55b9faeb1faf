/** Where reading a shard goes on: after its last sequence number, or not at all because it was read to its end. */
export type Position = { readonly after: string } | 'finished';

/** A shard as ListShards and GetRecords describe it. */
export interface ListedShard {
  readonly shardId: string;
  /** None, one after a split, two after a merge; also such as were trimmed meanwhile. */
  readonly parents: readonly string[];
  /** True if it takes no more records. */
  readonly closed: boolean;
}

/** Where reading a shard begins: at the reader's own start, at the shard's oldest record, or after a sequence number. */
export type Origin = 'start' | 'oldest' | { readonly after: string };

export interface ReadableShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly origin: Origin;
}

interface Member extends ReadableShard {
  state: 'waiting' | 'reading' | 'finished';
}

/**
 * Which shards of a stream may be read, and from where: parents before children, through splits and merges.
 * Pure bookkeeping; the reader feeds it what it learns.
 */
export class Lineage {
  readonly #members = new Map<string, Member>();
  readonly #positions: ReadonlyMap<string, Position>;
  readonly #fromLatest: boolean;
  #complete = false;

  /**
   * @param positions where reading goes on, for the shards that were read before
   * @param fromLatest true if the start is the tip: closed shards are then of no interest, and shards that appear later
   *   are read from their oldest record, since all of it is newer than the start
   */
  constructor(positions: ReadonlyMap<string, Position>, fromLatest: boolean) {
    this.#positions = positions;
    this.#fromLatest = fromLatest;
  }

  /** Adds the shards of a listing, in any order; those that are known stay as they are. */
  add(shards: readonly ListedShard[]): void {
    const added = new Map(
      shards.filter((shard) => !this.#members.has(shard.shardId)).map((s) => [s.shardId, s]),
    );
    for (const shard of added.values()) this.#add(shard, added);
    this.#complete = true;
  }

  /** The shards that may be read now; each is returned once. A parent that no longer exists holds nobody back. */
  take(): ReadableShard[] {
    const ready = [...this.#members.values()].filter(
      (member) =>
        member.state === 'waiting' &&
        member.parents.every((parent) => (this.#members.get(parent)?.state ?? 'finished') === 'finished'),
    );
    for (const member of ready) member.state = 'reading';
    return ready;
  }

  /** A shard was read to its end, or no longer exists. */
  finish(shardId: string): void {
    const member = this.#members.get(shardId);
    if (member) member.state = 'finished';
  }

  /** True if some shard has ended and none of its children is known yet: a closed shard has at least one. */
  get awaitsChildren(): boolean {
    const parents = new Set([...this.#members.values()].flatMap((member) => member.parents));
    return [...this.#members.values()].some(
      (member) => member.state === 'finished' && !parents.has(member.shardId),
    );
  }

  #add(shard: ListedShard, added: ReadonlyMap<string, ListedShard>): void {
    if (this.#members.has(shard.shardId)) return;
    for (const parent of shard.parents) {
      const alsoNew = added.get(parent);
      if (alsoNew) this.#add(alsoNew, added);
    }
    const position = this.#positions.get(shard.shardId);
    const skipped = position === undefined && this.#fromLatest && !this.#complete && shard.closed;
    this.#members.set(shard.shardId, {
      shardId: shard.shardId,
      parents: shard.parents,
      origin: position === undefined || position === 'finished' ? this.#originOf(shard) : position,
      state: position === 'finished' || skipped ? 'finished' : 'waiting',
    });
  }

  #originOf(shard: ListedShard): Origin {
    if (this.#fromLatest && this.#complete) return 'oldest';
    // What was read of a parent, or is read from its oldest record, goes on without a gap in its children.
    const continued = shard.parents.some(
      (parent) => this.#positions.has(parent) || this.#members.get(parent)?.origin === 'oldest',
    );
    return continued ? 'oldest' : 'start';
  }
}
