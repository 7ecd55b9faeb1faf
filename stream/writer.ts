import { setMaxListeners } from 'node:events';
import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import type { Clock } from '../telemetry/clock.ts';
import { KINESIS_LIMITS } from '../telemetry/topology.ts';
import { fullJitter } from './backoff.ts';
import { type Failure, isInvalidRequest, judge } from './failure.ts';
import { Lane, type Pending } from './lane.ts';
import { Oldest } from './oldest.ts';

/** One record to write. */
export interface Entry<T> {
  /** Partition key, 1 to 256 Unicode characters. Order is kept among the entries of one key. */
  readonly key: string;
  readonly data: Uint8Array;
  /** What `maxSpread` compares, milliseconds; a finite number. */
  readonly time: number;
  /** The caller's own; handed back with the entry. */
  readonly tag: T;
}

export interface WriterOptions<T> {
  /** With maxAttempts 1: the writer accounts for every attempt, which a retry inside the SDK would hide. */
  readonly client: KinesisClient;
  readonly streamName: string;
  /** Spreads the retries, uniform in [0, 1). */
  readonly random: () => number;
  readonly clock: Clock;
  /**
   * No entry is sent that is more than this newer, by `time`, than the oldest entry not yet settled, in milliseconds;
   * default Infinity. Only what that oldest entry waits for within its own key goes regardless.
   */
  readonly maxSpread?: number;
  /** Entries put and not yet settled from which `put` asks to wait, 1 or more; default 10,000. */
  readonly maxBuffered?: number;
  /** Bytes of such entries from which `put` asks to wait; default 64 MiB. */
  readonly maxBufferedBytes?: number;
  /** Requests under way at once, 1 or more; default 4. While the stream throttles there are fewer. */
  readonly maxInFlight?: number;
  /**
   * Times that an entry is sent before it is given up, 1 or more; default 10, which bridges about ten seconds. When
   * nothing at all was accepted in as many rounds, entries are given up after their next attempt, whichever it is.
   */
  readonly maxAttempts?: number;
  readonly acknowledged?: (entry: Entry<T>, shardId: string, sequenceNumber: string) => void;
  /** The entry is given up; if an attempt was uncertain it may be in the stream all the same. */
  readonly failed?: (entry: Entry<T>, reason: string) => void;
  /** An attempt got no answer: each of these entries may be in the stream once more than it is acknowledged. */
  readonly uncertain?: (entries: readonly Entry<T>[], reason: string) => void;
  /** The target is slower than the source: called when `put` begins to ask its callers to wait, at most once a second. */
  readonly waiting?: (reason: string) => void;
}

/** Milliseconds between two calls of `waiting`. */
const WAITING_INTERVAL = 1_000;
const CLOSED = 'the writer was closed before the stream acknowledged it';
const UNANSWERED = 'the answer says nothing about the record';

/** What a request may still take; no records once anything did not fit, so that what is older goes first. */
interface Room {
  records: number;
  bytes: number;
}

interface Request<T> {
  readonly entries: Pending<Entry<T>>[];
  readonly lanes: Lane<Entry<T>>[];
}

/**
 * Writes records with PutRecords: batches across keys, order within each key, resends of what failed and of nothing
 * else. Every entry put is settled exactly once, by `acknowledged` or `failed`.
 *
 * A request under way is the batching window: what is put when a request may go is sent at the end of the current turn
 * of the event loop. A key has at most one request under way, and nothing newer of the key is sent before that request
 * is settled and its failed entries went again. Within one request the stream may still accept a newer entry of a key
 * and refuse an older one: AWS promises no order within PutRecords.
 *
 * What failed rests for a time drawn with full jitter: the failed keys alone, or, when most of a request fails, the
 * whole writer, with fewer requests at once afterwards.
 */
export class BatchingWriter<T> {
  readonly #options: WriterOptions<T>;
  readonly #maxSpread: number;
  readonly #maxBuffered: number;
  readonly #maxBufferedBytes: number;
  readonly #maxInFlight: number;
  readonly #maxAttempts: number;

  /** Every key with unsettled entries. A lane is in exactly one of: `#fresh`, `#again`, a request under way, at rest. */
  readonly #lanes = new Map<string, Lane<Entry<T>>>();
  /** Lanes that may be sent, those with a failed entry at their head first. */
  #again: Lane<Entry<T>>[] = [];
  #fresh: Lane<Entry<T>>[] = [];
  readonly #oldest = new Oldest<Pending<Entry<T>>>();
  readonly #abort = new AbortController();
  readonly #underWay = new Set<Request<T>>();
  readonly #timers = new Set<NodeJS.Timeout>();

