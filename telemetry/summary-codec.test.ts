import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerOf, nameOf, numberOf, parseRecord, stringOf } from './oracle.ts';
import { formatStatusTime, parseStatusTime } from './status-time.ts';
import type { Summary } from './summary.ts';
import { type DecodedSummary, decodeSummary, encodeSummary } from './summary-codec.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const MINUTE: Summary = {
  Name: 'Shadowfax',
  StatusTime: '2026-01-31 12:00:00.000',
  Distance: 1791.25,
  MinMagicPoints: 147,
  MaxMagicPoints: 152,
  MinHealthPoints: 149,
  MaxHealthPoints: 150,
  Readings: 60,
};

/** A record that differs from a valid one in the JSON text of one attribute; without it if there is no text. */
function record(name?: keyof Summary, text?: string): Uint8Array {
  const attributes = Object.entries(MINUTE)
    .filter(([key]) => key !== name || text !== undefined)
    .map(([key, value]) => `"${key}":${key === name ? text : JSON.stringify(value)}`);
  return utf8(`{${attributes.join(',')}}`);
}

function reasonFor(bytes: Uint8Array): string {
  const result = decodeSummary(bytes);
  if (result.ok) throw new Error('this should be invalid');
  return result.reason;
}

/** What the oracle makes of a record. */
function judge(bytes: Uint8Array): DecodedSummary | undefined {
  const values = parseRecord(bytes);
  if (values === undefined) return undefined;
  const points = (name: string) => integerOf(values, name, -2147483648, 2147483647);
  const instant = parseStatusTime(stringOf(values, 'StatusTime') ?? '');
  const summary = {
    Name: nameOf(values),
    StatusTime: instant === undefined ? undefined : formatStatusTime(instant),
    Distance: numberOf(values, 'Distance', 0, Number.MAX_VALUE),
    MinMagicPoints: points('MinMagicPoints'),
    MaxMagicPoints: points('MaxMagicPoints'),
    MinHealthPoints: points('MinHealthPoints'),
    MaxHealthPoints: points('MaxHealthPoints'),
    Readings: integerOf(values, 'Readings', 1, 2147483647),
  };
  if (instant === undefined || Object.values(summary).includes(undefined)) return undefined;
  const checked = summary as Summary;
  const isValid =
    checked.StatusTime.endsWith(':00.000') &&
    checked.MinMagicPoints <= checked.MaxMagicPoints &&
    checked.MinHealthPoints <= checked.MaxHealthPoints;
  return isValid ? { ok: true, summary: checked, instant } : undefined;
}

