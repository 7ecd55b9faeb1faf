import { describe, expect, test } from 'vitest';
import { WildRydesError } from '../telemetry/errors.ts';
import { Fleet } from './fleet.ts';
import { fleetNames } from './names.ts';

const START = Date.UTC(2026, 0, 1);

describe('a fleet', () => {
  test.each([
    [
      'a name twice',
      ['Arion', 'Grani', 'Arion'],
      'two unicorns cannot have the same name (given Arion twice)',
    ],
    ['an empty name', [''], "a unicorn's name must not be empty"],
    ['a name too long', ['a'.repeat(257)], "a unicorn's name must have at most 256 characters"],
    [
      'a control character',
      ['Ari\non'],
      "a unicorn's name must have neither control characters nor lone surrogates",
    ],
  ])('refuses %s', (_, names, message) => {
    const create = () => new Fleet({ names, seed: '1', start: START, scenario: 'classic' });
    expect(create).toThrow(WildRydesError);
    expect(create).toThrow(message);
  });

  test('a hundred thousand unicorns fit into 300 MB', () => {
    const before = process.memoryUsage().heapUsed;
    const fleet = new Fleet({ names: fleetNames(100_000), seed: '1', start: START, scenario: 'low-magic' });
    // Garbage included, so the fleet takes less.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6);
    expect(fleet.unicorns).toHaveLength(100_000);
  });

  test('no two unicorns ride alike', () => {
    const fleet = new Fleet({ names: fleetNames(20_000), seed: '1', start: START, scenario: 'classic' });
    const first = fleet.unicorns.map((unicorn) => {
      const { Latitude, Longitude, Distance } = unicorn.reading('');
      unicorn.step();
      const next = unicorn.reading('');
      return [Latitude, Longitude, Distance, next.Latitude, next.Longitude, next.Distance].join();
    });
    expect(new Set(first).size).toBe(20_000);
  });
});
