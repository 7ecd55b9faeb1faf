import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withDateParts } from '../../../processor/archive/date-parts.ts';
import { Fleet } from '../../../simulator/fleet.ts';
import { fleetNames } from '../../../simulator/names.ts';
import type { Reading } from '../../../telemetry/reading.ts';
import { encodeReading } from '../../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import { encodeSummary } from '../../../telemetry/summary-codec.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { SIZES } from './sizes.ts';

const MINUTE = Date.UTC(2026, 10, 28, 20, 1);

/** A minute of a fleet that has been riding for five, as it is simulated. */
const MINUTES: readonly (readonly Reading[])[] = (() => {
  const { unicorns } = new Fleet({
    names: fleetNames(1_000),
    seed: 'sizes',
    start: MINUTE,
    scenario: 'classic',
  });
  return unicorns.map((unicorn) => {
    for (let second = 0; second < 300; second++) unicorn.step();
    return Array.from({ length: 60 }, (_, second) => {
      const { Name, StatusTime, Latitude, Longitude, Distance, MagicPoints, HealthPoints } = unicorn.reading(
        formatStatusTime(MINUTE + second * 1_000),
      );
      unicorn.step();
      return { Name, StatusTime, Latitude, Longitude, Distance, MagicPoints, HealthPoints };
    });
  });
})();

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** Within a few percent: what is estimated is no more exact. */
function expectAbout(size: number, measured: number, share: number) {
  expect(size).toBeGreaterThan(measured * (1 - share));
  expect(size).toBeLessThan(measured * (1 + share));
}

test("a reading, a summary and a key are as long as a fleet's", () => {
  expectAbout(SIZES.key, meanOf(MINUTES.map(([first]) => first!.Name.length)), 0.05);
  const readings = MINUTES.flat().map((reading) => encodeReading(reading).length);
  expectAbout(SIZES.reading, meanOf(readings), 0.02);
  const summaries = MINUTES.map((minute) => {
    const magic = minute.map(({ MagicPoints }) => MagicPoints);
    const health = minute.map(({ HealthPoints }) => HealthPoints);
    return encodeSummary({
      Name: minute[0]!.Name,
      StatusTime: minute[0]!.StatusTime,
      Distance: Math.round(minute.reduce((sum, { Distance }) => sum + Distance, 0) * 1e6) / 1e6,
      MinMagicPoints: Math.min(...magic),
      MaxMagicPoints: Math.max(...magic),
      MinHealthPoints: Math.min(...health),
      MaxHealthPoints: Math.max(...health),
      Readings: minute.length,
    }).length;
  });
  expectAbout(SIZES.summary, meanOf(summaries), 0.02);
});

test('a reading takes about as much in the archive as is assumed', () => {
  // By the second, as they come.
  const lines = Array.from({ length: 60 }, (_, second) => MINUTES.map((minute) => minute[second]!))
    .flat()
    .map((reading) => withDateParts({ text: encodeReading(reading).trimEnd() }, MINUTE).text);
  const compressed = gzipSync(`${lines.join('\n')}\n`).length / lines.length;
  expectAbout(ASSUMPTIONS.archivedBytes.value, compressed, 0.25);
});
