import type { Bench, Figure, Judgement } from './row.ts';

export interface Contestant {
  readonly who: string;
  readonly unit: string;
  /** One measurement, of one figure or of several at once. */
  measure(round: number): Promise<number | readonly number[]>;
  /** Measured in the first round only: for one that takes minutes, and decides nothing. */
  readonly once?: true;
  /** Names of what `measure` gives beyond its first figure. */
  readonly also?: readonly { readonly who: string; readonly unit: string }[];
}

/**
 * Measures the contestants one after the other, round by round, so that whatever else the machine does meets all of
 * them. Each round begins with another one.
 */
export async function contest(
  contestants: readonly Contestant[],
  { rounds, quiet, progress }: Pick<Bench, 'rounds' | 'quiet' | 'progress'>,
): Promise<Figure[]> {
  const samples = contestants.map(({ also = [] }) => [[], ...also.map(() => [])] as number[][]);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index]!;
      if (contestant.once && round > 0) continue;
      await quiet.wait();
      const measured = [await contestant.measure(round)].flat();
      for (const [i, value] of measured.entries()) samples[index]![i]!.push(value);
      progress(`round ${round + 1}: ${contestant.who} ${shown(measured[0]!)} ${contestant.unit}`);
    }
  }
  return contestants.flatMap(({ who, unit, also = [] }, index) =>
    [{ who, unit }, ...also].map((named, i) => ({ ...named, samples: samples[index]![i]! })),
  );
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** @param share 0 to 1; between two samples it is interpolated */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}

/** How many times `b` is `a`: the median of the rounds' ratios, because in a round both met the same machine. */
export function ratio(a: Figure, b: Figure): number {
  return median(a.samples.map((sample, round) => sample / b.samples[round]!));
}

/** A figure with thousands apart, and as many decimals as it deserves. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function named(figures: readonly Figure[], who: string): Figure {
  const found = figures.find((figure) => figure.who === who);
  if (found === undefined) throw new Error(`no figure of ${who}`);
  return found;
}

/** Judges a rate that the speed of the machine decides. */
export function atLeast(least: number, unit: string, got: number): Judgement {
  return {
    reach: `${shown(least)} ${unit}`,
    got: shown(got),
    met: got >= least,
    rate: { got, least },
  };
}
