import type { Tally } from '../../telemetry/balance.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { Oracle, type OracleReading, type OracleSummary } from '../oracle.ts';
import type { CaseEvent } from './format.ts';
import { type Sensed, writeReading } from './notation.ts';
import { type Chance, chance } from './random.ts';

/** A case that was made up, with what the oracle says of it. */
export interface GeneratedCase {
  /** `c17`: all its shards and unicorns are called after it. */
  readonly name: string;
  readonly events: readonly CaseEvent[];
  readonly expect: {
    /** Windows that closed. */
    readonly summaries: readonly OracleSummary[];
    /** Windows that are open in the end. */
    readonly remaining: readonly OracleSummary[];
    /** Indexes of the events that went to quarantine. */
    readonly quarantine: readonly number[];
    /** By attribution key. */
    readonly tallies: ReadonlyMap<string, Tally>;
    /** Milliseconds since the epoch. */
    readonly watermark: number | null;
  };
}

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1, 12);

/** Steps of a case. */
const LONGEST = 90;

const NAMES = ['Rocinante', 'Shadowfax', '🦄', 'Bucéphalus', '__proto__', 'a "quoted" \\ name', '\u00a0'];

/**
 * Makes up a case: some shards that split and merge, unicorns on all of them, readings in order and out of it, late,
 * twice, from the future, in every notation, damaged; shards that fall silent. The same seed and number give the same.
 *
 * @param number cases with higher ones lie later, by days, so that an engine can be given many, one after the other
 */
export function generateCase(seed: number, number: number): GeneratedCase {
  const maker = new Maker(chance(seed, number), `c${number}`, START + number * DAY, STEPS);
  return maker.make(chance(seed, number, 1).integer(1, 3));
}

/** One that any stream of one shard can be given: readings of one shard, none of which is ahead of its arrival. */
export function generatePlainCase(seed: number, number: number): GeneratedCase {
  const maker = new Maker(chance(seed, number), `c${number}`, START + number * DAY, PLAIN_STEPS);
  return maker.make(1);
}

/** What may happen, and how often in a hundred steps. */
const STEPS = {
  inTime: 62,
  behind: 6,
  again: 8,
  ahead: 4,
  damaged: 6,
  silence: 4,
  split: 3,
  merge: 2,
  pass: 5,
} as const;

type Steps = Readonly<Record<keyof typeof STEPS, number>>;

const PLAIN_STEPS: Steps = { ...STEPS, inTime: 75, ahead: 0, silence: 0, split: 0, merge: 0 };

class Maker {
  readonly #random: Chance;
  readonly #name: string;
  readonly #oracle = new Oracle();
  readonly #events: CaseEvent[] = [];
  readonly #quarantine: number[] = [];
  readonly #sent: { readonly sensed: Sensed; readonly shard: string }[] = [];
  readonly #keys = new Set<string>();
  /** Shards that may give records. */
  #open: string[] = [];
  #shards = 0;
  /** Where event time is. */
  #now: number;

