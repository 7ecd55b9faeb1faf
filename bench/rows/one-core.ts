import type { Contestant } from '../harness/contest.ts';
import type { Took } from '../harness/stopwatch.ts';

/** What the rows about one core have in common: readings a second of the clock, and a second of processor time. */
export function oneCore(who: string, measure: () => Promise<readonly [number, number]>): Contestant {
  const unit = 'readings/s';
  return { who, unit, also: [{ who: `${who}, by processor time`, unit }], measure };
}

export function perSecond({ readings, milliseconds, processor }: Took & { readonly readings: number }) {
  return [(readings / milliseconds) * 1_000, (readings / processor) * 1_000] as const;
}

export function heldToOneCore(possible: boolean): string {
  const held = possible ? 'each process held to one core' : 'this system cannot hold a process to a core';
  return `${held}; by processor time is what a core does that nobody else uses`;
}
