import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MALFORMED } from '../../simulator/malformed.ts';
import { damagedRecords, numbers, readings, records, statusTimes, VALID } from '../../telemetry/fixture.ts';
import { encodeQuarantineEntry, quarantineEntry } from '../../telemetry/quarantine-codec.ts';
import { decodeReading, encodeReading } from '../../telemetry/reading-codec.ts';
import {
  FIRST_INSTANT,
  formatStatusTime,
  LAST_INSTANT,
  parseStatusTime,
} from '../../telemetry/status-time.ts';
import { encodeSummary } from '../../telemetry/summary-codec.ts';
import { type RecordCheck, startRecordCheck } from './flink/record-check.ts';

/** The Flink job reads and writes records by code of its own: here it is held against ours, byte for byte. */

let check: RecordCheck;

beforeAll(async () => {
  check = await startRecordCheck();
});
afterAll(() => check?.close());

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A record that differs from a valid one in some attributes, as JSON texts. */
function record(changes: Partial<Record<keyof typeof VALID, string>>): Uint8Array {
  const attributes = Object.entries({ ...VALID, ...changes });
  return utf8(`{${attributes.map(([name, value]) => `"${name}":${value}`).join(',')}}\n`);
}

/** What our decoder makes of a record, as the other one tells it. */
function verdict(bytes: Uint8Array): string {
  const decoded = decodeReading(bytes);
  if (!decoded.ok) return JSON.stringify({ reason: decoded.reason });
  const { reading, instant, micrometres } = decoded;
  const { Name, MagicPoints, HealthPoints } = reading;
  return JSON.stringify({
    name: Name,
    instant,
    micrometres,
    magicPoints: MagicPoints,
    healthPoints: HealthPoints,
  });
}

/** Holds both decoders against each other; some of the records must be valid, and some not. */
async function agreeOn(arbitrary: fc.Arbitrary<Uint8Array>, numRuns: number, least = 0.02): Promise<void> {
  let valid = 0;
  let runs = 0;
  const property = fc.asyncProperty(arbitrary, async (bytes) => {
    const expected = verdict(bytes);
    runs++;
    if (!expected.startsWith('{"reason"')) valid++;
    expect(await check.ask('reading', bytes)).toBe(expected);
  });
  await fc.assert(property, { numRuns });
  expect(Math.min(valid, runs - valid)).toBeGreaterThanOrEqual(least * numRuns);
}

/**
 * A decimal in one of the notations that JSON has for it.
 *
 * @param digits value × 10^scale
 * @param shift exponent of ten that is written apart
 */
function literal(digits: bigint, scale: number, shift: number, mark: string): string {
  const places = scale + shift;
  const sign = digits < 0n ? '-' : '';
  const all = String(digits < 0n ? -digits : digits) + '0'.repeat(Math.max(0, -places));
  const padded = all.padStart(Math.max(0, places) + 1, '0');
  const whole = padded.slice(0, padded.length - Math.max(0, places));
  const fraction = padded.slice(whole.length);
  return `${sign}${whole}${fraction && `.${fraction}`}${shift === 0 ? '' : `${mark}${shift}`}`;
}

/** Numbers a hair from a bound, or from half a micrometre, in all notations. */
const nearBounds = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(0n, 90n, 180n, 1_000_000n, 2n ** 31n, 2n ** 31n - 1n).map((n) => n * 10_000_000n),
      fc.bigInt(0n, 10n ** 12n).map((micrometres) => micrometres * 10n + 5n),
      fc.bigInt(-(2n ** 31n), 2n ** 31n).map((n) => n * 10_000_000n),
    ),
    fc.constantFrom(1n, -1n),
    fc.integer({ min: 0, max: 30 }),
    fc.constantFrom(0n, 0n, 0n, 1n, -1n, 9n, -10n),
    fc.oneof(fc.constant(0), fc.integer({ min: -40, max: 40 })),
    fc.constantFrom('e', 'E'),
  )
  .map(([tenths, sign, finer, hair, shift, mark]) =>
    literal(sign * (tenths * 10n ** BigInt(finer) + hair), 7 + finer, shift, mark),
  );

