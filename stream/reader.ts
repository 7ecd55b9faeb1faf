import { setMaxListeners } from 'node:events';
import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
} from '@aws-sdk/client-kinesis';
import type { Clock } from '../telemetry/clock.ts';
import { KINESIS_LIMITS } from '../telemetry/topology.ts';
import { fullJitter, pause } from './backoff.ts';
import {
  explain,
  isExpiredIterator,
  isExpiredToken,
  isInvalidRequest,
  isNotFound,
  judge,
} from './failure.ts';
import { Lineage, type ListedShard, type Position, type ReadableShard } from './lineage.ts';
import type { StreamRecord } from './record.ts';

export type { Position } from './lineage.ts';

/** Where reading begins: at the oldest record, after the newest, or at the first one that arrived at `time` (ms) or later. */
export type Start = { from: 'start' } | { from: 'latest' } | { from: 'time'; time: number };

/** One answer of one shard. */
export interface ShardBatch {
  readonly shardId: string;
  /** Shards that this one continues, also those that no longer exist. */
  readonly parents: readonly string[];
  /** In sequence order; may be empty. */
  readonly records: readonly StreamRecord[];
  /** How far the answer is behind the shard's tip, milliseconds; 0 at the tip. */
  readonly millisBehindLatest: number;
  /** True in the last batch of a shard that was closed by a split or merge, or that has expired. */
  readonly finished: boolean;
}

export interface ReaderOptions {
  /** Best with maxAttempts 1: the reader retries on its own. */
  readonly client: KinesisClient;
  readonly streamName: string;
  readonly start: Start;
  /** Where to go on, by shard; overrides the start. A shard without one whose parent has one is read from its oldest record. */
  readonly positions?: ReadonlyMap<string, Position>;
  /** Milliseconds between reads at the tip, default 200: AWS allows five reads a second and shard. */
  readonly pollInterval?: number;
  /** Ends reading; what waits is woken at once. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /**
   * Called with every answer, also an empty one; the shard's next read waits for it. When it throws, reading ends and
   * `readStream` rejects with its error.
   */
  readonly onBatch: (batch: ShardBatch) => void | Promise<void>;
  /** Called with each error that is being retried. */
  readonly onTrouble?: (error: unknown) => void;
  /** Spreads the retries, uniform in [0, 1); default Math.random. */
  readonly random?: () => number;
}

/** Bytes of answers in memory at once, all shards together. */
const ANSWER_BUDGET = 32 * 1024 * 1024;
/** Bytes that an answer may have, however many shards there are. */
const LEAST_ANSWER = 64 * 1024;
/** Records asked for before a record's size is known. */
const FIRST_LIMIT = 1_000;
/** Milliseconds between the reads of a shard once it was throttled: the rate that AWS allows. */
const THROTTLED_GAP = 200;
/** Milliseconds before a listing that still lacks a shard's children is repeated: at first, and at most. */
const RELIST = { base: 1_000, cap: 30_000 } as const;

/**
 * Reads every shard of a stream, parents before their children, through resharding, expired iterators, throttling and
 * lost connections, until the signal aborts. Every record after the start is delivered, in order within its shard.
 * Each shard has one read under way and one answer in memory.
 *
 * @returns when aborted and the last `onBatch` has returned
 * @throws WildRydesError NOT_FOUND if the stream does not exist; UNREACHABLE if it may not be used; whatever `onBatch` throws
 */
