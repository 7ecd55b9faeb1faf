import { describe, expect, test } from 'vitest';
import type { Reading } from '../telemetry/reading.ts';
import { decodeReading, encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import { RIDE_START } from '../telemetry/topology.ts';
import { classic } from './scenarios/classic.ts';
import { Unicorn } from './unicorn.ts';

const START = Date.UTC(2026, 0, 1, 12);

function ride(name: string, seed: string, seconds: number) {
  const unicorn = new Unicorn(name, seed, classic);
  return Array.from({ length: seconds }, (_, second) => {
    const reading = unicorn.reading(formatStatusTime(START + second * 1_000));
    unicorn.step();
    return reading;
  });
}

/** Metres between two places on a sphere, by the haversine formula: another geometry than the simulator's. */
function metresBetween(
  a: { Latitude: number; Longitude: number },
  b: { Latitude: number; Longitude: number },
) {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const h =
    Math.sin(radians(b.Latitude - a.Latitude) / 2) ** 2 +
    Math.cos(radians(a.Latitude)) *
      Math.cos(radians(b.Latitude)) *
      Math.sin(radians(b.Longitude - a.Longitude) / 2) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

const ORIGIN: Pick<Reading, 'Latitude' | 'Longitude'> = {
  Latitude: RIDE_START.latitude,
  Longitude: RIDE_START.longitude,
};

describe('a unicorn', () => {
  test('Rocinante with seed 7 measures exactly this', () => {
    expect(ride('Rocinante', '7', 3).map(encodeReading)).toEqual([
      '{"Name":"Rocinante","StatusTime":"2026-01-01 12:00:00.000","Latitude":40.748903,"Longitude":-73.985088,"Distance":30.341,"MagicPoints":150,"HealthPoints":150}\n',
      '{"Name":"Rocinante","StatusTime":"2026-01-01 12:00:01.000","Latitude":40.748641,"Longitude":-73.984993,"Distance":29.948,"MagicPoints":149,"HealthPoints":151}\n',
      '{"Name":"Rocinante","StatusTime":"2026-01-01 12:00:02.000","Latitude":40.748377,"Longitude":-73.984897,"Distance":30.282,"MagicPoints":150,"HealthPoints":150}\n',
    ]);
  });

  test('moves as far as it says it does', () => {
    const readings = ride('Arion', '3', 5_000);
    let before = ORIGIN;
    for (const reading of readings) {
      // Rounding to six places moves each end by up to 7 cm; the two geometries differ by under half a percent.
      expect(Math.abs(metresBetween(before, reading) - reading.Distance)).toBeLessThan(0.35);
      before = reading;
    }
  });

  test('cruises at 29 to 31 metres a second, and stops every few minutes, never within the first four', () => {
    for (let seed = 0; seed < 20; seed++) {
      const distances = ride('Grani', String(seed), 3_600).map((reading) => reading.Distance);
      const cruising = distances.filter((metres) => metres >= 29 && metres <= 31);
      expect(cruising.length / distances.length).toBeGreaterThan(0.85);
      expect(distances.slice(0, 240).every((metres) => metres >= 29 && metres <= 31)).toBe(true);
      expect(distances.every((metres) => metres >= 0 && metres <= 31)).toBe(true);
      const halts = distances.filter((metres, i) => metres === 0 && distances[i - 1] !== 0).length;
      expect(halts).toBeGreaterThanOrEqual(4);
      expect(halts).toBeLessThanOrEqual(15);
    }
  });

  test('bends: an hour of riding does not follow a line', () => {
    const readings = ride('Tulpar', '5', 3_600);
    const headings = readings
      .slice(1)
      .map((reading, i) => [
        reading.Latitude - readings[i]!.Latitude,
        reading.Longitude - readings[i]!.Longitude,
      ])
      .filter(([north, east]) => north !== 0 || east !== 0)
      .map(([north, east]) => Math.floor(Math.atan2(north!, east!) / (Math.PI / 4)));
    expect(new Set(headings).size).toBeGreaterThan(4);
  });

  test('stays near where it started, and valid, however long it rides', () => {
    for (const name of ['Pegasus', 'Sleipnir', 'Enbarr 🦄']) {
      const unicorn = new Unicorn(name, '1', classic);
      for (let second = 0; second < 200_000; second++) {
        unicorn.step();
        if (second % 100 !== 0) continue;
        const reading = unicorn.reading(formatStatusTime(START + second * 1_000));
        expect(metresBetween(ORIGIN, reading)).toBeLessThan(11_000);
        expect(reading.MagicPoints).toBeGreaterThanOrEqual(0);
        expect(reading.MagicPoints).toBeLessThanOrEqual(300);
        expect(decodeReading(Buffer.from(encodeReading(reading)))).toMatchObject({ ok: true, reading });
      }
    }
  });

  test('reports places to six decimals and distances to three', () => {
    for (const text of ride('Eous', '9', 2_000).map(encodeReading)) {
      expect(text).toMatch(
        /"Latitude":-?\d+(\.\d{1,6})?,"Longitude":-?\d+(\.\d{1,6})?,"Distance":\d+(\.\d{1,3})?,"MagicPoints":\d+,"HealthPoints":\d+}\n$/,
      );
    }
  });
});
