import type { Children } from '../harness/children.ts';
import type { Contestant } from '../harness/contest.ts';
import type { Took } from '../harness/stopwatch.ts';
import type { Summaries } from '../loads/aggregate.ts';

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

/** Writes readings of a fleet to a file, the same each time. @returns how many */
export async function readingsFile(
  children: Children,
  path: string,
  unicorns: number,
  seconds: number,
): Promise<number> {
  const { ended } = children.wildrydes(
    `producer --fleet ${unicorns} --count ${seconds} --speed max --seed 7 --to ${path}`
      .split(' ')
      .concat('--start', '2026-05-01 09:00:00'),
  );
  if ((await ended) !== 0) throw new Error('the readings could not be written');
  return unicorns * seconds;
}

/** A fast wrong answer is none: every reading is in a window, and everybody finds the same. */
export function insistOn(
  who: string,
  { readings, windows, distance }: Summaries,
  first: Summaries,
  expected: number,
): void {
  const sameDistance = Math.abs(distance - first.distance) < 1e-9 * first.distance;
  if (readings !== expected || windows !== first.windows || !sameDistance) {
    throw new Error(
      `${who} counted ${readings} readings of ${expected}, ${distance} m in ${windows} windows`,
    );
  }
}
