import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { pause } from '../stream/backoff.ts';
import type { ListedShard } from '../stream/lineage.ts';
import { type Position, readStream, type ShardBatch } from '../stream/reader.ts';
import type { StreamRecord } from '../stream/record.ts';
import type { Clock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import type { AggregationProgress } from '../telemetry/progress.ts';
import { encodeQuarantineEntry, quarantineEntry } from '../telemetry/quarantine-codec.ts';
import type { Invalid } from '../telemetry/reading.ts';
import { decodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import { encodeSummary } from '../telemetry/summary-codec.ts';
import { WINDOW } from '../telemetry/topology.ts';
import { Changes } from './changes.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint-format.ts';
import { OUTCOME, WindowEngine, windowStart } from './engine.ts';
import { type InputStream, inputStream } from './input-stream.ts';
import { Outbox } from './outbox.ts';
import { Saving } from './saving.ts';
import { ShardReads } from './shard-reads.ts';

export interface AggregationOptions {
  /** With maxAttempts 1: reader and writer retry on their own. */
  readonly client: KinesisClient;
  /** Names of the input stream and of the two output streams. */
  readonly streams: { readonly readings: string; readonly summaries: string; readonly quarantine: string };
  readonly checkpoint: CheckpointStore;
  readonly clock: Clock;
  /** Spreads retries, uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds between reads of a shard at its tip; default the reader's. */
  readonly pollInterval?: number;
}

/** The aggregation while it runs. */
export interface Aggregation {
  /**
   * @param names unicorns whose books are wanted, together; default everything
   */
  progress(names?: readonly string[]): AggregationProgress;
  /** Resolves when all that every shard held at the time of this call has been judged. Rejects if the aggregation stops first. */
  caughtUp(): Promise<void>;
  /**
   * Reads every shard to its tip, then closes all windows as they are, and resolves when their summaries are in their
   * stream. Readings that come for these windows afterwards are late. Rejects if the aggregation stops first.
   */
  closeWindows(): Promise<void>;
  /**
   * Stops reading, checkpoints, and sends what is decided as long as that makes progress; what is left is sent after
   * the next start. Rejects if the checkpoint could not be saved, or if the aggregation had failed.
   */
  stop(): Promise<void>;
}

/** Units of text in the outbox from which reading waits: the streams that it goes to are slower than the input. */
const OUTBOX_ROOM = 32 * 1024 * 1024;
/** Milliseconds of event time that a shard may be read ahead of one with a backlog: bounds the windows that are open. */
const LARGEST_LEAD = 2 * WINDOW.size;
/** Milliseconds until reading that failed as a whole, or a listing, is tried again. */
const RETRY = 1_000;
/** Times that shards are listed in search of a finished shard's children. */
const CHILD_LISTINGS = 5;
/** Milliseconds that `stop` gives to sending. */
const LAST_SENDING = 5_000;

/**
 * Runs the window engine on a stream: reads the readings, goes on from the last checkpoint, and sends summaries and
 * quarantined records to their streams, each after a checkpoint holds it.
 *
 * @throws WildRydesError NOT_FOUND or UNREACHABLE for the input stream; STATE_CORRUPT or STATE_UNUSABLE for the checkpoint
 */
export async function startAggregation(options: AggregationOptions): Promise<Aggregation> {
  const runner = new Runner(options, await options.checkpoint.load());
  try {
    await runner.start();
  } catch (error) {
    runner.abandon();
    throw error;
  }
  return runner;
}

class Runner implements Aggregation {
  readonly #options: AggregationOptions;
  readonly #input: InputStream;
  readonly #engine: WindowEngine;
  readonly #outbox: Outbox;
  readonly #positions: Map<string, Position>;
  readonly #reads: ShardReads;
  readonly #changes = new Changes();
  readonly #abort = new AbortController();
  readonly #saving: Saving;
  /** Why reading makes no progress. */
  #readingTrouble: string | undefined;
  /** When the stream that the positions are in was created; undefined: they are in no stream that is known. */
  #created: number | undefined;
  /** What ended the aggregation for good: its state may be half changed, and is not saved any more. */
  #failure: { readonly error: unknown } | undefined;
  #tasks: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: AggregationOptions, saved: Checkpoint | undefined) {
    const { client, clock, random, streams } = options;
    this.#options = options;
    this.#input = inputStream(client, streams.readings, random, this.#abort.signal);
    this.#engine = new WindowEngine(saved?.engine);
    this.#outbox = new Outbox({
      client,
      streams,
      clock,
      random,
      saved: saved && { items: saved.outbox, nextId: saved.nextId },
      changed: () => this.#saving.request('routine'),
    });
    this.#positions = new Map(saved?.positions);
    this.#created = saved?.stream.name === streams.readings ? saved.stream.created : undefined;
    this.#reads = new ShardReads(this.#engine);
    this.#saving = new Saving({
      store: options.checkpoint,
      clock,
      changes: this.#changes,
      take: () => this.#checkpoint(),
      saved: ({ nextId }) => this.#outbox.send(nextId),
    });
  }

  async start(): Promise<void> {
    await this.#join();
    // Also tells, before anything is read, whether checkpoints can be saved at all.
    await this.#saving.save();
    this.#tasks = Promise.all([this.#keepReading(), this.#saving.keepSaving(this.#abort.signal)]);
  }

  /** Ends everything as it is. */
  abandon(): void {
    this.#abort.abort();
    this.#outbox.close();
    this.#changes.announce();
  }

  progress(names?: readonly string[]): AggregationProgress {
    const shards = this.#engine.shards().filter((shard) => !shard.finished);
    return {
      tally: this.#engine.tally(names),
      watermark: this.#engine.watermark,
      outbox: this.#outbox.size,
      openWindows: this.#engine.openWindows,
      shards: shards.map(({ shardId, watermark }) => {
        const position = this.#positions.get(shardId);
        return {
          shardId,
          sequenceNumber: typeof position === 'object' ? position.after : null,
          millisBehindLatest: this.#reads.millisBehindLatest(shardId),
          watermark,
        };
      }),
      trouble: this.#trouble ?? null,
    };
  }

  async caughtUp(): Promise<void> {
    const toTheTip = this.#reads.expectTips();
    await this.#changes.until(() => this.#ending || toTheTip());
    this.#refuseIfEnding();
  }

  async closeWindows(): Promise<void> {
    await this.caughtUp();
    this.#guard(() => {
      this.#engine.closeAll((summary) => this.#outbox.add('summaries', summary.Name, encodeSummary(summary)));
    });
    this.#saving.request('pressing');
    const last = this.#outbox.nextId;
    await this.#changes.until(() => this.#ending || this.#outbox.isEmptyBefore(last));
    if (!this.#outbox.isEmptyBefore(last)) this.#refuseIfEnding();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#abort.abort();
    this.#changes.announce();
    await this.#tasks;
    try {
      if (this.#failure) throw this.#failure.error;
      await this.#saving.save();
      const troubled = () => this.#outbox.trouble !== undefined;
      await this.#changes.until(() => this.#outbox.size === 0 || troubled(), LAST_SENDING);
    } finally {
      this.#outbox.close();
    }
    if (this.#saving.isDue) await this.#saving.save();
  }

  get #ending(): boolean {
    return this.#abort.signal.aborted;
  }

  get #trouble(): string | undefined {
    if (this.#failure) return messageOf(this.#failure.error);
    if (this.#saving.trouble !== undefined) return `saving: ${this.#saving.trouble}`;
    if (this.#readingTrouble !== undefined) return `reading: ${this.#readingTrouble}`;
    return this.#outbox.trouble;
  }

  #refuseIfEnding(): void {
    if (this.#ending) throw this.#failure?.error ?? new Error('the aggregation was stopped');
  }

  /** Runs a step that changes the state; if it breaks off half-way, the aggregation is over. */
  #guard<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      this.#failure ??= { error };
      this.#abort.abort();
      this.#changes.announce();
      throw error;
    }
  }

  /** Finds out what the stream is now, and begins anew if it is not the one that the positions are in. */
  async #join(): Promise<void> {
    const created = await this.#input.created();
    if (created !== this.#created) {
      this.#positions.clear();
      this.#engine.forgetShards();
      this.#created = created;
    }
    const shards = await this.#input.listShards();
    for (const shardId of this.#positions.keys()) {
      if (!shards.some((shard) => shard.shardId === shardId)) this.#positions.delete(shardId);
    }
    this.#reads.reset();
    this.#reads.begin(shards.filter((shard) => this.#isReadable(shard, shards)));
    this.#leaveBehind(shards);
  }

  /** Whether a shard is not read to its end, and its parents are or no longer exist. */
  #isReadable(shard: ListedShard, shards: readonly ListedShard[]): boolean {
    const open = shards.filter(({ shardId }) => this.#positions.get(shardId) !== 'finished');
    return open.includes(shard) && !open.some(({ shardId }) => shard.parents.includes(shardId));
  }

  /** Shards that expired while nobody read them would otherwise hold windows open for ever. */
  #leaveBehind(shards: readonly ListedShard[]): void {
    const existing = new Set(shards.map((shard) => shard.shardId));
    for (const { shardId, parents, finished } of this.#engine.shards()) {
      if (!finished && !existing.has(shardId)) {
        this.#engine.finishShard(this.#engine.startShard(shardId, parents));
      }
    }
  }

  async #keepReading(): Promise<void> {
    const { client, clock, random, pollInterval } = this.#options;
    const { signal } = this.#abort;
    for (let joined = true; !this.#ending; ) {
      try {
        if (!joined) await this.#join();
        await readStream({
          client,
          streamName: this.#input.name,
          start: { from: 'start' },
          positions: new Map(this.#positions),
          signal,
          clock,
          random,
          ...(pollInterval === undefined ? {} : { pollInterval }),
          onBatch: (batch) => this.#take(batch),
          onTrouble: (error) => this.#tellReadingTrouble(error),
        });
      } catch (error) {
        this.#tellReadingTrouble(error);
      }
      joined = false;
      if (!this.#ending) await pause(RETRY, signal);
    }
  }

  /** Judges one batch, and holds its shard back while others must be read first. */
  async #take(batch: ShardBatch): Promise<void> {
    await this.#changes.until(() => this.#ending || this.#outbox.length < OUTBOX_ROOM);
    const shards = batch.finished ? await this.#listWithChildrenOf(batch.shardId) : [];
    if (this.#ending) return;
    this.#readingTrouble = undefined;
    this.#guard(() => this.#judge(batch, shards));
    this.#changes.announce();
    await this.#changes.until(() => this.#ending || this.#reads.mayGoOn(batch.shardId, LARGEST_LEAD));
  }

  /** One step: nothing is saved or read in between. */
  #judge(batch: ShardBatch, shards: readonly ListedShard[]): void {
    const shard = this.#engine.startShard(batch.shardId, batch.parents);
    const minute = windowStart(this.#engine.watermarkOf(shard));
    for (const record of batch.records) this.#judgeRecord(shard, record);
    const last = batch.records.at(-1);
    if (last) this.#positions.set(batch.shardId, { after: last.sequenceNumber });
    this.#reads.advance(shard, batch, this.#options.clock.monotonic());
    if (batch.finished) {
      const children = shards.filter(({ parents }) => parents.includes(batch.shardId));
      // Before the parent leaves: a child that is not known yet would hold no window open.
      for (const child of children) this.#engine.startShard(child.shardId, child.parents);
      this.#engine.finishShard(shard);
      this.#positions.set(batch.shardId, 'finished');
      this.#reads.finish(batch.shardId);
      this.#reads.begin(children.filter((child) => this.#isReadable(child, shards)));
    }
    // While a shard is still to be asked for the first time, nobody knows how far back its readings go.
    if (!this.#reads.someUnread) this.#closeDue();
    // Windows end on minutes: a watermark that rests within its minute can be lost without any effect.
    const moved = windowStart(this.#engine.watermarkOf(shard)) !== minute;
    if (last || batch.finished || moved) this.#saving.request('routine');
  }

  #judgeRecord(shard: number, record: StreamRecord): void {
    const decoded = decodeReading(record.data);
    const outcome = this.#engine.accept(shard, decoded, record.partitionKey, record.arrival);
    if (outcome === OUTCOME.invalid) this.#quarantine(record, (decoded as Invalid).reason);
    if (outcome === OUTCOME.future && decoded.ok) {
      this.#quarantine(
        record,
        `StatusTime must be at most ${WINDOW.future / 1000} s after the record's arrival, ` +
          `${formatStatusTime(record.arrival)} (given ${decoded.reading.StatusTime})`,
      );
    }
  }

  #quarantine(record: StreamRecord, reason: string): void {
    const { shardId, sequenceNumber, data } = record;
    const entry = quarantineEntry({ stream: this.#input.name, shardId, sequenceNumber, reason, data });
    this.#outbox.add('quarantine', record.partitionKey || shardId, encodeQuarantineEntry(entry));
    this.#saving.request('pressing');
  }

  #closeDue(): void {
    const closed = this.#engine.close((summary) =>
      this.#outbox.add('summaries', summary.Name, encodeSummary(summary)),
    );
    if (closed > 0) this.#saving.request('pressing');
  }

  /** All shards, once the children of a finished one are among them: the service may take a moment to list them. */
  async #listWithChildrenOf(shardId: string): Promise<readonly ListedShard[]> {
    let shards: readonly ListedShard[] = [];
    for (let listings = 0; listings < CHILD_LISTINGS && !this.#ending; ) {
      try {
        shards = await this.#input.listShards();
        if (shards.some(({ parents }) => parents.includes(shardId))) break;
        listings++;
      } catch (error) {
        if (error instanceof WildRydesError && error.code === 'NOT_FOUND') break;
        this.#tellReadingTrouble(error);
      }
      await pause(RETRY, this.#abort.signal);
    }
    return shards;
  }

  #checkpoint(): Checkpoint {
    return {
      stream: { name: this.#input.name, created: this.#created ?? 0 },
      positions: new Map(this.#positions),
      engine: this.#engine.snapshot(),
      outbox: this.#outbox.items(),
      nextId: this.#outbox.nextId,
    };
  }

  #tellReadingTrouble(error: unknown): void {
    this.#readingTrouble = messageOf(error);
    this.#changes.announce();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