  readonly #often: Steps;
  readonly #steps: Readonly<Record<keyof Steps, () => void>> = {
    inTime: () => this.#inTime(),
    behind: () => this.#behind(),
    again: () => this.#again(),
    ahead: () => this.#ahead(),
    damaged: () => this.#damaged(),
    silence: () => this.#silence(),
    split: () => this.#split(),
    merge: () => this.#merge(),
    pass: () => this.#pass(),
  };

  constructor(random: Chance, name: string, start: number, often: Steps) {
    this.#random = random;
    this.#often = often;
    this.#name = name;
    this.#now = start + random.integer(0, 59) * 1_000;
  }

  make(roots: number): GeneratedCase {
    for (let shards = roots; shards > 0; shards--) this.#open.push(this.#start([]));
    for (let steps = this.#random.integer(1, LONGEST); steps > 0; steps--) this.#step();
    for (const shard of this.#open) this.#finish(shard);
    return {
      name: this.#name,
      events: this.#events,
      expect: {
        summaries: this.#oracle.summaries,
        remaining: this.#oracle.remaining(),
        quarantine: this.#quarantine,
        tallies: new Map([...this.#keys].map((key) => [key, this.#oracle.tally(key)])),
        watermark: this.#oracle.watermark,
      },
    };
  }

  #step(): void {
    let dice = this.#random.integer(1, 100);
    for (const [step, often] of Object.entries(this.#often) as [keyof Steps, number][]) {
      dice -= often;
      if (dice <= 0) {
        this.#steps[step]();
        return;
      }
    }
  }

  #pass(): void {
    this.#now += this.#random.integer(1, 90) * 1_000;
  }

  /** A reading about as late as it may be, or less. */
  #inTime(): void {
    const random = this.#random;
    if (random.once(2)) this.#now += random.integer(0, 12_000);
    this.#record(this.#sense(this.#now - (random.once(3) ? random.integer(0, 6_000) : 0)));
  }

  /** A reading that is late, unless nothing has closed yet. */
  #behind(): void {
    this.#record(this.#sense(this.#now - this.#random.integer(30_000, 240_000)));
  }

  /** One that was sent before, maybe in another notation and to another shard. */
  #again(): void {
    if (this.#sent.length === 0) return;
    const { sensed, shard } = this.#random.of(this.#sent.slice(-20));
    const here = this.#random.once(4) || !this.#open.includes(shard) ? this.#random.of(this.#open) : shard;
    this.#record(sensed, { shard: here });
  }

  /** At the limit of what a clock may be ahead, or beyond. */
  #ahead(): void {
    const instant = this.#now + this.#random.integer(0, 20_000);
    const ahead = this.#random.of([300_000, 300_001, 3_600_000]);
    this.#record(this.#sense(instant), { arrival: instant - ahead });
  }

  #damaged(): void {
    this.#record(this.#sense(this.#now), { damaged: true });
  }

  #silence(): void {
    const shard = this.#random.of(this.#open);
    const milliseconds = this.#random.of([29_999, 30_000, this.#random.integer(30_000, 200_000)]);
    this.#events.push({ event: 'silence', shard, milliseconds });
    this.#oracle.silence(shard, milliseconds);
  }

  #split(): void {
    const parent = this.#random.of(this.#open);
    const children = [this.#start([parent]), this.#start([parent])];
    this.#finish(parent);
    this.#open = [...this.#open.filter((shard) => shard !== parent), ...children];
  }

  #merge(): void {
    if (this.#open.length < 2) return;
    const [one, other] = this.#open as [string, string];
    const child = this.#start([one, other]);
    this.#finish(one);
    this.#finish(other);
    this.#open = [...this.#open.slice(2), child];
  }

  #start(parents: readonly string[]): string {
    const shard = `${this.#name}-shard-${++this.#shards}`;
    this.#events.push({ event: 'start', shard, parents });
    this.#oracle.start(shard, parents);
    return shard;
  }

  #finish(shard: string): void {
    this.#events.push({ event: 'finish', shard });
    this.#oracle.finish(shard);
  }

  #sense(instant: number): Sensed {
    const random = this.#random;
    const points = () => (random.once(8) ? random.integer(-(2 ** 31), 2 ** 31 - 1) : random.integer(0, 200));
    return {
      name: `${this.#name} ${random.of(NAMES)}`,
      instant,
      micrometres: random.once(6) ? random.integer(0, 1e12 - 1) : random.integer(28_000_000, 32_000_000),
      magic: points(),
      health: points(),
    };
  }

  #record(
    sensed: Sensed,
    how: { readonly shard?: string; readonly arrival?: number; readonly damaged?: boolean } = {},
  ): void {
    const random = this.#random;
    const shard = how.shard ?? random.of(this.#open);
    const arrival = how.arrival ?? Math.max(sensed.instant, this.#now) + random.integer(0, 1_500);
    const damaged = how.damaged === true;
    const key = damaged && random.once(3) ? `${this.#name} nobody` : sensed.name;
    const content = writeReading(sensed, random, damaged);
    this.#events.push({ event: 'record', shard, key, arrival: formatStatusTime(arrival), ...content });
    const reading: OracleReading = {
      name: damaged ? key : sensed.name,
      instant: BigInt(sensed.instant),
      arrival: BigInt(arrival),
      micrometres: BigInt(sensed.micrometres),
      magic: sensed.magic,
      health: sensed.health,
      flaw: damaged,
    };
    this.#keys.add(reading.name);
    if (this.#oracle.record(shard, reading) === 'quarantined') this.#quarantine.push(this.#events.length - 1);
    if (!damaged) this.#sent.push({ sensed, shard });
  }
}
