import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCompactReading } from './compact-reading.ts';
import type { Reading } from './reading.ts';
import { decodeReading, encodeReading } from './reading-codec.ts';
import { formatStatusTime } from './status-time.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** White space that the compact way does not know: the general way decides. */
const inGeneral = (bytes: Uint8Array) => decodeReading(utf8(` ${new TextDecoder().decode(bytes)}`));

const RECORD =
  '{"Name":"Shadowfax","StatusTime":"2026-01-31 12:00:00.250","Latitude":40.749167,"Longitude":-73.985184,"Distance":29.5,"MagicPoints":150,"HealthPoints":149}';

const digits = (least: number, most: number) => fc.integer({ min: least, max: most });
const sixPlaces = (most: number) => digits(-most * 1e6, most * 1e6).map((millionths) => millionths / 1e6 + 0);
const points = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** What sensors send: few names, few minutes, in any order. */
const readings: fc.Arbitrary<Reading> = fc.record({
  Name: fc.oneof(
    fc.constantFrom('Shadowfax', 'Rocinante', 'Rocinanta', 'R', ' '),
    fc.string({ unit: fc.constantFrom('a', 'b', '~'), minLength: 1, maxLength: 64 }),
  ),
  StatusTime: digits(-90_000, 90_000).map((offset) => formatStatusTime(Date.UTC(2026, 4, 1, 9) + offset)),
  Latitude: sixPlaces(90),
  Longitude: sixPlaces(180),
  Distance: digits(0, 1e9).map((millimetres) => millimetres / 1e3),
  MagicPoints: points,
  HealthPoints: points,
});

describe('decodeCompactReading', () => {
  it('takes what a sensor sends, and makes of it what the general way makes', () => {
    const property = fc.property(fc.array(readings, { minLength: 1, maxLength: 50 }), (sent) => {
      for (const reading of sent) {
        // Below a millionth JavaScript writes exponents, which are left to the general way.
        fc.pre(!encodeReading(reading).includes('e-'));
        const bytes = utf8(encodeReading(reading));
        expect(decodeCompactReading(bytes)).toStrictEqual(inGeneral(bytes));
        expect(decodeCompactReading(bytes)).toMatchObject({ ok: true, reading });
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('finds a record wherever it lies in a larger buffer', () => {
    const sent = ['Shadowfax', 'Rocinante'].map((Name) => `${RECORD.replace('Shadowfax', Name)}\n`);
    const buffer = Buffer.from(sent.join(''));
    let from = 0;
    for (const line of sent) {
      const bytes = buffer.subarray(from, from + line.length);
      expect(decodeCompactReading(bytes)).toStrictEqual(inGeneral(bytes));
      from += line.length;
      // Not a byte beyond its end is read, though there is one.
      expect(decodeCompactReading(bytes.subarray(0, -2))).toBe(undefined);
    }
  });

  it('takes or leaves a record with a few bytes changed, and never makes something else of it', () => {
    const change = fc.tuple(
      digits(0, RECORD.length),
      fc.constantFrom(0, 1, 2),
      fc.oneof(
        fc.constantFrom(...' "\\{}:.,-+0159eZT\n\0').map((c) => c.charCodeAt(0)),
        digits(0, 255),
      ),
    );
    let taken = 0;
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const bytes = [...utf8(RECORD)];
      for (const [at, removed, byte] of changes) bytes.splice(at, removed, byte);
      const compact = decodeCompactReading(Uint8Array.from(bytes));
      if (compact === undefined) return;
      taken++;
      expect(compact).toStrictEqual(decodeReading(Uint8Array.from([0x20, ...bytes])));
    });
    fc.assert(property, { numRuns: 20_000 });
    expect(taken).toBeGreaterThan(100);
  });

  it.each([
    ['a name in another script', ['Shadowfax', 'Šarac']],
    ['an escape in the name', ['Shadowfax', 'Shadow\\u0066ax']],
    ['a long name', ['Shadowfax', 'S'.repeat(65)]],
    ['ISO-8601 of the same length', ['2026-01-31 12:00:00.250', '2026-01-31T12:00:00.25Z']],
    ['seconds without a fraction', ['00.250', '00']],
    ['a 61st second', ['00.250', '60.250']],
    ['an exponent', ['29.5', '2.95e1']],
    ['a distance beyond micrometres', ['29.5', '29.5000001']],
    ['sixteen digits', ['40.749167', '40.74916700000000']],
    ['a leading zero', ['150', '0150']],
    ['a point without digits', ['29.5', '29.']],
    ['points that are not whole', ['150', '150.0']],
    ['points beyond 32 bits', ['150', '2147483648']],
    ['a latitude beyond the pole', ['40.749167', '90.0000000000001']],
    ['a negative distance', ['29.5', '-0.1']],
    ['an attribute more', ['149}', '149,"More":1}']],
    [
      'another order',
      ['"Latitude":40.749167,"Longitude":-73.985184', '"Longitude":-73.985184,"Latitude":40.749167'],
    ],
    ['a second newline', ['149}', '149}\n\n']],
  ] as const)('leaves %s to the general way', (_, [usual, unusual]) => {
    expect(decodeCompactReading(utf8(RECORD))).toMatchObject({ ok: true });
    expect(decodeCompactReading(utf8(RECORD.replace(usual, unusual)))).toBe(undefined);
  });

  it('reads a negative zero as 0', () => {
    const record = RECORD.replace('40.749167', '-0.0').replace('29.5', '-0').replace('150', '-0');
    expect(decodeCompactReading(utf8(record))?.reading).toStrictEqual({
      Name: 'Shadowfax',
      StatusTime: '2026-01-31 12:00:00.250',
      Latitude: 0,
      Longitude: -73.985184,
      Distance: 0,
      MagicPoints: 0,
      HealthPoints: 149,
    });
  });
});
