import type { Clock } from '../../../../telemetry/clock.ts';
import type { Shard, StoredRecord } from '../../kinesis/source.ts';
import type { MappingDefinition, Outcome } from '../definitions.ts';
import { Bell } from './bell.ts';
import { type EventBatch, type EventSource, eventBatch, eventRecordMeasure } from './event-batch.ts';
import type { Condition, Discarded } from './failure-record.ts';
import { Gatherer } from './gatherer.ts';
import {
  type Attempt,
  interpret,
  nextStep,
  retryDelay,
  type SettleRules,
  stateIn,
  type Verdict,
} from './settle.ts';
import {
  STATE_LIMIT,
  stateBytes,
  type TumblingWindow,
  type WindowMoment,
  windowOfEvent,
} from './tumbling-window.ts';

/** How far a lane has come: what it goes on from after a restart. */
export interface Progress {
  /** Sequence number of the last record handled, given up or passed over. */
  readonly after: string;
  /** The tumbling window that is open, if any. */
  readonly window: TumblingWindow | undefined;
}

/** What lanes report to their mapping, as it happens. */
export interface LaneListener {
  /** An invocation ended; `reason` says why its batch was not wholly handled. */
  invoked(reason: string | undefined): void;
  /** Records were handled; `last` is the last of them. */
  handled(records: number, last: StoredRecord): void;
  /** Records were given up. */
  discarded(records: number): void;
  /** Records that match no filter were passed over. */
  filtered(records: number): void;
  /** Told after what it stands for has been told. */
  progressed(progress: Progress): void;
  /** The shard cannot be read; the lane tries again. */
  trouble(error: unknown): void;
}

export interface LaneOptions {
  readonly mapping: MappingDefinition;
  readonly shard: Shard;
  readonly source: EventSource;
  /** Index of the first record to deliver. */
  readonly from: number;
  /** How far it came before, if that is known. */
  readonly progress?: Progress | undefined;
  /** Whether a record is this lane's, whether or not it passes the filters; undefined: all are. */
  readonly isOwn?: ((record: StoredRecord) => boolean) | undefined;
  /** Whether a record passes the mapping's filters; undefined: all do. */
  readonly passesFilter?: ((record: StoredRecord) => boolean) | undefined;
  readonly invoke: (batch: EventBatch) => Promise<Outcome>;
  /** Tells the mapping's on-failure destination, if there is one, before the records count as given up. Never rejects. */
  readonly tellDestination?: ((discarded: Discarded) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly listener: LaneListener;
  readonly signal: AbortSignal;
}

/** Milliseconds between two attempts to read a shard that cannot be read. */
const READ_AGAIN = 1_000;

/** What is known of the failure that a batch is being retried for. */
interface Failure {
  readonly reason: string;
  readonly requestId: string;
}

/** Delivers a shard, or those records of it that are this lane's, to a function: batch after batch, in order. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #rules: SettleRules;
  readonly #gatherer: Gatherer;
  readonly #bell = new Bell();
  /** Milliseconds; 0 for none. */
  readonly #windowLength: number;
  /** Milliseconds; Infinity for any age. */
  readonly #maximumAge: number;
  /** Index of the first record that is neither handled, given up nor passed over. */
  #position: number;
  /** Sequence number of the last one that is. */
  #after: string | undefined;
  #window: TumblingWindow | undefined;
  /** Records that matched no filter, not yet told. */
  #filtered = 0;

