import { describe, expect, test } from 'vitest';
import { WildRydesError } from '../telemetry/errors.ts';
import { decodeReading } from '../telemetry/reading-codec.ts';
import { parseStatusTime } from '../telemetry/status-time.ts';
import type { Emission } from './emission.ts';
import { createFaults, FAULTS, type FaultName, type FaultRates, parseFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { MALFORMED } from './malformed.ts';
import { fleetNames } from './names.ts';
import { acceleratedPacer } from './pacing.ts';
import { simulate } from './simulate.ts';

const START = Date.UTC(2026, 0, 1);
const NAMES = Object.keys(FAULTS) as FaultName[];

/** What a run with these faults puts, each with the second at which it was put. */
async function run(rates: FaultRates | undefined, { unicorns = 20, count = 500, seed = '1' } = {}) {
  const pacer = acceleratedPacer({ start: START, speed: Number.POSITIVE_INFINITY, monotonic: () => 0 });
  const put: (Emission & { at: number; text: string })[] = [];
  const { done } = simulate({
    fleet: new Fleet({ names: fleetNames(unicorns), seed, start: START, scenario: 'classic' }),
    faults: rates === undefined ? undefined : createFaults(rates),
    pacer,
    sink: {
      put: (emission) => {
        put.push({ ...emission, at: pacer.clock.now(), text: Buffer.from(emission.data).toString('latin1') });
      },
      flush: async () => {},
      close: async () => {},
    },
    count,
    signal: new AbortController().signal,
  });
  return { produced: await done, put, end: START + (count - 1) * 1_000 };
}

const measured = (emission: Emission) => parseStatusTime(emission.reading!.StatusTime)!;

/** Five standard deviations of a binomial: one run in a million is beyond. */
function expectRate(struck: number, readings: number, rate: number) {
  expect(Math.abs(struck - readings * rate)).toBeLessThanOrEqual(5 * Math.sqrt(readings * rate * (1 - rate)));
}

describe('--fault', () => {
  test('is read as names and probabilities', () => {
    expect(parseFaults('late=0.01,duplicate=.5, missing = 1e-3,skew=0')).toEqual({
      late: 0.01,
      duplicate: 0.5,
      missing: 0.001,
      skew: 0,
    });
    expect(parseFaults('malformed=1')).toEqual({ malformed: 1 });
    const tenths = 'late=0.1,duplicate=0.2,missing=0.3,shuffle=0.1,malformed=0.2,skew=0.1';
    expect(Object.keys(parseFaults(tenths))).toEqual(NAMES);
  });

  test.each([
    ['', 'knows late, duplicate, missing, shuffle, malformed, skew (given nothing)'],
    ['lat=0.1', '(given lat)'],
    ['toString=0.1', '(given toString)'],
    ['late', 'late must be a probability from 0 to 1, like late=0.01 (given none)'],
    ['late=', '(given none)'],
    ['late=2', '(given 2)'],
    ['late=-0.1', '(given -0.1)'],
    ['late=1%', '(given 1%)'],
    ['late=0x1', '(given 0x1)'],
    ['late=Infinity', '(given Infinity)'],
    ['late=0.1,', '(given nothing)'],
    ['late=0.1,late=0.2', 'takes late once'],
    ['late=0.6,skew=0.5', 'at most 1 together'],
  ])('%j is a usage error that says so', (text, message) => {
    expect(() => parseFaults(text)).toThrow(WildRydesError);
    expect(() => parseFaults(text)).toThrow(message);
  });
});

describe('faults', () => {
  test('strike at their rates, each reading at most once, and the counts add up', async () => {
    const rates = { late: 0.02, duplicate: 0.03, missing: 0.05, shuffle: 0.1, malformed: 0.01, skew: 0.002 };
    const { produced, put } = await run(rates, { unicorns: 100, count: 500 });
    expect(produced.produced).toBe(50_000);
    for (const name of NAMES) expectRate(produced.faults[name], 50_000, rates[name]);
    expect(produced.missing).toBe(produced.faults.missing);
    expect(produced.attempted).toBe(put.length);
    expect(produced.attempted).toBe(produced.produced - produced.missing + produced.faults.duplicate);
    expect(put.filter((emission) => emission.reading === undefined)).toHaveLength(produced.faults.malformed);
  });

  test('leave the other readings as they are in a clean run, byte for byte', async () => {
    const clean = new Set((await run(undefined)).put.map((emission) => emission.text));
    const { put, produced } = await run({
      late: 0.1,
      shuffle: 0.1,
      duplicate: 0.1,
      malformed: 0.1,
      skew: 0.1,
    });
    const foreign = put.filter((emission) => !clean.has(emission.text));
    expect(foreign).toHaveLength(produced.faults.malformed + produced.faults.skew);
  });

  test('are the same for a unicorn whatever other unicorns there are', async () => {
    const rates = { late: 0.1, shuffle: 0.1, duplicate: 0.1, malformed: 0.1, skew: 0.1, missing: 0.1 };
    const of = (put: readonly Emission[]) => put.filter((emission) => emission.key === 'Rocinante');
    const few = of((await run(rates, { unicorns: 2 })).put);
    const many = of((await run(rates, { unicorns: 30 })).put);
    expect(few).toEqual(many);
  });

  test('late: sent 10 to 30 seconds after it was measured, every delay about as often', async () => {
    const { put, end } = await run({ late: 1 }, { unicorns: 100, count: 200 });
    const delays = new Map<number, number>();
    for (const emission of put) {
      expect(emission.time).toBeGreaterThanOrEqual(emission.at);
      if (measured(emission) > end - 30_000) continue;
      const delay = (emission.at - measured(emission)) / 1_000;
      expect(emission.time).toBe(emission.at);
      delays.set(delay, (delays.get(delay) ?? 0) + 1);
    }
    expect([...delays.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, i) => i + 10));
    for (const count of delays.values()) expectRate(count, 100 * 170, 1 / 21);
  });

  test('shuffle: sent 1 to 4 seconds after it was measured, and ordered by when it was', async () => {
    const { put, end } = await run({ shuffle: 1 });
    const delays = new Set<number>();
    for (const emission of put) {
      expect(emission.time).toBe(measured(emission));
      if (measured(emission) <= end - 4_000) delays.add(emission.at - measured(emission));
    }
    expect([...delays].sort()).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  test('duplicate: the same bytes twice', async () => {
    const { put } = await run({ duplicate: 1 }, { unicorns: 2, count: 50 });
    expect(put).toHaveLength(200);
    for (let i = 0; i < put.length; i += 2) expect(put[i]).toEqual(put[i + 1]);
  });

  test('missing: never sent', async () => {
    const { put, produced } = await run({ missing: 1 });
    expect([put.length, produced.produced, produced.attempted]).toEqual([0, 10_000, 0]);
  });

  test('skew: a valid reading ten minutes ahead, sent now', async () => {
    const { put } = await run({ skew: 1 });
    for (const emission of put) {
      expect(measured(emission) - emission.at).toBe(600_000);
      expect(emission.time).toBe(emission.at);
      expect(decodeReading(Buffer.from(emission.data))).toMatchObject({
        ok: true,
        reading: emission.reading,
      });
    }
  });

  test('malformed: one line each that is no reading, in every way in turn', async () => {
    const { put } = await run({ malformed: 1 }, { unicorns: 3, count: 2 * MALFORMED.length });
    for (const { data, key, text } of put) {
      expect(decodeReading(Buffer.from(data)), text).toMatchObject({ ok: false });
      expect(text.indexOf('\n')).toBe(text.length - 1);
      expect(fleetNames(3)).toContain(key);
    }
    const reasons = put
      .filter((emission) => emission.key === 'Rocinante')
      .map(({ data }) => {
        const decoded = decodeReading(Buffer.from(data));
        return decoded.ok ? 'none' : decoded.reason.replace(/[\d-]+/g, '#');
      });
    expect(reasons.slice(0, MALFORMED.length)).toEqual(reasons.slice(MALFORMED.length));
    expect(new Set(reasons).size).toBeGreaterThanOrEqual(MALFORMED.length - 2);
  });

  test('malformed: no name makes a garbled reading valid', () => {
    for (const Name of ['🦄', '"', '\\', 'Distance', '"Distance":0,', 'é'.repeat(256), 'x'.repeat(256)]) {
      const reading = {
        Name,
        StatusTime: '2026-01-01 00:00:00.000',
        Latitude: 40,
        Longitude: -73,
        Distance: 30,
      };
      for (const { what, garble } of MALFORMED) {
        const data = garble({ ...reading, MagicPoints: 150, HealthPoints: 150 });
        expect(decodeReading(Buffer.from(data)), `${what}: ${Name}`).toMatchObject({ ok: false });
      }
    }
  });

  test('what is held back when the run ends is sent before it ends', async () => {
    const { put, produced } = await run({ late: 0.5, shuffle: 0.5 }, { unicorns: 5, count: 3 });
    expect(produced).toMatchObject({ produced: 15, attempted: 15 });
    expect(put).toHaveLength(15);
  });
});
