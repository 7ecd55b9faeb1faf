import type { Tally } from '../telemetry/balance.ts';
import type { DecodedReading, Invalid } from '../telemetry/reading.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { WINDOW } from '../telemetry/topology.ts';
import { COUNTER, Ledger, type LedgerSnapshot } from './ledger.ts';
import { type Minute, OpenWindow, type WindowSnapshot } from './open-window.ts';

/** What became of a record. */
export const OUTCOME = {
  /** Counts in its window. */
  merged: 0,
  /** A reading of the same Name and instant is in the open window already. */
  duplicate: 1,
  /** Its window has closed. */
  late: 2,
  /** Not a valid reading: to be quarantined. */
  invalid: 3,
  /** Measured further ahead of its arrival than a clock may be wrong: to be quarantined. */
  future: 4,
} as const;

export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** One shard of the input stream, as the engine knows it. */
export interface ShardState {
  readonly shardId: string;
  readonly parents: readonly string[];
  /** w: no window that ends at or before it takes readings of this shard any more. Never falls. Null before the first reading. */
  readonly watermark: number | null;
  /** Highest StatusTime accepted; for a child without readings of its own, what its parents' watermark stands for. */
  readonly highest: number | null;
  /** Whether a reading of its own was accepted. */
  readonly given: boolean;
  /** Read to its end. */
  readonly finished: boolean;
}

/** All that the engine knows, copied: nothing that happens later changes it. */
export interface EngineSnapshot {
  readonly shards: readonly ShardState[];
  readonly watermark: number | null;
  readonly ledger: LedgerSnapshot;
  readonly windows: readonly WindowSnapshot[];
}

interface Shard {
  readonly shardId: string;
  readonly parents: readonly string[];
  watermark: number;
  highest: number;
  given: boolean;
  finished: boolean;
}

/** Unicorns of a closed window that is kept for its columns: those of more are better given back. */
const LARGEST_SPARE = 10_000;

/** Before any reading. */
const NOTHING = Number.NEGATIVE_INFINITY;

/**
 * The window engine: tumbling minutes on StatusTime, per Name, over the shards of one stream. It knows no stream, no
 * clock and no file: records, silences and ends of shards go in, closed summaries come out. README.md states the
 * rules; cases/ holds them as examples for any engine.
 *
 * Times are milliseconds since the epoch. Feed it, per shard in sequence order, with `accept`, `silent` and
 * `finishShard`, and take what has closed with `close`, after every record or after a batch: it makes no difference to
 * the summaries.
 */
export class WindowEngine {
  readonly #ledger: Ledger;
  readonly #shards: Shard[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #windows = new Map<number, OpenWindow>();
  /** A closed window whose columns the next one takes over. */
  #spare: OpenWindow | undefined;
  /** The window that was merged into last: readings mostly come minute by minute. */
  #current: OpenWindow | undefined;
  /** The lowest watermark of all shards when windows were last closed. Never falls. */
  #watermark = NOTHING;

