import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenRanges, explicitHashKey, HASH_KEYS, hashKeyOf, hashKeyText } from './hash-key.ts';

test('is the MD5 of the key in UTF-8', () => {
  // RFC 1321, A.5
  expect(hashKeyOf('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
  expect(hashKeyOf('é')).toBe(hashKeyOf(Buffer.from([0xc3, 0xa9]).toString('utf8')));
});

test('divides all keys as AWS does', () => {
  expect(evenRanges(1)).toEqual([{ start: 0n, end: HASH_KEYS - 1n }]);
  expect(evenRanges(3).map(({ end }) => String(end))).toEqual([
    '113427455640312821154458202477256070484',
    '226854911280625642308916404954512140969',
    '340282366920938463463374607431768211455',
  ]);
});

test('leaves no key without a range and none with two', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (count) => {
      const ranges = evenRanges(count);
      expect(ranges[0]!.start).toBe(0n);
      expect(ranges.at(-1)!.end).toBe(HASH_KEYS - 1n);
      for (const [i, range] of ranges.entries()) {
        expect(range.start).toBeLessThanOrEqual(range.end);
        if (i > 0) expect(range.start).toBe(ranges[i - 1]!.end + 1n);
      }
    }),
    { numRuns: 30 },
  );
});

test('compares as text as it does as a number', () => {
  const key = fc.bigInt({ min: 0n, max: HASH_KEYS - 1n });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(hashKeyText(a) < hashKeyText(b)).toBe(a < b);
    }),
  );
});

test('takes explicit keys below 2^128 only', () => {
  expect(explicitHashKey('0')).toBe('0'.repeat(32));
  expect(explicitHashKey(String(HASH_KEYS - 1n))).toBe('f'.repeat(32));
  expect(explicitHashKey(String(HASH_KEYS))).toBeUndefined();
});
