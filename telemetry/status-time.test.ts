import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusTimes } from './fixture.ts';
import {
  FIRST_INSTANT,
  formatStatusTime,
  LAST_INSTANT,
  parseStatusTime,
  parseStatusTimeBytes,
} from './status-time.ts';

const instants = fc.oneof(
  fc.integer({ min: FIRST_INSTANT, max: LAST_INSTANT }),
  fc.integer({ min: -5_000_000_000_000, max: 5_000_000_000_000 }),
);

/** The platform's own calendar. */
function viaDate(instant: number): string {
  return new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
}

describe('formatStatusTime', () => {
  it('agrees with Date over every year that it can say', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(formatStatusTime(instant)).toBe(viaDate(instant));
      }),
      { numRuns: 5_000 },
    );
  });

  it('agrees with Date on every day around the turns of centuries and leap days', () => {
    for (const year of [
      1, 4, 100, 400, 1600, 1700, 1899, 1900, 1969, 1970, 1999, 2000, 2024, 2026, 2100, 9999,
    ]) {
      const start = new Date(0);
      start.setUTCFullYear(year, 0, 1);
      for (let day = 0; day < 366; day++) {
        const instant = start.getTime() + day * 86_400_000 + 86_399_999;
        if (instant <= LAST_INSTANT) expect(formatStatusTime(instant)).toBe(viaDate(instant));
      }
    }
  });

  it('drops a fraction of a millisecond, before the epoch too', () => {
    expect(formatStatusTime(1.9)).toBe('1970-01-01 00:00:00.001');
    expect(formatStatusTime(-0.1)).toBe('1969-12-31 23:59:59.999');
    expect(formatStatusTime(LAST_INSTANT + 0.5)).toBe('9999-12-31 23:59:59.999');
  });

  it.each([FIRST_INSTANT - 1, LAST_INSTANT + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s',
    (instant) => {
      expect(() => formatStatusTime(instant)).toThrow(RangeError);
    },
  );
});

describe('parseStatusTime', () => {
  it('reads what formatStatusTime writes', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(parseStatusTime(formatStatusTime(instant))).toBe(instant);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['2026-01-31 12:00:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00.5', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31 12:00:00.123999999', '2026-01-31T12:00:00.123Z'],
    ['1969-12-31 23:59:59.9999', '1969-12-31T23:59:59.999Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.25+02:00', '2026-01-31T10:00:00.250Z'],
    ['2026-01-31T12:00:00-05:30', '2026-01-31T17:30:00.000Z'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
    ['2026-01-31T12:00:00-00:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+18:00', '2026-01-30T18:00:00.000Z'],
    ['2024-02-29 00:00:00', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29 00:00:00', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01 00:00:00', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseStatusTime(text)).toBe(Date.parse(expected));
  });

  it.each([
    '',
    '2026-01-31',
    '2026-01-31 12:00',
    '2026-01-31 12:00:0',
    '2026-01-31 12:00:00.',
    '2026-01-31 12:00:00Z',
    '2026-01-31 12:00:00.000Z',
    '2026-01-31 12:00:00+00:00',
    '2026-01-31 12:00:00 ',
    ' 2026-01-31 12:00:00',
    '2026-01-31T12:00:00',
    '2026-01-31T12:00:00.000',
    '2026-01-31t12:00:00z',
    '2026-01-31T12:00:00.Z',
    '2026-01-31T12:00:00ZZ',
    '2026-01-31T12:00:00+0200',
    '2026-01-31T12:00:00+02',
    '2026-01-31T12:00:00+02:60',
    '2026-01-31T12:00:00+18:01',
    '2026-01-31T12:00:00-19:00',
    '2026-01-31T12:00:00+02:00:00',
    '2026-01-31_12:00:00',
    '2026/01/31 12:00:00',
    '2026-01-31 12.00.00',
    '2026-02-29 00:00:00',
    '1900-02-29 00:00:00',
    '2026-02-30 00:00:00',
    '2026-04-31 00:00:00',
    '2026-00-10 00:00:00',
    '2026-13-10 00:00:00',
    '2026-01-00 00:00:00',
    '2026-01-32 00:00:00',
    '2026-01-31 24:00:00',
    '2026-01-31 12:60:00',
    '2026-01-31 12:00:60',
    '2026-01-31 12:00:61',
    '-026-01-31 12:00:00',
    '+2026-01-31 12:00:00',
    '2026-1-31 12:00:00.00',
    '0000-01-01 00:00:00',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '10000-01-01 00:00:00',
    '２０２６-01-31 12:00:00',
    '2026-01-31\u00a012:00:00',
    '2026-01-31 12:00:00.١',
  ])('refuses %j', (text) => {
    expect(parseStatusTime(text)).toBeUndefined();
  });

  it('agrees with a pattern and Date on any text of the right characters', () => {
    let accepted = 0;
    fc.assert(
      fc.property(statusTimes, (text) => {
        const expected = viaPattern(text);
        if (expected !== undefined) accepted++;
        expect(parseStatusTime(text)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('reads only the bytes that it is given', () => {
    const bytes = new TextEncoder().encode('x2026-01-31 12:00:00.123456');
    expect(parseStatusTimeBytes(bytes, 1, 20)).toBe(Date.UTC(2026, 0, 31, 12));
    expect(parseStatusTimeBytes(bytes, 1, 21)).toBeUndefined();
    expect(parseStatusTimeBytes(bytes, 1, 22)).toBe(Date.UTC(2026, 0, 31, 12, 0, 0, 100));
    expect(parseStatusTimeBytes(bytes, 1, 19)).toBeUndefined();
  });
});

/** The same rules in another way: a pattern takes the text apart, and Date says whether the date is real. */
function viaPattern(text: string): number | undefined {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)(?:( )|T)(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d))?$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, space, hour, minute, second, fraction = '', z, sign, offsetHour, offsetMinute] =
    parts;
  if ((space !== undefined) !== (z === undefined && sign === undefined)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  const said = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  if (year === '0000' || date.toISOString() !== said) return undefined;
  if (sign === undefined) return date.getTime();
  const offset = Number(offsetHour) * 60 + Number(offsetMinute);
  if (Number(offsetMinute) > 59 || offset > 18 * 60) return undefined;
  const instant = date.getTime() - (sign === '+' ? offset : -offset) * 60_000;
  const utcYear = new Date(instant).getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9999 ? instant : undefined;
}
