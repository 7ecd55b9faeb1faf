import type { Tally } from '../telemetry/balance.ts';

/** Place of each counter within an account. */
export const COUNTER = {
  delivered: 0,
  summarised: 1,
  duplicates: 2,
  late: 3,
  quarantined: 4,
  open: 5,
  summaries: 6,
} as const satisfies Record<keyof Tally, number>;

export type Counter = (typeof COUNTER)[keyof typeof COUNTER];

/** Counters of an account. */
const WIDTH = Object.keys(COUNTER).length;

/** The books as they are checkpointed: the keys in the order of their numbers, and every account's counters in a row. */
export interface LedgerSnapshot {
  readonly keys: readonly string[];
  /** In total, then per key. */
  readonly counters: Float64Array;
}

/**
 * The books of the aggregation, in total and per attribution key: the Name of a valid reading, the partition key of a
 * record that is not one. A key is numbered when it first appears; its number stands for it everywhere in the engine.
 */
export class Ledger {
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[];
  readonly #total: Float64Array;
  #accounts: Float64Array;

  constructor(snapshot?: LedgerSnapshot) {
    this.#keys = [...(snapshot?.keys ?? [])];
    for (const [number, key] of this.#keys.entries()) this.#numbers.set(key, number);
    this.#total = snapshot?.counters.slice(0, WIDTH) ?? new Float64Array(WIDTH);
    this.#accounts = snapshot?.counters.slice(WIDTH) ?? new Float64Array(0);
  }

  /** The number of a key; a new one if it has none yet. */
  number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#keys.length;
    this.#keys.push(key);
    this.#numbers.set(key, number);
    if (this.#accounts.length < (number + 1) * WIDTH) {
      const roomier = new Float64Array(Math.max(16, 2 * number) * WIDTH);
      roomier.set(this.#accounts);
      this.#accounts = roomier;
    }
    return number;
  }

  key(number: number): string {
    return this.#keys[number]!;
  }

  add(number: number, counter: Counter, records: number): void {
    this.#total[counter]! += records;
    this.#accounts[number * WIDTH + counter]! += records;
  }

  /** The books of some keys together, or of everything. Unknown keys have empty books; one named twice counts once. */
  tally(keys?: readonly string[]): Tally {
    if (keys === undefined) return tallyOf(this.#total);
    const sum = new Float64Array(WIDTH);
    for (const key of new Set(keys)) {
      const number = this.#numbers.get(key);
      if (number === undefined) continue;
      for (let place = 0; place < WIDTH; place++) sum[place]! += this.#accounts[number * WIDTH + place]!;
    }
    return tallyOf(sum);
  }

  snapshot(): LedgerSnapshot {
    const counters = new Float64Array((this.#keys.length + 1) * WIDTH);
    counters.set(this.#total);
    counters.set(this.#accounts.subarray(0, this.#keys.length * WIDTH), WIDTH);
    return { keys: this.#keys.slice(), counters };
  }
}

function tallyOf(account: Float64Array): Tally {
  return {
    delivered: account[COUNTER.delivered]!,
    summarised: account[COUNTER.summarised]!,
    duplicates: account[COUNTER.duplicates]!,
    late: account[COUNTER.late]!,
    quarantined: account[COUNTER.quarantined]!,
    open: account[COUNTER.open]!,
    summaries: account[COUNTER.summaries]!,
  };
}
