import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BACKOFF, fullJitter, pause } from './backoff.ts';

test('a pause is between nothing and a bound that doubles up to the cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, draw) => {
        const bound = Math.min(BACKOFF.cap, BACKOFF.base * 2 ** (failures - 1));
        expect(fullJitter(failures, () => draw)).toBeCloseTo(draw * bound);
        expect(fullJitter(failures, () => 0)).toBe(0);
        expect(fullJitter(failures, () => draw)).toBeLessThanOrEqual(BACKOFF.cap);
      },
    ),
  );
  expect([1, 2, 3, 4].map((failures) => fullJitter(failures, () => 1))).toEqual([50, 100, 200, 400]);
});

test('a pause ends with its signal, at once', async () => {
  const controller = new AbortController();
  const pauses = Array.from({ length: 3 }, () => pause(1e9, controller.signal));
  controller.abort();
  await Promise.all([...pauses, pause(1e9, controller.signal)]);
});
