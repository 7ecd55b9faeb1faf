import type { Clock } from '../../../telemetry/clock.ts';
import type { Shard, StoredRecord } from '../kinesis/source.ts';
import { Bell } from './bell.ts';
import type { MappingDefinition, Outcome } from './definitions.ts';
import {
  ENVELOPE_BYTES,
  type EventBatch,
  type EventSource,
  eventBatch,
  eventRecordMeasure,
  PAYLOAD_LIMIT,
} from './kinesis-event.ts';
import { type Attempt, interpret, nextStep, type SettleRules } from './settle.ts';

/** What lanes report to their mapping, as it happens. */
interface LaneListener {
  /** An invocation ended; `reason` says why its batch was not wholly handled. */
  invoked(reason: string | undefined): void;
  /** Records were handled; `after` is the last of them. */
  handled(records: number, after: string): void;
  /** Records were given up; `after` is the last of them, null if that is not known. */
  discarded(records: number, after: string | null): void;
  /** The shard cannot be read; the lane tries again. */
  trouble(error: unknown): void;
}

export interface LaneOptions {
  readonly mapping: MappingDefinition;
  readonly shard: Shard;
  readonly source: EventSource;
  /** Index of the first record to deliver. */
  readonly from: number;
  readonly invoke: (batch: EventBatch) => Promise<Outcome>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly listener: LaneListener;
  readonly signal: AbortSignal;
}

/** Milliseconds between two attempts to read a shard that cannot be read. */
const READ_AGAIN = 1_000;

