import type { Clock } from '../../../../telemetry/clock.ts';
import type { Shard, StoredRecord } from '../../kinesis/source.ts';
import type { Bell } from './bell.ts';
import { ENVELOPE_BYTES, PAYLOAD_LIMIT } from './event-batch.ts';

export interface GathererOptions {
  readonly shard: Shard;
  /** Index of the first record to look at. */
  readonly from: number;
  readonly batchSize: number;
  /** Milliseconds; 0 for none. */
  readonly batchingWindow: number;
  /** Milliseconds; 0 for none. */
  readonly tumblingWindow: number;
  /** Whether a record is one of this lane's; undefined: all are. */
  readonly accepts: ((record: StoredRecord) => boolean) | undefined;
  /** Bytes of a record in the event. */
  readonly measure: (record: StoredRecord) => number;
  readonly clock: Clock;
  /** Rings when the shard may have changed. */
  readonly bell: Bell;
  readonly signal: AbortSignal;
  /** Records up to and including this one were looked at and are not to be delivered, with nothing gathered before them. */
  readonly passed: (last: StoredRecord) => void;
  /** So many records expired before they were looked at. */
  readonly expired: (records: number) => void;
}

export type Gathered =
  | { readonly kind: 'batch'; readonly records: readonly StoredRecord[] }
  /** Nothing more will come to the tumbling window that is open. */
  | { readonly kind: 'window over' }
  /** The shard is closed, and all of it was gathered. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'stopped' };

/** Where records are chosen among others: so many are read at once. */
const READ_AHEAD = { records: 1_000, bytes: 1024 * 1024 } as const;

/** Milliseconds between two looks at the clock for the end of a tumbling window: it may be set, or run fast. */
const LOOK_AT_CLOCK = 1_000;

/**
 * Gathers a lane's batches from its shard: full, or as large as they are when the batching window ends; of one
 * tumbling window each.
 */
export class Gatherer {
  readonly #options: GathererOptions;
  /** Read, and not yet taken into a batch or passed over. */
  #ahead: readonly StoredRecord[] = [];
  #taken = 0;
  /** Index of the first record not yet read. */
  #unread: number;

  constructor(options: GathererOptions) {
    this.#options = options;
    this.#unread = options.from;
  }

