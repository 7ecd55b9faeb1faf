import type { PlainReading } from './recompute.ts';

/** What programs put into streams by mistake, and what is unusual but right. */

export const MINUTE = 60_000;

/** The minute that they speak of: long enough ago that the minutes after it are not in the future either. */
export const THEN: number = Math.floor(Date.now() / MINUTE - 6) * MINUTE;

/** A StatusTime, milliseconds after that minute's start. */
export function statusTime(offset: number): string {
  return new Date(THEN + offset).toISOString().replace('T', ' ').replace('Z', '');
}

/** A good reading, seconds after that minute's start. */
export function reading(name: string, second: number): PlainReading {
  const position = { Latitude: 40.749167, Longitude: -73.985184 };
  return {
    Name: name,
    StatusTime: statusTime(second * 1_000),
    ...position,
    Distance: 29.5 + (second % 60) / 1_000,
    MagicPoints: 150 - (second % 60),
    HealthPoints: 140 + (second % 60),
  };
}

/** A good summary, minutes after that minute. */
export function summary(name: string, minute = 0, readings = 60) {
  return {
    Name: name,
    StatusTime: statusTime(minute * MINUTE),
    Distance: 1797.25,
    MinMagicPoints: 141,
    MaxMagicPoints: 152,
    MinHealthPoints: 145,
    MaxHealthPoints: 153,
    Readings: readings,
  };
}

/** A record's content, of a unicorn of that name. */
export type Content = (name: string) => string | Uint8Array;

/** JSON texts by attribute; undefined leaves the attribute out. */
type Changes = Readonly<Record<string, string | undefined>>;

/** A record as JSON text with some attributes changed. */
function changed(record: object, changes: Changes): string {
  const texts = Object.entries(record).map(([attribute, value]) => [attribute, JSON.stringify(value)]);
  const attributes = Object.entries({ ...(Object.fromEntries(texts) as Changes), ...changes });
  const members = attributes.filter(([, text]) => text !== undefined);
  return `{${members.map(([attribute, text]) => `${JSON.stringify(attribute)}:${text}`).join(',')}}\n`;
}

const readingWith =
  (changes: Changes): Content =>
  (name) =>
    changed(reading(name, 30), changes);
const summaryWith =
  (changes: Changes): Content =>
  (name) =>
    changed(summary(name), changes);
const named =
  (name: string): Content =>
  () =>
    changed(reading(name, 30), {});

/** An attribute of that name, where writing it out would mean the prototype. */
const PROTO = '__proto__';

const wholeReading = readingWith({});
const badUtf8: Content = (name) => {
  const bytes = Buffer.from(String(wholeReading(name)));
  bytes[bytes.indexOf('"Name":"') + 8] = 0xff;
  return bytes;
};

const missing = (attributes: readonly string[], content: (changes: Changes) => Content) =>
  attributes.map(
    (attribute): BadRecord => [
      `no ${attribute}`,
      content({ [attribute]: undefined }),
      new RegExp(`^${attribute} is missing$`),
    ],
  );

/** What it is, its content, and what its reason speaks of. */
export type BadRecord = readonly [kind: string, content: Content, reason: RegExp];