const points = fc.oneof(fc.integer({ min: -5, max: 160 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const ordered = fc.tuple(points, points).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const summaries: fc.Arbitrary<Summary> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom('Shadowfax', '🦄', '"'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    ),
    minute: fc.integer({ min: -30_000_000, max: 60_000_000 }),
    distance: fc.oneof(fc.double({ min: 0, max: 9e9, noNaN: true }), fc.integer({ min: 0, max: 2_000 })),
    magic: ordered,
    health: ordered,
    readings: fc.integer({ min: 1, max: 60_000 }),
  })
  .map(({ name, minute, distance, magic, health, readings }) => ({
    Name: name,
    StatusTime: formatStatusTime(minute * 60_000),
    Distance: distance + 0,
    MinMagicPoints: magic[0],
    MaxMagicPoints: magic[1],
    MinHealthPoints: health[0],
    MaxHealthPoints: health[1],
    Readings: readings,
  }));

describe('encodeSummary', () => {
  it('is read back, by this decoder and by JSON.parse, as the same summary', () => {
    fc.assert(
      fc.property(summaries, (summary) => {
        const text = encodeSummary(summary);
        expect(text).toBe(`${JSON.stringify(summary)}\n`);
        expect(decodeSummary(utf8(text))).toEqual({
          ok: true,
          summary,
          instant: Date.parse(`${summary.StatusTime.replace(' ', 'T')}Z`),
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (Distance) => {
    expect(() => encodeSummary({ ...MINUTE, Distance })).toThrow(RangeError);
  });
});

describe('decodeSummary', () => {
  it('agrees with the oracle on summaries with some attributes replaced, some of them valid', () => {
    const texts = fc.oneof(
      fc.constantFrom(
        '1',
        '60.0',
        '6e1',
        '0',
        '-0',
        '-1',
        '147.5',
        '2147483648',
        '1e400',
        '-1e-400',
        'NaN',
        'null',
        '"x"',
        '[]',
      ),
      fc.constantFrom(
        '"2026-01-31T12:00:00Z"',
        '"2026-01-31 12:00:01"',
        '"2026-01-31 12:00:00.0009"',
        '"1969-12-31 23:59:00"',
      ),
      fc.integer({ min: 100, max: 200 }).map(String),
    );
    const changes = fc.array(
      fc.tuple(fc.constantFrom(...(Object.keys(MINUTE) as (keyof Summary)[])), texts),
      { maxLength: 2 },
    );
    let valid = 0;
    let invalid = 0;
    fc.assert(
      fc.property(changes, (replaced) => {
        const extra = replaced.map(([name, text]) => `,"${name}":${text}`).join('');
        const bytes = utf8(JSON.stringify(MINUTE).replace(/\}$/, `${extra}}`));
        const expected = judge(bytes);
        if (expected === undefined) invalid++;
        else valid++;
        expect(decodeSummary(bytes)).toEqual(expected ?? { ok: false, reason: expect.any(String) });
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(valid, invalid)).toBeGreaterThan(300);
  });

  it.each([
    [
      'StatusTime',
      '"2026-01-31 12:00:01"',
      'StatusTime must be a whole minute (given 2026-01-31 12:00:01.000)',
    ],
    [
      'StatusTime',
      '"2026-01-31 12:00:00.001"',
      'StatusTime must be a whole minute (given 2026-01-31 12:00:00.001)',
    ],
    ['MinMagicPoints', '153', 'MinMagicPoints must not exceed MaxMagicPoints (given 153 and 152)'],
    ['MaxHealthPoints', '148', 'MinHealthPoints must not exceed MaxHealthPoints (given 149 and 148)'],
    ['Readings', '0', 'Readings must be an integer from 1 to 2147483647 (given 0)'],
    ['Readings', '1.5', 'Readings must be an integer from 1 to 2147483647 (given 1.5)'],
    ['Distance', '-0.001', 'Distance must be from 0 to 1.7976931348623157e+308 (given -0.001)'],
    ['Distance', '1e400', 'Distance must be from 0 to 1.7976931348623157e+308 (given 1e400)'],
    ['Name', '""', 'Name must not be empty (given nothing)'],
    ['Name', '7', 'Name must be a string (given 7)'],
  ] as const)('refuses %s %s', (name, text, reason) => {
    expect(reasonFor(record(name, text))).toBe(reason);
  });

  it('takes the minutes of older aggregations, which do not tell their readings', () => {
    const { Readings: _, ...summary } = MINUTE;
    expect(decodeSummary(record('Readings'))).toEqual({
      ok: true,
      summary,
      instant: Date.UTC(2026, 0, 31, 12),
    });
  });

  it.each((Object.keys(MINUTE) as (keyof Summary)[]).filter((name) => name !== 'Readings'))(
    'misses %s',
    (name) => {
      expect(decodeSummary(record()).ok).toBe(true);
      expect(reasonFor(record(name))).toBe(`${name} is missing`);
    },
  );

  it('takes minutes before the epoch, and an offset', () => {
    expect(decodeSummary(record('StatusTime', '"1969-12-31T23:59:00-00:00"'))).toMatchObject({
      instant: -60_000,
    });
    expect(decodeSummary(record('StatusTime', '"2026-01-31T14:00:00+02:00"'))).toMatchObject({
      summary: MINUTE,
    });
  });
});
