import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from './reading.ts';
import { ReadingEncoder } from './reading-bytes.ts';
import { encodeReading } from './reading-codec.ts';

const READING: Reading = {
  Name: 'Shadowfax',
  StatusTime: '2026-01-31 12:00:00.250',
  Latitude: 40.749167,
  Longitude: -73.985184,
  Distance: 29.5,
  MagicPoints: 150,
  HealthPoints: 149,
};

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const digits = (least: number, most: number) => fc.integer({ min: least, max: most });
const decimals = (most: number, places: number) =>
  digits(-most * 10 ** places, most * 10 ** places).map((units) => units / 10 ** places);
/** A double some units in the last place away from one that is not zero. */
const beside = (value: number, units: number) => {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += BigInt(units);
  return new Float64Array(bits.buffer)[0]!;
};

const numbers = fc.oneof(
  decimals(180, 6),
  decimals(31, 3),
  decimals(1_000_000, 6),
  decimals(90, 7),
  fc.tuple(decimals(180, 6), digits(-2, 2)).map(([value, units]) => beside(value || 1, units)),
  fc.integer(),
  digits(-1_100, 1_100),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e-5, max: 1e-5, noNaN: true }),
  fc.double({ min: -1e10, max: 1e10, noNaN: true }),
  // Around 15 digits, 31 and 32 bits, exact integers, and where exponents begin.
  fc
    .tuple(
      fc.constantFrom(1e-7, 1e-6, 1e6, 1e8, 1e9, 1e10, 2 ** 31, 2 ** 32, 2 ** 53, 1e21),
      decimals(10, 6),
      fc.constantFrom(1, -1),
    )
    .map(([bound, near, sign]) => sign * (bound + near)),
  fc.constantFrom(0, -0, 1e-6, -1e-6, 1e-7, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, 1e20, 0.1 + 0.2, 1.7976931348623155e308),
  fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32, 2 ** 32 + 5, 999_999_999.999999, 1e9 + 1e-6),
);

const texts = fc.oneof(
  fc.constantFrom(
    'Shadowfax',
    'Šarac',
    '天馬',
    '🦄',
    'a"b',
    'a\\b',
    '\n',
    '\u007f',
    '\u0080',
    '\ud800',
    '🦄'.slice(1),
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 256 }),
  fc.string({ unit: 'binary', maxLength: 256 }),
  fc.array(digits(0, 0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom('\u0001', '\ud800', '"', '€', 'a'), maxLength: 256 }),
);

const readings: fc.Arbitrary<Reading> = fc.record({
  Name: texts,
  StatusTime: fc.oneof(fc.constantFrom('2026-01-31 12:00:00.250', '2026-01-31 12:00:01.250', ''), texts),
  Latitude: numbers,
  Longitude: numbers,
  Distance: numbers,
  MagicPoints: numbers,
  HealthPoints: numbers,
});

describe('ReadingEncoder', () => {
  it('writes the bytes of what encodeReading and JSON.stringify write, and leaves those before as they were', () => {
    const property = fc.property(
      fc.array(readings, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(1, 600, 2_000, 65_536),
      (sent, pageSize) => {
        const encoder = new ReadingEncoder(pageSize);
        const records = sent.map((reading) => encoder.encode(reading));
        for (const [i, reading] of sent.entries()) {
          expect(text(records[i]!)).toBe(encodeReading(reading));
          expect(text(records[i]!)).toBe(`${JSON.stringify(reading)}\n`);
        }
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it.each([
    [0.000001, '0.000001'],
    [0.0000011, '0.0000011'],
    [9.99e-7, '9.99e-7'],
    [-0.5, '-0.5'],
    [100.1, '100.1'],
    [0.100001, '0.100001'],
    [12.000034, '12.000034'],
    [-0, '0'],
    [1_000, '1000'],
    [-2_147_483_647, '-2147483647'],
    [-2_147_483_648, '-2147483648'],
    [999_999_999.999999, '999999999.999999'],
    [4_294_967_301, '4294967301'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [0.1 + 0.2, '0.30000000000000004'],
  ])('writes %d as %s', (value, shortest) => {
    const reading = { ...READING, Latitude: value, HealthPoints: value };
    expect(text(new ReadingEncoder().encode(reading))).toBe(
      `{"Name":"Shadowfax","StatusTime":"2026-01-31 12:00:00.250","Latitude":${shortest},"Longitude":-73.985184,"Distance":29.5,"MagicPoints":150,"HealthPoints":${shortest}}\n`,
    );
  });

  it('puts records one after another into a page, and begins another when that is full', () => {
    const encoder = new ReadingEncoder();
    const records = Array.from({ length: 1_000 }, (_, second) =>
      encoder.encode({ ...READING, MagicPoints: second }),
    );
    const pages = new Set(records.map(({ buffer }) => buffer));
    expect(pages.size).toBe(3);
    for (const page of pages) expect(page.byteLength).toBe(65_536);
    for (const [second, record] of records.entries()) {
      expect(text(record)).toBe(encodeReading({ ...READING, MagicPoints: second }));
      const before = records[second - 1];
      if (before?.buffer === record.buffer) expect(record.byteOffset).toBe(before.byteOffset + before.length);
      else expect(record.byteOffset).toBe(0);
    }
  });

  it('gives a record that is too large for a page one of its own', () => {
    const encoder = new ReadingEncoder();
    for (const Name of ['a'.repeat(200_000), '\u0001'.repeat(100_000), '€'.repeat(100_000), 'Arion']) {
      const reading = { ...READING, Name };
      expect(text(encoder.encode(reading)) === encodeReading(reading)).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %s, and goes on',
    (value) => {
      const encoder = new ReadingEncoder();
      const before = encoder.encode(READING);
      for (const attribute of ['Latitude', 'Longitude', 'Distance', 'MagicPoints', 'HealthPoints']) {
        expect(() => encoder.encode({ ...READING, [attribute]: value })).toThrow(RangeError);
      }
      expect(text(encoder.encode(READING))).toBe(encodeReading(READING));
      expect(text(before)).toBe(encodeReading(READING));
    },
  );
});
