import { describe, expect, test } from 'vitest';
import { randomStream } from '../random.ts';
import { classic } from './classic.ts';
import { isScenarioName, SCENARIO_NAMES, SCENARIOS } from './index.ts';
import { lowMagic } from './low-magic.ts';
import type { Scenario } from './scenario.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => String(seed));

function magicOf(scenario: Scenario, seed: string, seconds: number): number[] {
  const vitals = scenario.begin(randomStream(seed, 'Rocinante', 'vitals'));
  return Array.from({ length: seconds }, () => {
    const { magicPoints } = vitals;
    vitals.step();
    return magicPoints;
  });
}

/** The times at which an alert with hysteresis fires (below 50) and recovers (at 55 or more). */
function episodes(magic: readonly number[]): { fired: number; recovered: number | undefined }[] {
  const found: { fired: number; recovered: number | undefined }[] = [];
  let firing = false;
  magic.forEach((points, second) => {
    if (!firing && points < 50) {
      firing = true;
      found.push({ fired: second, recovered: undefined });
    } else if (firing && points >= 55) {
      firing = false;
      found.at(-1)!.recovered = second;
    }
  });
  return found;
}

describe('every scenario', () => {
  test.each(SCENARIO_NAMES)('%s starts at 150 points and stays within 0 and 300', (name) => {
    for (const seed of SEEDS.slice(0, 30)) {
      const vitals = SCENARIOS[name].begin(randomStream(seed, 'Arion', 'vitals'));
      expect([vitals.magicPoints, vitals.healthPoints]).toEqual([150, 150]);
      for (let second = 0; second < 20_000; second++) {
        vitals.step();
        const { magicPoints, healthPoints } = vitals;
        if (Math.min(magicPoints, healthPoints) < 0 || Math.max(magicPoints, healthPoints) > 300) {
          expect.fail(`${magicPoints}, ${healthPoints} at ${second} s of seed ${seed}`);
        }
      }
    }
  });

  test('is known by its name only', () => {
    expect(isScenarioName('low-magic')).toBe(true);
    expect(isScenarioName('toString')).toBe(false);
  });
});

describe('classic', () => {
  test('walks by -1, 0 or +1, each a third of the time', () => {
    const steps = SEEDS.slice(0, 30).flatMap((seed) => {
      const magic = magicOf(classic, seed, 1_000);
      return magic.slice(1).map((points, i) => points - magic[i]!);
    });
    for (const step of [-1, 0, 1]) {
      expect(steps.filter((taken) => taken === step).length / steps.length).toBeCloseTo(1 / 3, 1.5);
    }
    expect(steps.every((step) => step === -1 || step === 0 || step === 1)).toBe(true);
  });

  test('spreads as a random walk does: two thirds of a point squared a second', () => {
    const after = SEEDS.map((seed) => magicOf(classic, seed, 1_001).at(-1)! - 150);
    const variance = after.reduce((sum, points) => sum + points * points, 0) / after.length;
    // The standard error of the variance of 300 values is 8%.
    expect(variance / ((1_000 * 2) / 3)).toBeGreaterThan(0.7);
    expect(variance / ((1_000 * 2) / 3)).toBeLessThan(1.3);
  });

  test('magic and health walk apart', () => {
    const vitals = classic.begin(randomStream('1', 'Arion', 'vitals'));
    const pairs = Array.from({ length: 200 }, () => {
      vitals.step();
      return vitals.magicPoints === vitals.healthPoints;
    });
    expect(pairs.filter(Boolean).length).toBeLessThan(100);
  });
});

describe('low-magic', () => {
  test('has one whole episode in every five minutes, whatever the seed', () => {
    for (const seed of SEEDS) {
      const found = episodes(magicOf(lowMagic, seed, 3_000));
      expect(found, `seed ${seed}`).toHaveLength(10);
      found.forEach(({ fired, recovered }, episode) => {
        expect(fired).toBeGreaterThanOrEqual(episode * 300);
        expect(fired, `seed ${seed}`).toBeLessThan(episode * 300 + 120);
        expect(recovered, `seed ${seed}`).toBeLessThan(episode * 300 + 240);
      });
    }
  });

  test('fires and recovers within the first three minutes', () => {
    for (const seed of SEEDS) {
      const [first] = episodes(magicOf(lowMagic, seed, 180));
      expect(first?.recovered, `seed ${seed}`).toBeDefined();
    }
  });

  test('does not flap: each threshold is crossed once down and once up an episode', () => {
    for (const seed of SEEDS) {
      const magic = magicOf(lowMagic, seed, 3_000);
      for (const threshold of [50, 55, 60, 100]) {
        const crossings = magic.slice(1).filter((points, i) => points < threshold !== magic[i]! < threshold);
        expect(crossings, `seed ${seed}`).toHaveLength(20);
      }
    }
  });

  test('stays low long enough to see, and never runs out of magic', () => {
    for (const seed of SEEDS) {
      const magic = magicOf(lowMagic, seed, 600);
      for (const { fired, recovered } of episodes(magic)) expect(recovered! - fired).toBeGreaterThan(15);
      expect(Math.min(...magic)).toBeGreaterThanOrEqual(20);
    }
  });
});