  constructor(options: LaneOptions) {
    const { mapping, source, from, shard, clock, signal, isOwn, passesFilter } = options;
    this.#options = options;
    this.#windowLength = mapping.tumblingWindowInSeconds * 1000;
    this.#maximumAge =
      mapping.maximumRecordAgeInSeconds === -1
        ? Number.POSITIVE_INFINITY
        : mapping.maximumRecordAgeInSeconds * 1000;
    this.#rules = {
      reportBatchItemFailures: mapping.functionResponseTypes.includes('ReportBatchItemFailures'),
      maximumRetryAttempts: mapping.maximumRetryAttempts,
      bisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
      tumblingWindows: this.#windowLength > 0,
    };
    this.#position = from;
    this.#after = options.progress?.after;
    this.#window = this.#windowLength > 0 ? options.progress?.window : undefined;
    const passes = (record: StoredRecord) => {
      if (passesFilter === undefined || passesFilter(record)) return true;
      this.#filtered += 1;
      return false;
    };
    this.#gatherer = new Gatherer({
      shard,
      from,
      batchSize: mapping.batchSize,
      batchingWindow: mapping.maximumBatchingWindowInSeconds * 1000,
      tumblingWindow: this.#windowLength,
      accepts:
        isOwn === undefined && passesFilter === undefined
          ? undefined
          : (record) => (isOwn?.(record) ?? true) && passes(record),
      measure: eventRecordMeasure(source),
      clock,
      bell: this.#bell,
      signal,
      passed: (last) => this.#moveTo(last),
      expired: (records) => this.#skipExpired(records),
    });
  }

  /** Records in the shard that are neither handled, given up nor passed over, of this lane and of others. */
  get behind(): number {
    const { first, next } = this.#options.shard;
    return next - Math.min(next, Math.max(first, this.#position));
  }

  /** Says that the shard may have changed. */
  wake(): void {
    this.#bell.ring();
  }

  /** Runs until the shard is closed and done (true) or the signal aborts (false). Never rejects. */
  async run(): Promise<boolean> {
    const { shard, signal, listener, clock } = this.#options;
    const stopListening = shard.onAppend(() => this.#bell.ring());
    const stop = (): void => this.#bell.ring();
    signal.addEventListener('abort', stop);
    let invocationEnded = clock.monotonic();
    try {
      while (!signal.aborted) {
        try {
          const gathered = await this.#gatherer.next(invocationEnded, this.#window?.start);
          if (gathered.kind === 'finished') return true;
          if (gathered.kind === 'batch') await this.#deliver(gathered.records);
          if (gathered.kind === 'window over') await this.#endWindow('final');
          invocationEnded = clock.monotonic();
        } catch (error) {
          listener.trouble(error);
          await this.#pause(READ_AGAIN);
        }
      }
      return false;
    } finally {
      signal.removeEventListener('abort', stop);
      stopListening();
    }
  }

  /** Sends a batch, and what is left of it, until every record is handled or given up, or the lane is stopped. */
  async #deliver(records: readonly StoredRecord[]): Promise<void> {
    const { signal } = this.#options;
    if (this.#windowLength > 0) this.#window ??= { start: this.#windowStart(records), state: {} };
    let attempts: readonly Attempt[] = [{ start: 0, end: records.length, retries: 0 }];
    let failure: Failure | undefined;
    for (;;) {
      attempts = await this.#withoutOutdated(records, attempts, failure);
      const [attempt, ...later] = attempts;
      if (attempt === undefined || signal.aborted) return;
      const batch = records.slice(attempt.start, attempt.end);
      const answered = await this.#invoke(batch, 'aggregate');
      if (answered === 'stopped') return;

      const { verdict, requestId } = answered;
      const step = nextStep(attempt, verdict, this.#rules);
      if (!verdict.handled) failure = { reason: verdict.reason, requestId };
      this.#handle(records.slice(attempt.start, step.handled));
      await this.#discard(records.slice(step.handled, step.discarded), {
        condition: 'RetryAttemptsExhausted',
        why: `after ${attempt.retries} retries: ${failure?.reason}`,
        invocations: attempt.retries + 1,
        requestId,
      });
      attempts = [...step.attempts, ...later];
      if (this.#window !== undefined && stateBytes(this.#window.state) > STATE_LIMIT) {
        await this.#endWindow('early');
      }
      if (step.delay > 0) await this.#pause(step.delay);
    }
  }

  /** Hands a tumbling window's state over without records: at its end, or because it grew too large. */
  async #endWindow(moment: Exclude<WindowMoment, 'aggregate'>): Promise<void> {
    const { log, signal, mapping } = this.#options;
    const { maximumRetryAttempts } = mapping;
    for (let retries = 0; !signal.aborted && this.#window !== undefined; ) {
      const { start } = this.#window;
      const answered = await this.#invoke([], moment);
      if (answered === 'stopped') return;
      retries += 1;
      const { verdict } = answered;
      const givenUp = maximumRetryAttempts !== -1 && retries > maximumRetryAttempts;
      if (verdict.handled || givenUp) {
        if (!verdict.handled) log(`${this.#who} gave up the window of ${iso(start)}: ${verdict.reason}`);
        this.#window = moment === 'early' ? { start, state: {} } : undefined;
        this.#tellProgress();
        return;
      }
      await this.#pause(retryDelay(retries));
    }
  }

  /** One invocation, and what it means for the batch. Keeps the state that it returned, if it got anywhere. */
  async #invoke(
    batch: readonly StoredRecord[],
    moment: WindowMoment,
  ): Promise<{ readonly verdict: Verdict; readonly requestId: string } | 'stopped'> {
    const { source, invoke, listener } = this.#options;
    const window = this.#window && windowOfEvent(this.#window, this.#windowLength, source, moment);
    const outcome = await invoke(eventBatch(batch, source, window));
    if (outcome.kind === 'stopped') return 'stopped';
    const response = outcome.kind === 'error' ? outcome : { value: JSON.parse(outcome.payload) as unknown };
    const verdict = interpret(batch, response, this.#rules);
    const gotSomewhere = verdict.handled || verdict.from > 0;
    if (this.#window !== undefined && 'value' in response && gotSomewhere) {
      this.#window = { start: this.#window.start, state: stateIn(response.value) };
    }
    listener.invoked(verdict.handled ? undefined : verdict.reason);
    return { verdict, requestId: outcome.requestId };
  }

  /** Gives up what became too old for the mapping, or left the stream while it was being retried. */
  async #withoutOutdated(
    records: readonly StoredRecord[],
    attempts: readonly Attempt[],
    failure: Failure | undefined,
  ): Promise<readonly Attempt[]> {
    const { shard, clock } = this.#options;
    const oldest = clock.now() - this.#maximumAge;
    // Records never sent were read when they were still there, and are sent once at least.
    const first = failure === undefined ? 0 : shard.first;
    const isOutdated = (record: StoredRecord) => record.index < first || record.arrival < oldest;
    let left = attempts;
    for (;;) {
      const [attempt, ...later] = left;
      // Records expire, and grow old, in their order.
      if (attempt === undefined || !isOutdated(records[attempt.start]!)) return left;
      let start = attempt.start;
      while (start < attempt.end && isOutdated(records[start]!)) start++;
      const outdated = records.slice(attempt.start, start);
      const expired = outdated.at(-1)!.index < first;
      const because = failure === undefined ? '' : ` while retried: ${failure.reason}`;
      await this.#discard(outdated, {
        condition: 'RecordAgeExceeded',
        why: `${expired ? 'expired' : `older than ${this.#maximumAge / 1000} s`}${because}`,
        invocations: failure === undefined ? 0 : attempt.retries + 1,
        requestId: failure?.requestId ?? null,
      });
      left = start < attempt.end ? [{ ...attempt, start }, ...later] : later;
    }
  }

  /** The oldest record that there is now comes after some that nobody looked at. */
  #skipExpired(lost: number): void {
    const { listener, log } = this.#options;
    this.#position += lost;
    log(`${this.#who} gave up ${lost} records that expired before they were read`);
    listener.discarded(lost);
  }

  #handle(records: readonly StoredRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    this.#options.listener.handled(records.length, last);
    this.#moveTo(last);
  }

  async #discard(
    records: readonly StoredRecord[],
    reason: { condition: Condition; why: string; invocations: number; requestId: string | null },
  ): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    const { source, log, listener, tellDestination } = this.#options;
    const { why, ...rest } = reason;
    const numbers = `sequence numbers ${records[0]?.sequenceNumber} to ${last.sequenceNumber}`;
    log(`${this.#who} gave up ${records.length} records, ${numbers}, ${why}`);
    await tellDestination?.({ ...rest, batch: eventBatch(records, source) });
    listener.discarded(records.length);
    this.#moveTo(last);
  }

  #moveTo(last: StoredRecord): void {
    this.#position = last.index + 1;
    this.#after = last.sequenceNumber;
    this.#tellProgress();
  }

  #tellProgress(): void {
    if (this.#filtered > 0) this.#options.listener.filtered(this.#filtered);
    this.#filtered = 0;
    if (this.#after === undefined) return;
    this.#options.listener.progressed({ after: this.#after, window: this.#window });
  }

  #windowStart(records: readonly StoredRecord[]): number {
    return Math.floor(records[0]!.arrival / this.#windowLength) * this.#windowLength;
  }

  get #who(): string {
    const { mapping, shard, source } = this.#options;
    return `${mapping.functionName}: ${source.streamName} ${shard.shardId}:`;
  }

  /** Waits, whatever arrives meanwhile; shorter only when the lane is stopped. */
  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
    });
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
