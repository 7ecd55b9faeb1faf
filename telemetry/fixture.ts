/** Records of the stream `wildrydes` for tests, well-formed, garbled and in between. */

import fc from 'fast-check';
import type { Reading } from './reading.ts';
import { encodeReading } from './reading-codec.ts';
import { FIRST_INSTANT, formatStatusTime, LAST_INSTANT } from './status-time.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

/** The JSON text of each attribute of a valid reading. */
export const VALID = {
  Name: '"Shadowfax"',
  StatusTime: '"2026-01-31 12:00:00.250"',
  Latitude: '40.749167',
  Longitude: '-73.985184',
  Distance: '29.5',
  MagicPoints: '150',
  HealthPoints: '149',
};

const names = fc
  .oneof(
    fc.constantFrom(
      'Shadowfax',
      'Rocinante',
      'Bucephalus',
      '🦄',
      'Ünicörn',
      '"quoted" \\ /',
      ' ',
      '\u2028',
      '\ufeffbom',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 256 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 256 }),
  )
  .map((name) => Array.from(name).slice(0, 256).join(''))
  .filter((name) => !/\p{Cc}/u.test(name));

const points = fc.oneof(
  fc.integer({ min: -10, max: 160 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);

const doubles = (min: number, max: number) =>
  fc
    .oneof(fc.double({ min, max, noNaN: true }), fc.integer({ min, max }), fc.constantFrom(min, max))
    .map((n) => n + 0);

/** Valid readings, extremes included. */
export const readings: fc.Arbitrary<Reading> = fc.record({
  Name: names,
  StatusTime: fc.integer({ min: FIRST_INSTANT, max: LAST_INSTANT }).map(formatStatusTime),
  Latitude: doubles(-90, 90),
  Longitude: doubles(-180, 180),
  Distance: doubles(0, 1_000_000),
  MagicPoints: points,
  HealthPoints: points,
});

/** JSON texts of numbers, at and around every bound, in every notation. */
export const numbers: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', '', '', '-'),
      fc.constantFrom(
        '0',
        '1',
        '29',
        '89',
        '90',
        '150',
        '180',
        '999999',
        '1000000',
        '2147483647',
        '2147483648',
      ),
      fc.oneof(
        fc.constant(''),
        fc.constantFrom('.0', '.00000000000000000000', '.0000000000000000000001', '.9999995'),
        digits(1, 20).map((d) => `.${d}`),
      ),
      fc.constantFrom('', '', '', 'e0', 'E+1', 'e-1', 'e-7', 'e-400', 'e400', 'e99999999999'),
    )
    .map((parts) => parts.join('')),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc
    .tuple(
      digits(1, 400).map((d) => d.replace(/^0+(?=.)/, '')),
      fc.integer({ min: -420, max: 5 }),
    )
    .map(([d, e]) => `${d}e${e}`),
);

/** JSON texts that are no number of a reading, or no JSON at all. */
const oddValues = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '""', '"150"', '{}', '[]', '[150]', '{"a":[1,{"b":null}]}'),
  fc.constantFrom(
    'NaN',
    'Infinity',
    '-Infinity',
    '-',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '0x10',
    'nul',
    'undefined',
    '"\\x"',
    '"\t"',
    '',
  ),
  fc.constantFrom('"\\ud800"', '"\\udc00\\ud800"', '"\\ud83e\\udd84"', '"\\u0000"', '"\\u007f"', '"\u0085"'),
  fc.json(),
);

/** One attribute as text, more often right than not, spelt in any way JSON allows. */
const attributes = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('Name'),
      names.map((name) => JSON.stringify(name)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('StatusTime'),
      fc.constantFrom(
        '"2026-01-31T12:00:00+02:00"',
        '"2026-02-30 00:00:00"',
        '"2026-01-31 12:00:00.1239999"',
        '"2026-01-31\\u002012:00:00"',
      ),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constantFrom('Latitude', 'Longitude', 'Distance', 'MagicPoints', 'HealthPoints'),
      numbers,
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...Object.keys(VALID)), oddValues) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '__proto__',
        'constructor',
        'name',
        'Extra',
        '',
        '🦄',
        '\\ud800',
        'Dist\\u0061nce',
        'toString',
      ),
      oddValues,
    ),
  },
);

/** Records as text, valid and not: a valid one, with some attributes added, doubled, or in front, and white space anywhere. */
export const records: fc.Arbitrary<string> = fc
  .tuple(
    fc.shuffledSubarray(Object.entries(VALID), { minLength: 6 }),
    fc.array(attributes, { maxLength: 3 }),
    fc.boolean(),
    fc.constantFrom('', '', ' ', '\n', '\r\n\t '),
    fc.constantFrom('', '\n', ' \r\n', '{}', 'x', '\0', '\u00a0', ','),
    fc.constantFrom('', '', '', '', '\ufeff', ' ', '['),
  )
  .map(([base, more, first, space, after, before]) => {
    const all = first ? [...more, ...base] : [...base, ...more];
    const body = all.map(([name, value]) => `"${name}"${space}:${space}${value}`).join(`${space},${space}`);
    return `${before}{${space}${body}${space}}${after}`;
  });

const bytes = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(...utf8('0123456789.-eE"{}[]:,\\ u')),
  fc.constantFrom(0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xe2, 0xed, 0xef, 0xf0, 0xf8, 0xff),
);
const edits = fc.array(
  fc.record({
    at: fc.nat(),
    remove: fc.integer({ min: 0, max: 2 }),
    insert: fc.array(bytes, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 2 },
);
const truncations = fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() });

/** Valid records that were damaged: bytes changed, cut, put in. Some are still valid. */
export const damagedRecords: fc.Arbitrary<Uint8Array> = fc
  .tuple(readings, edits, truncations)
  .map(([reading, changes, length]) => {
    const record = [...utf8(encodeReading(reading))];
    for (const { at, remove, insert } of changes) record.splice(at % (record.length + 1), remove, ...insert);
    return Uint8Array.from(length === null ? record : record.slice(0, length % (record.length + 1)));
  });

const twoDigits = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0'));

/** Texts of the characters of a StatusTime; now and then one that is. */
export const statusTimes: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(digits(4, 4), fc.constantFrom('0000', '0001', '2000', '2024', '2026', '9999')),
    fc.oneof(twoDigits, fc.constantFrom('01', '02', '12')),
    fc.oneof(twoDigits, fc.constantFrom('01', '28', '29', '30', '31')),
    fc.constantFrom(' ', 'T'),
    fc.oneof(twoDigits, fc.constantFrom('00', '23')),
    twoDigits,
    fc.oneof(twoDigits, fc.constantFrom('00', '59')),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 0, maxLength: 12 }).map((f) => `.${f}`),
    ),
    fc.oneof(
      fc.constantFrom('', 'Z'),
      fc.tuple(fc.constantFrom('+', '-'), twoDigits, twoDigits).map(([s, h, m]) => `${s}${h}:${m}`),
    ),
  )
  .map(([y, mo, d, sep, h, mi, s, f, zone]) => `${y}-${mo}-${d}${sep}${h}:${mi}:${s}${f}${zone}`);