/** Delivers one shard to a function, batch after batch, in order. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #rules: SettleRules;
  readonly #measure: (record: StoredRecord) => number;
  /** Milliseconds; 0 for none. */
  readonly #window: number;
  readonly #bell = new Bell();
  /** Index of the first record that is neither handled nor given up. */
  #position: number;
  /** When the batching window began that now runs, by the monotonic clock. */
  #windowStart: number;

  constructor(options: LaneOptions) {
    const { mapping, source, from, clock } = options;
    this.#options = options;
    this.#rules = {
      reportBatchItemFailures: mapping.functionResponseTypes.includes('ReportBatchItemFailures'),
      maximumRetryAttempts: mapping.maximumRetryAttempts,
      bisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
    };
    this.#measure = eventRecordMeasure(source);
    this.#window = mapping.maximumBatchingWindowInSeconds * 1000;
    this.#position = from;
    this.#windowStart = clock.monotonic();
  }

  /** Records in the shard that are neither handled nor given up. */
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
    try {
      while (!signal.aborted) {
        try {
          const batch = await this.#gather();
          if (batch === 'finished') return true;
          await this.#deliver(batch);
          this.#windowStart = clock.monotonic();
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

  /** Waits for a batch: full, or as large as it is when the batching window ends. Empty when the lane was stopped. */
  async #gather(): Promise<readonly StoredRecord[] | 'finished'> {
    const { mapping, shard, signal, clock } = this.#options;
    const records: StoredRecord[] = [];
    let bytes = ENVELOPE_BYTES;
    let deadline: number | undefined;

    /** Takes what is there and fits; true when no more fits. */
    const take = (): boolean => {
      for (;;) {
        const room = mapping.batchSize - records.length;
        const from = this.#position + records.length;
        if (room === 0) return true;
        if (from >= shard.next) return false;
        // Records between those gathered and the oldest expired unread: another batch begins after them.
        if (from < shard.first && records.length > 0) return true;
        // A record's share of the event is more than its own bytes: those that fit are among these.
        const found = shard.read(from, room, PAYLOAD_LIMIT - bytes);
        if (found.length === 0) return false;
        for (const record of found) {
          const size = this.#measure(record);
          // A record that is too large even alone is sent alone: as many as AWS allows cannot be fewer than one.
          if (bytes + size > PAYLOAD_LIMIT && records.length > 0) return true;
          records.push(record);
          bytes += size;
        }
      }
    };

    while (!signal.aborted) {
      if (records.length === 0) this.#skipExpired();
      if (take()) return records;
      if (records.length > 0) {
        deadline ??= windowEnd(clock.monotonic(), this.#windowStart, this.#window);
        // Nothing more will come to a closed shard.
        if (shard.closed || clock.monotonic() >= deadline) return records;
        await this.#bell.wait(Math.ceil(deadline - clock.monotonic()));
      } else {
        if (shard.closed) return 'finished';
        await this.#bell.wait();
      }
    }
    return [];
  }

  /** Sends a batch, and what is left of it, until every record is handled or given up, or the lane is stopped. */
  async #deliver(records: readonly StoredRecord[]): Promise<void> {
    const { source, invoke, listener, signal } = this.#options;
    let attempts: readonly Attempt[] = [{ start: 0, end: records.length, retries: 0 }];
    let reason = '';
    for (;;) {
      const [attempt, ...later] = this.#withoutExpired(records, attempts, reason);
      if (attempt === undefined || attempt.start === attempt.end || signal.aborted) return;
      const batch = records.slice(attempt.start, attempt.end);
      const outcome = await invoke(eventBatch(batch, source));
      if (outcome.kind === 'stopped') return;

      const response = outcome.kind === 'error' ? outcome : { value: JSON.parse(outcome.payload) as unknown };
      const verdict = interpret(batch, response, this.#rules);
      const step = nextStep(attempt, verdict, this.#rules);
      listener.invoked(verdict.handled ? undefined : verdict.reason);
      this.#handle(records.slice(attempt.start, step.handled));
      if (!verdict.handled) reason = verdict.reason;
      this.#discard(
        records.slice(step.handled, step.discarded),
        `after ${attempt.retries} retries: ${reason}`,
      );
      attempts = [...step.attempts, ...later];
      if (step.delay > 0) await this.#pause(step.delay);
    }
  }

  /** Gives up what left the stream while it was being retried. */
  #withoutExpired(
    records: readonly StoredRecord[],
    attempts: readonly Attempt[],
    reason: string,
  ): readonly Attempt[] {
    const [attempt, ...later] = attempts;
    if (attempt === undefined) return [];
    const { first } = this.#options.shard;
    // Records never sent were read when they were still there, and are sent once at least.
    if (reason === '' || (records[attempt.start]?.index ?? 0) >= first) return attempts;
    let start = attempt.start;
    while (start < attempt.end && (records[start]?.index ?? 0) < first) start++;
    this.#discard(records.slice(attempt.start, start), `expired while retried: ${reason}`);
    if (start < attempt.end) return [{ ...attempt, start }, ...later];
    return this.#withoutExpired(records, later, reason);
  }

  /** Goes on with the oldest record that there is when those before it expired unread. */
  #skipExpired(): void {
    const { shard, listener, log } = this.#options;
    const lost = Math.min(shard.first, shard.next) - this.#position;
    if (lost <= 0) return;
    this.#position += lost;
    log(`${this.#who} gave up ${lost} records that expired before they were read`);
    listener.discarded(lost, null);
  }

  #handle(records: readonly StoredRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    this.#position = last.index + 1;
    this.#options.listener.handled(records.length, last.sequenceNumber);
  }

  #discard(records: readonly StoredRecord[], why: string): void {
    const last = records.at(-1);
    if (last === undefined) return;
    const numbers = `sequence numbers ${records[0]?.sequenceNumber} to ${last.sequenceNumber}`;
    this.#position = last.index + 1;
    this.#options.log(`${this.#who} gave up ${records.length} records, ${numbers}, ${why}`);
    this.#options.listener.discarded(records.length, last.sequenceNumber);
  }

  get #who(): string {
    const { mapping, shard } = this.#options;
    return `${mapping.functionName}: ${mapping.streamName} ${shard.shardId}:`;
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

/**
 * When the batching window ends in which a batch's first record came. Windows follow one another from the end of the
 * previous invocation on, so that a record waits a whole window at most.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
 *
 * @param now, start, window milliseconds
 */
export function windowEnd(now: number, start: number, window: number): number {
  return window === 0 ? now : start + (Math.floor((now - start) / window) + 1) * window;
}
