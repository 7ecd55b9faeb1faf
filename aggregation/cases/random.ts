/** Chance by a seed: the same calls give the same. */
export interface Chance {
  /** From least to most, both included. */
  integer(least: number, most: number): number;
  /** True once in so many times. */
  once(times: number): boolean;
  of<T>(choices: readonly T[]): T;
}

/** @param seed any integers; others give other sequences */
export function chance(...seed: readonly number[]): Chance {
  let state = seed.reduce((mixed, each) => Math.imul(mixed ^ each, 0x9e3779b1) ^ (mixed >>> 15), 0x2545f491);

  // mulberry32; source: https://github.com/cprosche/mulberry32
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    integer,
    once: (times) => integer(1, times) === 1,
    of: (choices) => choices[integer(0, choices.length - 1)]!,
  };
}