/** Characters that are shown, escaped, counted or refused in ways of their own. */
const oddCharacters = fc.constantFrom(
  ...'a"\\/\u0000\n\u001f\u007f\u0080\u009f\u00a0\u00ad\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\ufffd\uffff',
  '\ud83e',
  '\udd84',
  '🦄',
  '\u{10ffff}',
);
const texts = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: oddCharacters, maxLength }),
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme', maxLength }),
  );

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text as JSON, each of its characters escaped or, where it may be, as it is. */
const jsonTexts = fc
  .tuple(texts(80), fc.constantFrom(1, 1, 1, 3, 4), fc.func(fc.boolean()))
  .map(([text, times, isEscaped]) => {
    const written = Array.from(text.repeat(times), (character, index) => {
      const plain = JSON.stringify(character).slice(1, -1);
      if (!isEscaped(index)) return plain;
      return character.split('').map(escaped).join('');
    });
    return `"${written.join('')}"`;
  });

/** Bytes that make, and break, UTF-8. */
const brokenUtf8 = fc.array(
  fc.constantFrom(
    ...[0x20, 0x22, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
    ...[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
  ),
  { maxLength: 90 },
);

describe('a reading', () => {
  test('of records put together at random', async () => {
    await agreeOn(records.map(utf8), 15_000);
  });

  test('of valid records that were damaged', async () => {
    await agreeOn(damagedRecords, 15_000);
  });

  test('with a number in any form', async () => {
    const attribute = fc.constantFrom('Latitude', 'Longitude', 'Distance', 'MagicPoints', 'HealthPoints');
    const arbitrary = fc
      .tuple(
        attribute,
        fc.oneof({ weight: 2, arbitrary: nearBounds }, { weight: 1, arbitrary: numbers }),
        fc.integer({ min: 0, max: 9 }).map((tenth) => tenth === 0),
      )
      .map(([name, text, isNested]) => record({ [name]: isNested ? `[${text}]` : text }));
    await agreeOn(arbitrary, 12_000);
  });

  test('with a name or a time in any characters', async () => {
    const name = jsonTexts.map((text) => record({ Name: text }));
    const time = fc
      .tuple(statusTimes, fc.nat({ max: 30 }))
      .map(([text, at]) => JSON.stringify(text).replace(text[at] ?? '', escaped))
      .map((text) => record({ StatusTime: text }));
    await agreeOn(fc.oneof(name, time), 6_000);
  });

  test('of bytes that are not UTF-8, which are quoted', async () => {
    const places = fc.constantFrom('', '{', '{"Name":', '{"Name":"', `{"Name":"a"}`, '{"StatusTime":[{"');
    const arbitrary = fc
      .tuple(places, brokenUtf8)
      .map(([before, bytes]) => Uint8Array.from([...utf8(before), ...bytes]));
    await agreeOn(arbitrary, 6_000, 0);
  });

  test('garbled in each of the ways of a broken sensor, and not garbled', async () => {
    const garbled = fc
      .tuple(readings, fc.constantFrom(...MALFORMED))
      .map(([reading, { garble }]) => Uint8Array.from(garble(reading)));
    await agreeOn(
      fc.oneof(
        garbled,
        readings.map((reading) => utf8(encodeReading(reading))),
      ),
      2_000,
    );
  });

  test.each([
    ['a million digits', record({ Distance: '9'.repeat(1_000_000) })],
    ['a million decimals', record({ Distance: `1.${'0'.repeat(1_000_000)}1` })],
    ['a million zeros before a digit', record({ Distance: `0.${'0'.repeat(1_000_000)}5e1000000` })],
    ['a million zeros after a digit', record({ MagicPoints: `15${'0'.repeat(1_000_000)}e-1000000` })],
    ['an integer whose fraction is a million zeros', record({ MagicPoints: `150.${'0'.repeat(1_000_000)}` })],
    ['an exponent of a thousand million', record({ Distance: '1e999999999' })],
    ['an exponent beyond 64 bits', record({ Distance: '1e-99999999999999999999999' })],
    ['zero to a large exponent', record({ Distance: '0e99999999999999999999999' })],
    ['an exponent of a million digits', record({ Distance: `1e-${'9'.repeat(1_000_000)}` })],
    ['a name of a million characters', record({ Name: `"${'🦄'.repeat(250_000)}"` })],
    ['a name of a million escapes', record({ Name: `"${'\\u0061'.repeat(170_000)}"` })],
    [
      'a time with a million decimals',
      record({ StatusTime: `"2026-01-31 12:00:00.${'9'.repeat(1_000_000)}"` }),
    ],
    ['999 levels within', record({ Distance: '['.repeat(999) + ']'.repeat(999) })],
    ['1000 levels within', record({ Distance: '['.repeat(1000) + ']'.repeat(1000) })],
    ['a million levels', utf8('{"a":'.repeat(200_000))],
    ['no bytes', utf8('')],
    ['a byte order mark', utf8('\ufeff{}')],
    ['part of a byte order mark', Uint8Array.from([0xef, 0xbb])],
  ])('of %s', async (_, bytes) => {
    expect(await check.ask('reading', bytes)).toBe(verdict(bytes));
  });
});

test('StatusTime is read alike', async () => {
  const property = fc.asyncProperty(fc.oneof(statusTimes, texts(30)), async (text) => {
    expect(await check.ask('parse', utf8(text))).toBe(String(parseStatusTime(text) ?? null));
  });
  await fc.assert(property, { numRuns: 6_000 });
});

test('StatusTime is read alike at the bounds of dates, years and offsets', async () => {
  const dates = [
    '0000-12-31',
    '0001-01-01',
    '1900-02-29',
    '2000-02-29',
    '2026-04-31',
    '9999-12-31',
    '2026-00-01',
  ];
  const times = ['00:00:00', '00:00:59.999', '23:59:59.9999', '23:59:60', '24:00:00'];
  const offsets = ['00:00', '00:01', '02:60', '17:59', '18:00', '18:01', '19:00'].flatMap((at) => [
    `+${at}`,
    `-${at}`,
  ]);
  for (const date of dates) {
    for (const time of times) {
      for (const zone of ['Z', ...offsets]) {
        const text = `${date}T${time}${zone}`;
        expect(await check.ask('parse', utf8(text)), text).toBe(String(parseStatusTime(text) ?? null));
      }
    }
  }
});

test('StatusTime is written alike', async () => {
  const instants = fc.oneof(
    fc.integer({ min: FIRST_INSTANT, max: LAST_INSTANT }),
    fc.integer({ min: -5_000_000_000_000, max: 5_000_000_000_000 }),
    fc.constantFrom(FIRST_INSTANT - 1, FIRST_INSTANT, -1, 0, LAST_INSTANT, LAST_INSTANT + 1),
  );
  const property = fc.asyncProperty(instants, async (instant) => {
    const isOutside = instant < FIRST_INSTANT || instant > LAST_INSTANT;
    expect(await check.ask('format', instant)).toBe(isOutside ? 'null' : formatStatusTime(instant));
  });
  await fc.assert(property, { numRuns: 4_000 });
});

test('a summary is written alike, whatever its sum', async () => {
  // Sums of 6e10 metres are a minute of 60,000 readings at the largest distance; from 8.6e9 on, a double's neighbours
  // lie further apart than a micrometre, so that its shortest digits are not the sum's own.
  const sums = fc.oneof(
    fc.bigInt(0n, 6n * 10n ** 16n),
    fc.bigInt(8n * 10n ** 15n, 18n * 10n ** 15n),
    fc.integer({ min: 0, max: 55 }).chain((bits) => fc.bigInt(0n, 2n ** BigInt(bits))),
    // Next to a double with a few binary places, where two texts are equally short and equally near.
    fc
      .tuple(
        fc.bigInt(0n, 6n * 10n ** 10n),
        fc.integer({ min: 0, max: 1023 }),
        fc.integer({ min: -1, max: 1 }),
      )
      .map(([metres, part, more]) => metres * 1_000_000n + BigInt(Math.floor((part / 1024) * 1e6) + more))
      .filter((micrometres) => micrometres >= 0n),
    fc
      .tuple(fc.integer({ min: -6, max: 35 }), fc.bigInt(-3n, 3n))
      .map(([power, more]) => BigInt(Math.round(2 ** power * 1e6)) + more),
  );
  const points = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const arbitrary = fc.tuple(
    texts(20),
    fc.integer({ min: Math.ceil(FIRST_INSTANT / 60_000), max: Math.floor(LAST_INSTANT / 60_000) }),
    sums,
    fc.tuple(points, points, points, points),
    fc.integer({ min: 1, max: 2 ** 53 - 1 }),
  );
  const property = fc.asyncProperty(arbitrary, async ([Name, minute, sum, four, Readings]) => {
    const start = minute * 60_000;
    const expected = encodeSummary({
      Name,
      StatusTime: formatStatusTime(start),
      Distance: Number(`${sum / 1_000_000n}.${String(sum % 1_000_000n).padStart(6, '0')}`),
      MinMagicPoints: four[0],
      MaxMagicPoints: four[1],
      MinHealthPoints: four[2],
      MaxHealthPoints: four[3],
      Readings,
    });
    const given = Buffer.from(await check.ask('summary', Name, start, sum, ...four, Readings), 'base64');
    expect(given.toString()).toBe(expected);
  });
  await fc.assert(property, { numRuns: 10_000 });
});

describe('a quarantine entry', () => {
  const entryOf = async (
    stream: string,
    shard: string,
    sequence: string,
    reason: string,
    data: Uint8Array,
  ) => {
    const given = Buffer.from(await check.ask('refused', stream, shard, sequence, reason, data), 'base64');
    const entry = quarantineEntry({ stream, shardId: shard, sequenceNumber: sequence, reason, data });
    expect(given.toString()).toBe(encodeQuarantineEntry(entry));
  };

  test('is written alike', async () => {
    const reasons = fc
      .tuple(texts(60), fc.integer({ min: 1, max: 40 }))
      .map(([text, times]) => text.repeat(times));
    const arbitrary = fc.tuple(texts(20), texts(20), texts(20), reasons, fc.uint8Array({ maxLength: 200 }));
    await fc.assert(
      fc.asyncProperty(arbitrary, (given) => entryOf(...given)),
      { numRuns: 3_000 },
    );
  });

  test.each([998, 999, 1000, 1001])('has a reason of %i units, cut at a thousand', async (length) => {
    await entryOf('s', 'shardId-000000000000', '1', 'a'.repeat(length), utf8('x'));
    await entryOf('s', 'shardId-000000000000', '1', `a${'🦄'.repeat(length)}`.slice(0, length), utf8('x'));
  });

  test.each([524_287, 524_288, 524_289, 1_048_576])('keeps what it can of %i bytes', async (length) => {
    await entryOf('s', 'shardId-000000000000', '1', 'too long', new Uint8Array(length).fill(0xa5));
  });

  test('of a reading from the future says when it came', async () => {
    expect(await check.ask('future', Date.UTC(2026, 0, 31, 12, 5, 0, 1), Date.UTC(2026, 0, 31, 12))).toBe(
      "StatusTime must be at most 300 s after the record's arrival, 2026-01-31 12:00:00.000 (given 2026-01-31 12:05:00.001)",
    );
  });
});