  #buffered = 0;
  #bufferedBytes = 0;
  #allowedInFlight: number;
  /** How slow the writer is: up by one when most of a request fails, down by one with each that is accepted whole. */
  #trouble = 0;
  /** How often in a row the writer paused with nothing accepted in between. */
  #barren = 0;
  #paused = false;
  #lastReason = '';
  #pumpScheduled = false;
  #closed = false;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #toldWaiting = Number.NEGATIVE_INFINITY;

  constructor(options: WriterOptions<T>) {
    this.#options = options;
    this.#maxSpread = options.maxSpread ?? Number.POSITIVE_INFINITY;
    this.#maxBuffered = options.maxBuffered ?? 10_000;
    this.#maxBufferedBytes = options.maxBufferedBytes ?? 64 * 1024 * 1024;
    this.#maxInFlight = options.maxInFlight ?? 4;
    this.#maxAttempts = options.maxAttempts ?? 10;
    this.#allowedInFlight = this.#maxInFlight;
    // One listener per request under way is no leak.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Entries put and not yet settled. */
  get buffered(): number {
    return this.#buffered;
  }

  /**
   * Takes an entry for writing. An entry that no stream can accept (over 1 MiB with its key, an empty or too long key)
   * fails at once and alone.
   *
   * @returns a promise if the buffer is full: the caller is to await it before the next put
   * @throws Error after `close`
   */
  put(entry: Entry<T>): void | Promise<void> {
    if (this.#closed) throw new Error('put on a closed writer');
    const size = entry.data.byteLength + Buffer.byteLength(entry.key);
    const flaw = unacceptable(entry.key, size);
    if (flaw !== undefined) {
      this.#options.failed?.(entry, flaw);
      return;
    }
    let lane = this.#lanes.get(entry.key);
    if (lane === undefined) {
      lane = new Lane(entry.key);
      this.#lanes.set(entry.key, lane);
      this.#fresh.push(lane);
    }
    const pending: Pending<Entry<T>> = {
      entry,
      lane,
      time: entry.time,
      size,
      attempts: 0,
      company: KINESIS_LIMITS.recordsPerPut,
      settled: false,
    };
    lane.push(pending);
    if (this.#maxSpread !== Number.POSITIVE_INFINITY) this.#oldest.add(pending);
    this.#buffered++;
    this.#bufferedBytes += size;
    this.#schedulePump();
    if (this.#full()) {
      this.#tellWaiting();
      this.#room ??= deferred();
      return this.#room.promise;
    }
  }

  /** Resolves when nothing is buffered: everything put, also meanwhile, is acknowledged or failed. */
  flush(): Promise<void> {
    if (this.#buffered === 0) return Promise.resolve();
    this.#idle ??= deferred();
    return this.#idle.promise;
  }

  /**
   * Ends writing at once: attempts under way become uncertain, everything unsettled fails, and whoever waits in `put` or
   * `flush` goes on. To end in good order, `flush` first.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const request of this.#underWay) {
      const unanswered = request.entries
        .filter((pending) => !pending.settled)
        .map((pending) => pending.entry);
      if (unanswered.length > 0) this.#options.uncertain?.(unanswered, CLOSED);
    }
    this.#underWay.clear();
    this.#abort.abort();
    for (const lane of this.#lanes.values()) for (const pending of lane.drain()) this.#fail(pending, CLOSED);
    this.#lanes.clear();
    this.#again = [];
    this.#fresh = [];
    this.#release();
  }

  #full(): boolean {
    return this.#buffered >= this.#maxBuffered || this.#bufferedBytes >= this.#maxBufferedBytes;
  }

  #schedulePump(): void {
    if (this.#pumpScheduled || this.#paused || this.#underWay.size >= this.#allowedInFlight) return;
    this.#pumpScheduled = true;
    queueMicrotask(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#paused && this.#underWay.size < this.#allowedInFlight) {
      const request = this.#take();
      if (request === undefined) return;
      this.#underWay.add(request);
      void this.#send(request);
    }
  }

  /** The next request, or undefined if nothing may be sent now. */
  #take(): Request<T> | undefined {
    const request: Request<T> = { entries: [], lanes: [] };
    const room: Room = { records: KINESIS_LIMITS.recordsPerPut, bytes: KINESIS_LIMITS.bytesPerPut };
    const oldest = this.#maxSpread === Number.POSITIVE_INFINITY ? undefined : this.#oldest.peek();
    this.#again = this.#takeFrom(this.#again, request, room, oldest);
    this.#fresh = this.#takeFrom(this.#fresh, request, room, oldest);
    return request.entries.length === 0 ? undefined : request;
  }

  /** Moves what may be sent from the lanes into the request; returns the lanes that stay. */
  #takeFrom(
    lanes: Lane<Entry<T>>[],
    request: Request<T>,
    room: Room,
    oldest: Pending<Entry<T>> | undefined,
  ): Lane<Entry<T>>[] {
    const heldBack: Lane<Entry<T>>[] = [];
    let seen = 0;
    while (room.records > 0 && seen < lanes.length) {
      const lane = lanes[seen++]!;
      this.#lend(lane, request, room, oldest);
      (lane.lent ? request.lanes : heldBack).push(lane);
    }
    return heldBack.length === 0 ? lanes.slice(seen) : heldBack.concat(lanes.slice(seen));
  }

  /** Moves the head of one lane into the request, as far as it may be sent. */
  #lend(lane: Lane<Entry<T>>, request: Request<T>, room: Room, oldest: Pending<Entry<T>> | undefined): void {
    const newest = oldest === undefined ? Number.POSITIVE_INFINITY : oldest.time + this.#maxSpread;
    // Whatever stands before the oldest entry in its own lane has to go, however new it is.
    let opening = oldest !== undefined && oldest.lane === lane;
    for (let pending = lane.next(); pending !== undefined; pending = lane.next()) {
      if (pending.time > newest && !opening) return;
      room.records = Math.min(room.records, pending.company - request.entries.length);
      if (room.records < 1 || room.bytes < pending.size) {
        room.records = 0;
        return;
      }
      if (pending === oldest) opening = false;
      lane.lend();
      request.entries.push(pending);
      room.records--;
      room.bytes -= pending.size;
    }
  }

  async #send(request: Request<T>): Promise<void> {
    const { client, streamName } = this.#options;
    for (const pending of request.entries) pending.attempts++;
    let results: readonly PutRecordsResultEntry[];
    try {
      const command = new PutRecordsCommand({
        StreamName: streamName,
        Records: request.entries.map(({ entry }) => ({ Data: entry.data, PartitionKey: entry.key })),
      });
      results = (await client.send(command, { abortSignal: this.#abort.signal })).Records ?? [];
    } catch (error) {
      if (!this.#closed) this.#refused(request, error);
      return;
    }
    if (!this.#closed) this.#answered(request, results);
  }

  #answered(request: Request<T>, results: readonly PutRecordsResultEntry[]): void {
    const { acknowledged, uncertain } = this.#options;
    const unanswered = request.entries.filter((_, i) => !saysAnything(results[i]));
    if (unanswered.length > 0) {
      uncertain?.(
        unanswered.map((pending) => pending.entry),
        UNANSWERED,
      );
    }
    let failed = 0;
    let attempts = 0;
    for (let i = 0; i < request.entries.length; i++) {
      const pending = request.entries[i]!;
      const result = results[i];
      // A callback may have closed the writer.
      if (pending.settled) continue;
      if (result?.SequenceNumber !== undefined) {
        this.#settle(pending);
        acknowledged?.(pending.entry, result.ShardId ?? '', result.SequenceNumber);
        continue;
      }
      failed++;
      this.#lastReason =
        result?.ErrorCode === undefined ? UNANSWERED : `${result.ErrorCode}: ${result.ErrorMessage ?? ''}`;
      if (this.#exhausted(pending)) this.#giveUp(pending);
      else attempts = Math.max(attempts, pending.attempts);
    }
    this.#finish(request, { failed, attempts });
  }

  #refused(request: Request<T>, error: unknown): void {
    const failure: Failure = judge(error);
    this.#lastReason = failure.reason;
    if (failure.outcome === 'unknown') {
      this.#options.uncertain?.(
        request.entries.map((pending) => pending.entry),
        failure.reason,
      );
    }
    if (!failure.retriable && request.entries.length > 1 && isInvalidRequest(error)) {
      this.#split(request);
      return;
    }
    for (const pending of request.entries) {
      if (pending.settled) continue;
      if (!failure.retriable) this.#fail(pending, failure.reason);
      else if (this.#exhausted(pending)) this.#giveUp(pending);
    }
    this.#finish(request, { failed: failure.retriable ? request.entries.length : 0, attempts: 0 });
  }

  /** One entry that the service rejects refuses the whole request: sent again in halves, it fails alone in the end. */
  #split(request: Request<T>): void {
    const company = Math.ceil(request.entries.length / 2);
    for (const pending of request.entries) {
      pending.company = company;
      // The refusal says nothing about most of these entries: it is no attempt of theirs.
      pending.attempts--;
    }
    this.#finish(request, { failed: 0, attempts: 0 });
  }

  /** True if the entry is to be given up: it had its attempts, or the target has been dead for as many rounds. */
  #exhausted(pending: Pending<Entry<T>>): boolean {
    return pending.attempts >= this.#maxAttempts || this.#barren >= this.#maxAttempts;
  }

  /**
   * Ends a request. If half of it or less failed, the failed lanes rest and the others go on; if more, the whole writer
   * rests, or newer entries would take the room that the failed ones wait for.
   */
  #finish(request: Request<T>, outcome: { failed: number; attempts: number }): void {
    if (this.#closed) return;
    this.#underWay.delete(request);
    const unsettled: Lane<Entry<T>>[] = [];
    for (const lane of request.lanes) {
      if (lane.restore() > 0) unsettled.push(lane);
      else if (lane.empty) this.#lanes.delete(lane.key);
      else this.#fresh.push(lane);
    }
    const fraction = outcome.failed / request.entries.length;
    if (fraction === 0) {
      this.#trouble = Math.max(0, this.#trouble - 1);
      this.#allowedInFlight = Math.min(this.#maxInFlight, this.#allowedInFlight + 1);
    }
    if (fraction < 1) this.#barren = 0;
    if (fraction > 0.5) this.#slowDown(fraction === 1);
    const rest = fraction > 0 && fraction <= 0.5;
    if (rest && unsettled.length > 0) {
      this.#later(fullJitter(outcome.attempts, this.#options.random), () => {
        this.#again.push(...unsettled);
      });
    } else this.#again.push(...unsettled);
    this.#release();
    this.#pump();
  }