  /**
   * Waits for the next batch.
   *
   * @param since when the previous invocation ended, by the monotonic clock: batching windows follow one another from
   * then on
   * @param openWindow start of the tumbling window that the lane has a state for
   * @throws what keeps the shard from being read; what was gathered by then is gathered again
   */
  async next(since: number, openWindow: number | undefined): Promise<Gathered> {
    const { batchingWindow, clock, shard, bell, signal } = this.#options;
    const gathering = new Gathering(openWindow);
    let deadline: number | undefined;
    while (!signal.aborted) {
      const complete = await this.#take(gathering);
      const { records, window } = gathering;
      if (complete === 'window over') return { kind: 'window over' };
      if (complete === 'full') return { kind: 'batch', records };
      // What came since that look comes before whatever its absence would mean.
      if (this.#unread < shard.next && !signal.aborted) continue;

      const windowLeft = window === undefined ? undefined : this.#endOf(window) - clock.now();
      const isWindowOver = windowLeft !== undefined && (windowLeft <= 0 || shard.closed);
      if (records.length > 0) {
        deadline ??= windowEnd(clock.monotonic(), since, batchingWindow);
        const left = deadline - clock.monotonic();
        // Nothing more will come to a closed shard, or to a window that is over.
        if (shard.closed || isWindowOver || left <= 0) return { kind: 'batch', records };
        await bell.wait(Math.ceil(Math.min(left, windowLeft ?? left)));
      } else if (isWindowOver) {
        return { kind: 'window over' };
      } else if (shard.closed) {
        return { kind: 'finished' };
      } else {
        await bell.wait(
          windowLeft === undefined ? undefined : Math.min(Math.ceil(windowLeft), LOOK_AT_CLOCK),
        );
      }
    }
    this.#putBack(gathering);
    return { kind: 'stopped' };
  }

  /** Takes what is there and fits. `tip`: all that the shard has was looked at. */
  async #take(gathering: Gathering): Promise<'full' | 'tip' | 'window over'> {
    const { batchSize, accepts, measure, tumblingWindow, passed, signal } = this.#options;
    let last: StoredRecord | undefined;
    const tellPassed = () => {
      if (last !== undefined) passed(last);
      last = undefined;
    };
    try {
      for (;;) {
        if (gathering.records.length === batchSize) return 'full';
        const record = this.#ahead[this.#taken];
        if (record === undefined) {
          // The end of what is there, or of what was read: another look at both.
          tellPassed();
          if (signal.aborted) return 'tip';
          const found = await this.#read(gathering);
          if (found === 'records') continue;
          return found === 'gap' ? 'full' : 'tip';
        }
        if (accepts !== undefined && !accepts(record)) {
          this.#taken += 1;
          if (gathering.records.length === 0) last = record;
          continue;
        }
        if (tumblingWindow > 0) {
          const window = Math.floor(record.arrival / tumblingWindow) * tumblingWindow;
          if (gathering.window !== undefined && gathering.window !== window) {
            return gathering.records.length > 0 ? 'full' : 'window over';
          }
          gathering.window = window;
        }
        const size = measure(record);
        // A record that is too large even alone is sent alone: as many as AWS allows cannot be fewer than one.
        if (gathering.bytes + size > PAYLOAD_LIMIT && gathering.records.length > 0) return 'full';
        this.#taken += 1;
        gathering.records.push(record);
        gathering.bytes += size;
      }
    } catch (error) {
      this.#putBack(gathering);
      throw error;
    } finally {
      tellPassed();
    }
  }

  /** Reads on. `gap`: what was gathered has to go first. */
  async #read(gathering: Gathering): Promise<'records' | 'nothing' | 'gap'> {
    const { shard, batchSize, accepts, expired } = this.#options;
    const { records, bytes } = gathering;
    const lost = Math.min(shard.first, shard.next) - this.#unread;
    if (lost > 0) {
      // Records between those gathered and the oldest there is expired unread: another batch begins after them.
      if (records.length > 0) return 'gap';
      this.#unread += lost;
      expired(lost);
    }
    if (this.#unread >= shard.next) return 'nothing';
    // A record's share of the event is more than its own bytes: those that fit are among these.
    const reading =
      accepts === undefined
        ? shard.read(this.#unread, batchSize - records.length, PAYLOAD_LIMIT - bytes)
        : shard.read(this.#unread, READ_AHEAD.records, READ_AHEAD.bytes);
    const found = reading instanceof Promise ? await reading : reading;
    if (found.length === 0) throw new Error(`the shard holds no record ${this.#unread}, which it should`);
    this.#ahead = found;
    this.#taken = 0;
    this.#unread = found.at(-1)!.index + 1;
    // Others have their turn while many records are passed over.
    if (accepts !== undefined) await new Promise((resolve) => setImmediate(resolve));
    return 'records';
  }

  /** What was gathered and not handed out is the first to be gathered again. */
  #putBack({ records }: Gathering): void {
    if (records.length === 0) return;
    this.#ahead = [...records, ...this.#ahead.slice(this.#taken)];
    this.#taken = 0;
  }

  #endOf(window: number): number {
    return window + this.#options.tumblingWindow;
  }
}

/** A batch in the making. */
class Gathering {
  readonly records: StoredRecord[] = [];
  bytes = ENVELOPE_BYTES;
  /** Start of the tumbling window that these records are of, or that is open without any yet. */
  window: number | undefined;

  constructor(openWindow: number | undefined) {
    this.window = openWindow;
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
