import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('gives a second’s worth at once, and then as much as comes', () => {
  const bucket = new TokenBucket(1000, 5_000);
  expect(bucket.level(5_000)).toBe(1000);
  bucket.take(1000);
  expect(bucket.level(5_000)).toBe(0);
  expect(bucket.level(5_250)).toBe(250);
  expect(bucket.level(60_000)).toBe(1000);
});

test('makes up for what was taken in advance, and knows when', () => {
  const bucket = new TokenBucket(2, 0);
  bucket.take(10);
  expect(bucket.fullAt).toBe(5_000);
  expect(bucket.level(4_000)).toBe(0);
  expect(bucket.fullAt).toBe(5_000);
  expect(bucket.level(5_000)).toBe(2);
});

test('never gives more than its rate and one second’s worth, whenever it is asked', () => {
  const ask = fc.record({ later: fc.nat(3_000), amount: fc.integer({ min: 1, max: 700 }) });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 60 }), (asks) => {
      const bucket = new TokenBucket(500, 0);
      const taken: { at: number; amount: number }[] = [];
      let now = 0;
      for (const { later, amount } of asks) {
        now += later;
        if (bucket.level(now) < amount) continue;
        bucket.take(amount);
        taken.push({ at: now, amount });
      }
      for (const [i, { at: from }] of taken.entries()) {
        let sum = 0;
        for (const { at, amount } of taken.slice(i)) {
          sum += amount;
          expect(sum).toBeLessThanOrEqual(500 + ((at - from) * 500) / 1000 + 1e-6);
        }
      }
    }),
  );
});
