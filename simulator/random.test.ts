import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { integer, normal, randomStream, uniform, Xoshiro128 } from './random.ts';

const MANY = 200_000;

function moments(draw: () => number) {
  const values = Array.from({ length: MANY }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / MANY;
  const central = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / MANY;
  const variance = central(2);
  return {
    mean,
    variance,
    skewness: central(3) / variance ** 1.5,
    kurtosis: central(4) / variance ** 2,
    least: Math.min(...values.slice(0, 100_000)),
    most: Math.max(...values.slice(0, 100_000)),
  };
}

describe('xoshiro128**', () => {
  test('gives the sequence of the reference implementation from the state 1, 2, 3, 4', () => {
    const random = new Xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.next())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test('refuses the one state that it cannot leave', () => {
    expect(() => new Xoshiro128([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('a random stream', () => {
  test('starts from the SHA-256 of purpose, seed and name', () => {
    const digest = createHash('sha256').update(Buffer.from('ride\u00007\u0000Rocinante 🦄', 'utf8')).digest();
    const words = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as [number, number, number, number];
    const expected = new Xoshiro128(words);
    const random = randomStream('7', 'Rocinante 🦄', 'ride');
    for (let i = 0; i < 20; i++) expect(random.next()).toBe(expected.next());
  });

  test('is another one for another seed, name or purpose', () => {
    const first = [
      randomStream('7', 'Rocinante', 'ride'),
      randomStream('8', 'Rocinante', 'ride'),
      randomStream('7', 'rocinante', 'ride'),
      randomStream('7', 'Rocinante', 'vitals'),
      randomStream('7R', 'ocinante', 'ride'),
    ].map((random) => random.next());
    expect(new Set(first).size).toBe(first.length);
  });

  test('does not follow that of a similar name', () => {
    const pairs = Array.from({ length: 20_000 }, (_, i) => [
      uniform(randomStream('1', `Unicorn ${i}`, 'ride')),
      uniform(randomStream('1', `Unicorn ${i + 1}`, 'ride')),
    ]);
    const covariance = pairs.reduce((sum, [x, y]) => sum + (x! - 0.5) * (y! - 0.5), 0) / pairs.length;
    // The standard error of the correlation of independent pairs is 1/sqrt(20,000) = 0.007.
    expect(Math.abs(covariance * 12)).toBeLessThan(0.03);
  });
});

describe('distributions, by their moments', () => {
  test('uniform', () => {
    const random = randomStream('1', 'uniform', 'test');
    const found = moments(() => uniform(random, 10, 22));
    expect(found.mean).toBeCloseTo(16, 1);
    expect(found.variance).toBeCloseTo(12, 0);
    expect(found.skewness).toBeCloseTo(0, 1);
    expect(found.kurtosis).toBeCloseTo(1.8, 1);
    expect(found.least).toBeGreaterThanOrEqual(10);
    expect(found.least).toBeLessThan(10.01);
    expect(found.most).toBeLessThan(22);
    expect(found.most).toBeGreaterThan(21.99);
  });

  test('normal', () => {
    const random = randomStream('1', 'normal', 'test');
    const found = moments(() => normal(random, 30, 2));
    expect(found.mean).toBeCloseTo(30, 1);
    expect(found.variance).toBeCloseTo(4, 1);
    expect(found.skewness).toBeCloseTo(0, 1);
    expect(found.kurtosis).toBeCloseTo(3, 1);
  });

  test('integer gives each value its share, both ends included', () => {
    const random = randomStream('1', 'integer', 'test');
    const counts = new Map<number, number>();
    for (let i = 0; i < MANY; i++) {
      const value = integer(random, -1, 1);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
    for (const count of counts.values()) {
      // Four standard deviations of a binomial with p = 1/3.
      expect(Math.abs(count - MANY / 3)).toBeLessThan(4 * Math.sqrt((MANY * 2) / 9));
    }
  });

  test('nothing falls outside when the bits are at their ends', () => {
    const least = { next: () => 0 };
    const most = { next: () => 2 ** 32 - 1 };
    expect([uniform(least, 3, 4), integer(least, 3, 9)]).toEqual([3, 3]);
    expect(uniform(most, 3, 4)).toBeLessThan(4);
    expect(integer(most, 3, 9)).toBe(9);
  });
});
