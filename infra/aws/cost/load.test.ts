import { expect, test } from 'vitest';
import { heldOver, kpusFor, shardsFor, shardsOf } from './load.ts';

test.each([
  [0.1, 200, 1],
  [1_000, 200, 1], // one shard may be full
  [1_001, 200, 2],
  [1_600, 200, 2], // two of them 800 each
  [1_601, 200, 3],
  [100_000, 200, 125],
  [10, 104_857.6, 1], // 1 MB a second
  [20, 104_857.6, 3], // 2 MB a second, at 0.8 each
])('%d records a second of %d bytes need %d shards', (records, bytes, shards) => {
  expect(shardsFor(records, bytes)).toBe(shards);
});

test('an on-demand stream has four shards from the start', () => {
  expect(shardsOf(1, true)).toEqual({ readings: 4, summaries: 4, quarantine: 4 });
  expect(shardsOf(100_000, true)).toEqual({ readings: 125, summaries: 4, quarantine: 4 });
});

test.each([
  [1, 1],
  [50_000, 1],
  [50_001, 2],
  [1_000_000, 20],
])('%d unicorns need %d KPU', (unicorns, kpus) => {
  expect(kpusFor(unicorns)).toBe(kpus);
});

test.each([
  [10, undefined],
  [10, 100],
  [100, 10],
  [7.5, 7.5],
])('what is held for %d hours, kept for %s, is the sum of what is there at each moment', (hours, kept) => {
  // Counted in small steps: at each moment there is what came since, or in the hours that it is kept.
  const step = 0.001;
  let sum = 0;
  for (let moment = step / 2; moment < hours; moment += step) {
    sum += Math.min(moment, kept ?? moment) * 3 * step;
  }
  expect(heldOver(hours, 3, kept)).toBeCloseTo(sum, 6);
});