  constructor(snapshot?: EngineSnapshot) {
    this.#ledger = new Ledger(snapshot?.ledger);
    if (snapshot === undefined) return;
    this.#watermark = snapshot.watermark ?? NOTHING;
    for (const shard of snapshot.shards) {
      if (isDone(shard, snapshot.shards)) continue;
      this.#indexes.set(shard.shardId, this.#shards.length);
      this.#shards.push({
        ...shard,
        watermark: shard.watermark ?? NOTHING,
        highest: shard.highest ?? NOTHING,
      });
    }
    for (const window of snapshot.windows) this.#windows.set(window.start, OpenWindow.restore(window));
  }

  /**
   * Makes a shard known, before its first record and, so that its parents' watermark is handed on without a gap, before
   * its parents are finished. A shard that is known already is left as it is.
   *
   * @param parents shards that it continues; those that are not known are ignored
   * @returns the number that stands for it in the other calls
   */
  startShard(shardId: string, parents: readonly string[]): number {
    const known = this.#indexes.get(shardId);
    if (known !== undefined) return known;
    const index = this.#shards.length;
    const shard: Shard = {
      shardId,
      parents,
      watermark: NOTHING,
      highest: NOTHING,
      given: false,
      finished: false,
    };
    this.#shards.push(shard);
    this.#indexes.set(shardId, index);
    this.#inherit(shard);
    return index;
  }

  /**
   * Judges one record, in this order: invalid or from the future; late; duplicate; else it is merged.
   *
   * @param shard number of its shard
   * @param decoded its content
   * @param key its partition key, to which an invalid record is attributed
   * @param arrival when the stream took it
   */
  accept(shard: number, decoded: DecodedReading | Invalid, key: string, arrival: number): Outcome {
    if (!decoded.ok) {
      const account = this.#ledger.number(key);
      this.#ledger.add(account, COUNTER.delivered, 1);
      this.#ledger.add(account, COUNTER.quarantined, 1);
      return OUTCOME.invalid;
    }
    const { reading, instant } = decoded;
    const unicorn = this.#ledger.number(reading.Name);
    this.#ledger.add(unicorn, COUNTER.delivered, 1);
    if (instant - arrival > WINDOW.future) {
      this.#ledger.add(unicorn, COUNTER.quarantined, 1);
      return OUTCOME.future;
    }
    const state = this.#shards[shard]!;
    const start = windowStart(instant);
    const end = start + WINDOW.size;
    // The second bound is for a shard that comes late to the stream: what other shards closed stays closed.
    if (end <= state.watermark || end <= this.#watermark) {
      this.#ledger.add(unicorn, COUNTER.late, 1);
      return OUTCOME.late;
    }
    state.given = true;
    if (instant > state.highest) state.highest = instant;
    if (instant - WINDOW.lateness > state.watermark) state.watermark = instant - WINDOW.lateness;
    const merged = this.#window(start).merge(
      unicorn,
      instant - start,
      decoded.micrometres,
      reading.MagicPoints,
      reading.HealthPoints,
    );
    this.#ledger.add(unicorn, merged ? COUNTER.open : COUNTER.duplicates, 1);
    return merged ? OUTCOME.merged : OUTCOME.duplicate;
  }

  /**
   * Tells that a shard, read to its tip, has given no record for a while. From 30 s on, its watermark follows the
   * silence; a shard without a watermark stays without.
   *
   * @param milliseconds of the runner's monotonic clock since the last record, at the tip all the while
   */
  silent(shard: number, milliseconds: number): void {
    const state = this.#shards[shard]!;
    if (state.finished || milliseconds < WINDOW.idle || state.highest === NOTHING) return;
    state.watermark = Math.max(state.watermark, state.highest + milliseconds - WINDOW.lateness);
  }

  /** Tells that a shard was read to its end: it leaves, and its children take over its watermark. */
  finishShard(shard: number): void {
    const finished = this.#shards[shard]!;
    finished.finished = true;
    for (const child of this.#shards) {
      if (!child.given && child.parents.includes(finished.shardId)) this.#inherit(child);
    }
  }

  /** Forgets all shards, as when the stream was deleted and made anew. Windows stay open, and closed ones closed. */
  forgetShards(): void {
    this.#shards.length = 0;
    this.#indexes.clear();
  }

  /**
   * Closes every window whose end the lowest watermark of all shards has reached.
   *
   * @param emit takes each summary, by StatusTime, then by Name (in order of UTF-16 code units)
   * @returns how many windows closed
   */
  close(emit: (summary: Summary) => void): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const shard of this.#shards) {
      if (!shard.finished && shard.watermark !== NOTHING && shard.watermark < lowest)
        lowest = shard.watermark;
    }
    if (lowest !== Number.POSITIVE_INFINITY && lowest > this.#watermark) this.#watermark = lowest;
    return this.#closeDue(emit);
  }

  /**
   * Closes every open window, whatever the watermarks, and moves them to the end of the last one: what still comes for
   * these windows is late.
   *
   * @returns how many windows closed
   */
  closeAll(emit: (summary: Summary) => void): number {
    let end = NOTHING;
    for (const start of this.#windows.keys()) end = Math.max(end, start + WINDOW.size);
    for (const shard of this.#shards) {
      if (shard.watermark !== NOTHING) shard.watermark = Math.max(shard.watermark, end);
    }
    this.#watermark = Math.max(this.#watermark, end);
    return this.#closeDue(emit);
  }

  /** The books of some keys (Name of a valid reading, partition key of another record), or of everything. */
  tally(keys?: readonly string[]): Tally {
    return this.#ledger.tally(keys);
  }

  /** The lowest watermark of all shards when windows were last closed, or null before the first reading. */
  get watermark(): number | null {
    return this.#watermark === NOTHING ? null : this.#watermark;
  }

  /** Windows that are open: one for each unicorn and minute. */
  get openWindows(): number {
    let open = 0;
    for (const window of this.#windows.values()) open += window.size;
    return open;
  }

  /** Every shard that was made known, in that order. */
  shards(): ShardState[] {
    return this.#shards.map((shard) => ({
      ...shard,
      watermark: shard.watermark === NOTHING ? null : shard.watermark,
      highest: shard.highest === NOTHING ? null : shard.highest,
    }));
  }

  /** A shard's watermark; -Infinity while it has none. */
  watermarkOf(shard: number): number {
    return this.#shards[shard]!.watermark;
  }

  snapshot(): EngineSnapshot {
    return {
      shards: this.shards(),
      watermark: this.watermark,
      ledger: this.#ledger.snapshot(),
      windows: [...this.#windows.values()].map((window) => window.snapshot()),
    };
  }

  /** A child starts at the lowest watermark of its parents; of those that have none, nothing follows. */
  #inherit(child: Shard): void {
    let lowest = Number.POSITIVE_INFINITY;
    for (const parentId of child.parents) {
      const index = this.#indexes.get(parentId);
      const watermark = index === undefined ? NOTHING : this.#shards[index]!.watermark;
      if (watermark !== NOTHING) lowest = Math.min(lowest, watermark);
    }
    if (lowest === Number.POSITIVE_INFINITY) return;
    child.watermark = Math.max(child.watermark, lowest);
    child.highest = Math.max(child.highest, lowest + WINDOW.lateness);
  }

  #window(start: number): OpenWindow {
    if (this.#current?.start === start) return this.#current;
    let window = this.#windows.get(start);
    if (window === undefined) {
      window = this.#spare ?? new OpenWindow(start);
      this.#spare = undefined;
      window.reuse(start);
      this.#windows.set(start, window);
    }
    this.#current = window;
    return window;
  }

  #closeDue(emit: (summary: Summary) => void): number {
    const due: OpenWindow[] = [];
    for (const window of this.#windows.values()) {
      if (window.start + WINDOW.size <= this.#watermark) due.push(window);
    }
    let closed = 0;
    for (const window of due.sort((a, b) => a.start - b.start)) {
      this.#windows.delete(window.start);
      this.#current = undefined;
      closed += this.#summarise(window, emit);
      this.#spare = window.size <= LARGEST_SPARE ? window : undefined;
    }
    return closed;
  }

  #summarise(window: OpenWindow, emit: (summary: Summary) => void): number {
    const statusTime = formatStatusTime(window.start);
    const unicorns = window.unicorns().sort((a, b) => (this.#ledger.key(a) < this.#ledger.key(b) ? -1 : 1));
    for (const unicorn of unicorns) {
      const minute = window.minute(unicorn);
      this.#ledger.add(unicorn, COUNTER.open, -minute.readings);
      this.#ledger.add(unicorn, COUNTER.summarised, minute.readings);
      this.#ledger.add(unicorn, COUNTER.summaries, 1);
      emit({
        Name: this.#ledger.key(unicorn),
        StatusTime: statusTime,
        Distance: metresOf(minute),
        MinMagicPoints: minute.minMagicPoints,
        MaxMagicPoints: minute.maxMagicPoints,
        MinHealthPoints: minute.minHealthPoints,
        MaxHealthPoints: minute.maxHealthPoints,
        Readings: minute.readings,
      });
    }
    return unicorns.length;
  }
}

/** Whether a shard was read to its end and its watermark is of no more use: its children are known, and have their own. */
function isDone(shard: ShardState, shards: readonly ShardState[]): boolean {
  const children = shards.filter((other) => other.parents.includes(shard.shardId));
  return shard.finished && children.length > 0 && children.every((child) => child.given || child.finished);
}

/** Start of the window that an instant falls into. */
export function windowStart(instant: number): number {
  return Math.floor(instant / WINDOW.size) * WINDOW.size;
}

/** The number nearest to an exact sum: reading its decimal text rounds once, where adding metres and a fraction rounds twice. */
function metresOf(minute: Minute): number {
  return Number(`${minute.metres}.${String(minute.micrometres).padStart(6, '0')}`);
}
