import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLarger, SequenceNumbers, shardIdOf, shardNumberIn } from './sequence-number.ts';

const CREATED = 1_777_636_800_000;

test('has 56 digits: creation, shard and counter', () => {
  expect(new SequenceNumbers(CREATED, 7).of(1234)).toBe(
    `49${CREATED}${'000000000007'}${'0'.repeat(14)}${'000000000001234'}`,
  );
  expect(new SequenceNumbers(CREATED, 7).of(1234)).toHaveLength(56);
});

test('increases with the counter, and in children beyond their parents', () => {
  const counter = fc.nat(2 ** 40);
  fc.assert(
    fc.property(counter, counter, fc.nat(1e6), fc.nat(1e6), (a, b, later, number) => {
      const parent = new SequenceNumbers(CREATED, number);
      const child = new SequenceNumbers(CREATED + later, number + 1);
      expect(BigInt(parent.of(a)) < BigInt(parent.of(b))).toBe(a < b);
      expect(BigInt(child.of(b))).toBeGreaterThan(BigInt(parent.of(a)));
    }),
  );
});

test('is read back by its shard alone', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(1e6), (counter, number) => {
      const numbers = new SequenceNumbers(CREATED, number);
      const text = numbers.of(counter);
      expect(numbers.counter(text)).toBe(counter);
      expect(shardNumberIn(text)).toBe(number);
      expect(new SequenceNumbers(CREATED, number + 1).counter(text)).toBeUndefined();
      expect(new SequenceNumbers(CREATED + 1, number).counter(text)).toBeUndefined();
    }),
  );
});

test('keeps its form when the clock is far off', () => {
  for (const time of [-62_135_596_800_000, 0, 253_402_300_799_999]) {
    expect(new SequenceNumbers(time, 0).of(0)).toMatch(/^49\d{54}$/);
  }
});

test('knows foreign numbers', () => {
  const numbers = new SequenceNumbers(CREATED, 0);
  for (const text of ['', '0', '5', '9'.repeat(56), `${numbers.of(1)}0`, numbers.of(1).replace(/.$/, 'x')]) {
    expect(numbers.counter(text)).toBeUndefined();
    expect(shardNumberIn(text)).toBeUndefined();
  }
});

test('compares numbers of any length', () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 128n });
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(isLarger(String(a), String(b))).toBe(a > b);
    }),
  );
});

test('names shards', () => {
  expect(shardIdOf(0)).toBe('shardId-000000000000');
  expect(shardIdOf(12)).toBe('shardId-000000000012');
});