  /** Pauses the whole writer, the longer the more often in a row; requests that fail together count once. */
  #slowDown(barren: boolean): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#trouble++;
    if (barren) this.#barren++;
    this.#allowedInFlight = Math.max(1, this.#allowedInFlight >> 1);
    this.#later(fullJitter(this.#trouble, this.#options.random), () => {
      this.#paused = false;
    });
  }

  #later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
      this.#pump();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #giveUp(pending: Pending<Entry<T>>): void {
    this.#fail(pending, `given up after ${pending.attempts} attempts; the last one: ${this.#lastReason}`);
  }

  #fail(pending: Pending<Entry<T>>, reason: string): void {
    this.#settle(pending);
    this.#options.failed?.(pending.entry, reason);
  }

  #settle(pending: Pending<Entry<T>>): void {
    pending.settled = true;
    this.#buffered--;
    this.#bufferedBytes -= pending.size;
  }

  /** Lets go whoever waits for room or for the end. */
  #release(): void {
    if (this.#room && !this.#full()) {
      this.#room.resolve();
      this.#room = undefined;
    }
    if (this.#idle && this.#buffered === 0) {
      this.#idle.resolve();
      this.#idle = undefined;
    }
  }

  #tellWaiting(): void {
    const now = this.#options.clock.monotonic();
    if (this.#room || now - this.#toldWaiting < WAITING_INTERVAL) return;
    this.#toldWaiting = now;
    const cause = this.#trouble > 0 ? ` (${this.#lastReason})` : '';
    this.#options.waiting?.(`the stream takes records slower than they come${cause}`);
  }
}

function saysAnything(result: PutRecordsResultEntry | undefined): boolean {
  return result?.SequenceNumber !== undefined || result?.ErrorCode !== undefined;
}

function unacceptable(key: string, size: number): string | undefined {
  if (size > KINESIS_LIMITS.bytesPerRecord) {
    return `a record may have ${KINESIS_LIMITS.bytesPerRecord} bytes with its key (given ${size})`;
  }
  if (key === '') return 'a partition key must have at least 1 character (given none)';
  // More code units than characters only with characters outside the first plane: count those alone.
  if (key.length > KINESIS_LIMITS.partitionKeyLength && [...key].length > KINESIS_LIMITS.partitionKeyLength) {
    return `a partition key may have ${KINESIS_LIMITS.partitionKeyLength} characters (given ${[...key].length})`;
  }
  return undefined;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
