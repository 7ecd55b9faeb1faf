import { describe, expect, test } from 'vitest';
import { WildRydesError } from '../telemetry/errors.ts';
import { fleetNames } from './names.ts';

describe('the names of a fleet', () => {
  test('start with famous horses', () => {
    expect(fleetNames(5)).toEqual(['Shadowfax', 'Rocinante', 'Bucephalus', 'Pegasus', 'Sleipnir']);
  });

  test('a million of them are distinct, valid and short', () => {
    const names = fleetNames(1_000_000);
    expect(names).toHaveLength(1_000_000);
    expect(new Set(names).size).toBe(1_000_000);
    expect(names.reduce((longest, name) => Math.max(longest, name.length), 0)).toBeLessThan(40);
    expect(names.find((name) => !/^\p{Lu}[\p{L} -]+$/u.test(name))).toBeUndefined();
  });

  test('a smaller fleet has the first names of a bigger one', () => {
    expect(fleetNames(12_345).slice(0, 50)).toEqual(fleetNames(50));
  });

  test('neighbours do not share their first part', () => {
    const names = fleetNames(2_000).slice(40);
    const alike = names.filter((name, i) => i > 0 && name.slice(0, 4) === names[i - 1]!.slice(0, 4));
    expect(alike.length).toBeLessThan(20);
  });

  test.each([0, -1, 1.5, Number.NaN, 1_000_001])('%s unicorns are refused', (n) => {
    expect(() => fleetNames(n)).toThrow(WildRydesError);
  });
});