export const BAD_READINGS: readonly BadRecord[] = [
  ['nothing at all', () => '', /JSON/],
  ['JSON that breaks off', (name) => wholeReading(name).slice(0, 40), /JSON/],
  ['text that is no JSON', () => 'hello, unicorn', /JSON/],
  ['null', () => 'null', /object/],
  ['a list', (name) => `[${wholeReading(name)}]`, /object/],
  [
    'two readings',
    (name) => `${wholeReading(name)}${wholeReading(name)}`,
    /^nothing may follow the JSON object/,
  ],
  ['a byte order mark', (name) => `\ufeff${wholeReading(name)}`, /byte order mark/],
  ['bad UTF-8', badUtf8, /UTF-8/],
  ['what drives terminals', () => '\u001b[2J\u001b]0;pwned\u0007', /JSON/],
  ['a megabyte of zeros', () => Buffer.alloc(1_000_000), /JSON/],
  ['100,000 nested lists', readingWith({ more: '['.repeat(100_000) }), /nest/],
  ['Name 7', readingWith({ Name: '7' }), /^Name must be a string \(given 7\)$/],
  ['Name empty', readingWith({ Name: '""' }), /^Name must not be empty/],
  ['Name of 1 KB', readingWith({ Name: `"${'n'.repeat(1024)}"` }), /^Name must have at most 256 characters/],
  ['Name with a line feed', readingWith({ Name: '"a\\nb"' }), /^Name must have neither control characters/],
  ['Name with half a character', readingWith({ Name: '"\\ud83e"' }), /^Name must .* lone surrogates/],
  [
    'Name in __proto__ alone',
    readingWith({ Name: undefined, [PROTO]: '{"Name":"Proteus"}' }),
    /^Name is missing$/,
  ],
  ['StatusTime as a number', readingWith({ StatusTime: '1767225600000' }), /^StatusTime must be a string/],
  [
    'the 30th of February',
    readingWith({ StatusTime: '"2026-02-30 12:00:00.000"' }),
    /^StatusTime must be a real time .*\(given "2026-02-30/,
  ],
  [
    'a time to come',
    readingWith({ StatusTime: JSON.stringify(statusTime(20 * MINUTE)) }),
    /^StatusTime must be at most 300 s after the record's arrival/,
  ],
  ['Latitude null', readingWith({ Latitude: 'null' }), /^Latitude must be a number \(given null\)$/],
  ['Latitude 91', readingWith({ Latitude: '91' }), /^Latitude must be from -90 to 90 \(given 91\)$/],
  ['Longitude as text', readingWith({ Longitude: '"-73.9"' }), /^Longitude must be a number/],
  ['Longitude -Infinity', readingWith({ Longitude: '-Infinity' }), /JSON/],
  ['Distance NaN', readingWith({ Distance: 'NaN' }), /JSON/],
  ['Distance -3', readingWith({ Distance: '-3' }), /^Distance must be from 0 to 1000000 \(given -3\)$/],
  ['Distance 1e400', readingWith({ Distance: '1e400' }), /^Distance must be .* \(given 1e400\)$/],
  ['MagicPoints 1e400', readingWith({ MagicPoints: '1e400' }), /^MagicPoints must be .* \(given 1e400\)$/],
  ['MagicPoints 149.5', readingWith({ MagicPoints: '149.5' }), /^MagicPoints must be an integer/],
  [
    'HealthPoints 2147483648',
    readingWith({ HealthPoints: '2147483648' }),
    /^HealthPoints must be an integer/,
  ],
  ['HealthPoints true', readingWith({ HealthPoints: 'true' }), /^HealthPoints must be an integer/],
  ...missing(Object.keys(reading('', 0)), readingWith),
];

export const BAD_SUMMARIES: readonly BadRecord[] = [
  ['JSON that breaks off', (name) => summaryWith({})(name).slice(0, 40), /JSON/],
  ['a reading', wholeReading, /^StatusTime must be a whole minute/],
  [
    'half a minute',
    summaryWith({ StatusTime: JSON.stringify(statusTime(30_000)) }),
    /^StatusTime must be .*minute/,
  ],
  ['no readings', summaryWith({ Readings: '0' }), /^Readings must be an integer from 1/],
  ['Distance -1', summaryWith({ Distance: '-1' }), /^Distance must be/],
  ['Distance 1e400', summaryWith({ Distance: '1e400' }), /^Distance must be/],
  ['least above most', summaryWith({ MinMagicPoints: '200' }), /MinMagicPoints/],
  ['Name of 1 KB', summaryWith({ Name: `"${'n'.repeat(1024)}"` }), /^Name must have at most 256 characters/],
  // A number for JSON, but not for DynamoDB.
  ['Distance 1e200', summaryWith({ Distance: '1e200' }), /^the table refused it/],
  // Without Readings it is one of an older aggregation.
  ...missing(
    Object.keys(summary('')).filter((name) => name !== 'Readings'),
    summaryWith,
  ),
];

/** Unusual, and good: what it is, the name, and the content, whose reading is that of second 30. */
export const GOOD_READINGS: readonly (readonly [kind: string, name: string, content: Content])[] = [
  ['a name with emoji', '🦄 Sternschnuppe 🌈', wholeReading],
  ['a name of 256 emoji, 1 KB in UTF-8', '🦄'.repeat(256), wholeReading],
  ['the name __proto__', PROTO, wholeReading],
  ['the name constructor', 'constructor', wholeReading],
  ['the name of blanks', '   ', wholeReading],
  ['a name in quotes', '"; DROP TABLE unicorns; --', wholeReading],
  ['an attribute __proto__', 'proto', readingWith({ [PROTO]: '{"MagicPoints":-1}', more: '[{"Name":"x"}]' })],
  [
    'numbers spelt otherwise',
    'numbers',
    readingWith({ MagicPoints: '1.2e2', HealthPoints: '170.0', Distance: '2953e-2' }),
  ],
  [
    'a time with an offset',
    'offset',
    readingWith({
      StatusTime: JSON.stringify(
        new Date(THEN + 30_000 + 120 * MINUTE).toISOString().replace('Z', '999+02:00'),
      ),
    }),
  ],
  ['an attribute twice', 'twice', (name) => `{"Name":"once",${String(wholeReading(name)).slice(1)}`],
  [
    'escapes and white space',
    'escapes',
    () =>
      ` ${String(named('escapes')('')).replace('"escapes"', '"\\u0065scapes"').replaceAll(',', ' ,\r\n\t')}\n`,
  ],
];