export async function readStream(options: ReaderOptions): Promise<void> {
  if (options.signal.aborted) return;
  const reader = new StreamReader(options);
  const stop = () => reader.stop();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    await reader.run();
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/** Thrown inside the reader to unwind a task when reading ends. */
const STOPPED = Symbol('stopped');

class StreamReader {
  readonly #options: ReaderOptions;
  readonly #random: () => number;
  readonly #lineage: Lineage;
  readonly #stop = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  #reading = 0;
  #failure: { readonly error: unknown } | undefined;
  #wakeLister: (() => void) | undefined;
  #relistWanted = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#lineage = new Lineage(options.positions ?? new Map(), options.start.from === 'latest');
    // One listener per shard is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
    this.#wakeLister?.();
  }

  async run(): Promise<void> {
    this.#spawn(this.#keepListing());
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    if (this.#failure) throw explain(this.#failure.error, this.#options.streamName);
  }

  /** Runs a task to its end; its failure ends all the others. */
  #spawn(work: Promise<void>): void {
    const task = work
      .catch((error: unknown) => {
        if (error === STOPPED) return;
        this.#failure ??= { error };
        this.stop();
      })
      .finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  /** Lists the shards at the start and whenever one has ended, until its children are known. */
  async #keepListing(): Promise<void> {
    for (let misses = 0; ; ) {
      // A shard that ended meanwhile may have named a child whose other parent is missing from a listing that was asked
      // for before.
      do {
        this.#relistWanted = false;
        this.#lineage.add(await this.#listShards());
      } while (this.#relistWanted);
      this.#launch();
      misses = this.#lineage.awaitsChildren ? misses + 1 : 0;
      await this.#relistNeeded(misses);
    }
  }

  /** Resolves when a shard has ended, or, if children are missing, after a while. */
  async #relistNeeded(misses: number): Promise<void> {
    if (!this.#relistWanted && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        const delay = Math.min(RELIST.cap, RELIST.base * 2 ** (misses - 1));
        const timer = misses === 0 ? undefined : setTimeout(resolve, delay);
        this.#wakeLister = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wakeLister = undefined;
    }
    if (this.#stop.signal.aborted) throw STOPPED;
  }

  #launch(): void {
    if (this.#stop.signal.aborted) return;
    for (const shard of this.#lineage.take()) this.#spawn(this.#readToEnd(shard));
  }

  async #readToEnd(shard: ReadableShard): Promise<void> {
    this.#reading++;
    const children = await this.#readShard(shard).finally(() => this.#reading--);
    this.#lineage.finish(shard.shardId);
    this.#lineage.add(children);
    // The children's own list may lack a merged shard's other parent: only a full listing shows whom a child waits for.
    this.#relistWanted = true;
    this.#wakeLister?.();
  }

  /** Reads one shard to its end; returns the children that its last answer names. */
  async #readShard(shard: ReadableShard): Promise<readonly ListedShard[]> {
    const { clock, onBatch, pollInterval = 200 } = this.#options;
    const cursor = new Cursor(shard, this.#options.start);
    let iterator: string | undefined;
    let renewals = 0;
    let gap = 0;
    let recordSize: number | undefined;
    for (;;) {
      const asked = clock.now();
      const limit = this.#limit(recordSize);
      let answer: GetRecordsCommandOutput;
      try {
        iterator ??= await this.#iterator(cursor, asked);
        const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: limit });
        answer = await this.#request(
          (abortSignal) => this.#options.client.send(command, { abortSignal }),
          (throttled) => {
            if (throttled) gap = THROTTLED_GAP;
          },
        );
      } catch (error) {
        if (isNotFound(error) && !(await this.#exists(shard.shardId))) break;
        // An iterator that a restarted service no longer knows is as good as expired; a fresh one that it rejects is not.
        const renewable =
          iterator !== undefined && (isExpiredIterator(error) || (isInvalidRequest(error) && renewals === 0));
        if (!renewable) throw error;
        this.#options.onTrouble?.(error);
        iterator = undefined;
        if (++renewals > 1) await this.#pause(fullJitter(renewals, this.#random));
        continue;
      }
      renewals = 0;
      const records = (answer.Records ?? []).map(
        (record): StreamRecord => ({
          shardId: shard.shardId,
          sequenceNumber: record.SequenceNumber ?? '',
          partitionKey: record.PartitionKey ?? '',
          data: record.Data ?? new Uint8Array(),
          arrival: record.ApproximateArrivalTimestamp?.getTime() ?? asked,
        }),
      );
      const millisBehindLatest = answer.MillisBehindLatest ?? 0;
      iterator = answer.NextShardIterator;
      const finished = iterator === undefined;
      await onBatch({
        shardId: shard.shardId,
        parents: shard.parents,
        records,
        millisBehindLatest,
        finished,
      });
      cursor.advance(records, asked - millisBehindLatest);
      if (finished)
        return (answer.ChildShards ?? []).map((child) => listed(child.ShardId, child.ParentShards));
      recordSize = averageSize(records) ?? recordSize;
      const atTip = millisBehindLatest === 0 && records.length < limit;
      await this.#pause(Math.max(atTip ? pollInterval : 0, gap));
      gap = gap < 10 ? 0 : gap * 0.9;
    }
    await onBatch({
      shardId: shard.shardId,
      parents: shard.parents,
      records: [],
      millisBehindLatest: 0,
      finished: true,
    });
    return [];
  }

  async #iterator(cursor: Cursor, asked: number): Promise<string> {
    const command = new GetShardIteratorCommand({
      StreamName: this.#options.streamName,
      ShardId: cursor.shardId,
      ...cursor.iteratorType(asked),
    });
    const answer = await this.#request((abortSignal) => this.#options.client.send(command, { abortSignal }));
    if (answer.ShardIterator === undefined) throw new Error(`no iterator for ${cursor.shardId}`);
    return answer.ShardIterator;
  }

  async #exists(shardId: string): Promise<boolean> {
    return (await this.#listShards()).some((shard) => shard.shardId === shardId);
  }

  /** Every shard of the stream. Pages whose token expires, because the laptop slept, are read anew. */
  async #listShards(): Promise<ListedShard[]> {
    for (;;) {
      try {
        return await this.#listPages();
      } catch (error) {
        if (!isExpiredToken(error)) throw error;
        this.#options.onTrouble?.(error);
      }
    }
  }

  async #listPages(): Promise<ListedShard[]> {
    const { client, streamName } = this.#options;
    const shards: ListedShard[] = [];
    let token: string | undefined;
    do {
      const command = new ListShardsCommand(
        token === undefined ? { StreamName: streamName } : { NextToken: token },
      );
      const answer: ListShardsCommandOutput = await this.#request((abortSignal) =>
        client.send(command, { abortSignal }),
      );
      for (const shard of answer.Shards ?? []) {
        const parents = [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined);
        const closed = shard.SequenceNumberRange?.EndingSequenceNumber !== undefined;
        shards.push(listed(shard.ShardId, parents, closed));
      }
      token = answer.NextToken;
    } while (token !== undefined);
    return shards;
  }

  /** Repeats a request until it is answered; a failure that is not retriable is thrown. */
  async #request<T>(
    send: (signal: AbortSignal) => Promise<T>,
    onRetry?: (throttled: boolean) => void,
  ): Promise<T> {
    for (let failures = 1; ; failures++) {
      if (this.#stop.signal.aborted) throw STOPPED;
      try {
        return await this.#interruptible(send(this.#stop.signal));
      } catch (error) {
        if (this.#stop.signal.aborted) throw STOPPED;
        const { retriable, throttled } = judge(error);
        if (!retriable) throw error;
        this.#options.onTrouble?.(error);
        onRetry?.(throttled);
        await this.#pause(fullJitter(failures, this.#random));
      }
    }
  }

  /** The promise's outcome, or STOPPED as soon as reading ends: parts of the SDK, such as the search for credentials, know no signal. */
  #interruptible<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(STOPPED);
      this.#stop.signal.addEventListener('abort', stop, { once: true });
      promise.then(resolve, reject).finally(() => this.#stop.signal.removeEventListener('abort', stop));
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await pause(milliseconds, this.#stop.signal);
    if (this.#stop.signal.aborted) throw STOPPED;
  }

  /** Records to ask for, so that the answers of all shards fit into the budget together. */
  #limit(recordSize: number | undefined): number {
    if (recordSize === undefined) return FIRST_LIMIT;
    const share = Math.max(LEAST_ANSWER, Math.min(KINESIS_LIMITS.bytesPerGet, ANSWER_BUDGET / this.#reading));
    return Math.max(1, Math.min(KINESIS_LIMITS.recordsPerGet, Math.floor(share / recordSize)));
  }
}

/** Where a shard's next record is, as an iterator is asked for. */
class Cursor {
  readonly shardId: string;
  readonly #start: Start;
  #origin: ReadableShard['origin'];
  /** When the shard was last known to be read to its tip; only needed when reading began there. */
  #tip: number | undefined;

  constructor(shard: ReadableShard, start: Start) {
    this.shardId = shard.shardId;
    this.#origin = shard.origin;
    this.#start = start;
  }

  /** @param reached time up to which everything that arrived has been read */
  advance(records: readonly StreamRecord[], reached: number): void {
    const last = records.at(-1);
    if (last) this.#origin = { after: last.sequenceNumber };
    this.#tip = reached;
  }

  iteratorType(now: number) {
    if (this.#origin === 'oldest') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
    if (this.#origin !== 'start') {
      return {
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        StartingSequenceNumber: this.#origin.after,
      } as const;
    }
    if (this.#start.from === 'start') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
    if (this.#start.from === 'time') return at(this.#start.time);
    // The tip of now is not the tip that reading began at: a second iterator must not skip what came in between.
    if (this.#tip !== undefined) return at(this.#tip);
    this.#tip = now;
    return { ShardIteratorType: 'LATEST' } as const;
  }
}

function at(time: number) {
  return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(time) } as const;
}

function listed(
  shardId: string | undefined,
  parents: readonly string[] | undefined,
  closed = false,
): ListedShard {
  if (shardId === undefined) throw new Error('the service listed a shard without its ShardId');
  return { shardId, parents: parents ?? [], closed };
}

/** Bytes of a record on average, keys included; undefined without records. */
function averageSize(records: readonly StreamRecord[]): number | undefined {
  if (records.length === 0) return undefined;
  const bytes = records.reduce((sum, record) => sum + record.data.length + record.partitionKey.length, 0);
  return Math.max(1, bytes / records.length);
}
