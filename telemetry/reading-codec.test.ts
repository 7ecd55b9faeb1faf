import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedRecords, readings, records, VALID } from './fixture.ts';
import { integerOf, micrometresOf, nameOf, numberOf, parseRecord, stringOf } from './oracle.ts';
import type { DecodedReading } from './reading.ts';
import { decodeReading, encodeReading } from './reading-codec.ts';
import { parseStatusTime } from './status-time.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

type Attributes = Partial<Record<keyof typeof VALID, string>>;

/** A record that differs from a valid one in some attributes. */
function record(changes: Attributes = {}): Uint8Array {
  const attributes = Object.entries({ ...VALID, ...changes });
  return utf8(`{${attributes.map(([name, value]) => `"${name}":${value}`).join(',')}}\n`);
}

function decoded(bytes: Uint8Array): DecodedReading {
  const result = decodeReading(bytes);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

function reasonFor(bytes: Uint8Array): string {
  const result = decodeReading(bytes);
  if (result.ok) throw new Error('this should be invalid');
  return result.reason;
}

/** What the oracle makes of a record. */
function judge(bytes: Uint8Array): DecodedReading | undefined {
  const values = parseRecord(bytes);
  if (values === undefined) return undefined;
  const time = stringOf(values, 'StatusTime');
  const instant = time === undefined ? undefined : parseStatusTime(time);
  const Name = nameOf(values);
  const Latitude = numberOf(values, 'Latitude', -90, 90);
  const Longitude = numberOf(values, 'Longitude', -180, 180);
  const Distance = numberOf(values, 'Distance', 0, 1_000_000);
  const MagicPoints = integerOf(values, 'MagicPoints', -2147483648, 2147483647);
  const HealthPoints = integerOf(values, 'HealthPoints', -2147483648, 2147483647);
  if (
    instant === undefined ||
    Name === undefined ||
    Latitude === undefined ||
    Longitude === undefined ||
    Distance === undefined ||
    MagicPoints === undefined ||
    HealthPoints === undefined
  ) {
    return undefined;
  }
  const StatusTime = new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
  return {
    ok: true,
    reading: { Name, StatusTime, Latitude, Longitude, Distance, MagicPoints, HealthPoints },
    instant,
    micrometres: micrometresOf(values, 'Distance'),
  };
}

describe('encodeReading', () => {
  it('writes the attributes in order, and a newline', () => {
    const text = encodeReading(decoded(record()).reading);
    expect(text).toBe(
      '{"Name":"Shadowfax","StatusTime":"2026-01-31 12:00:00.250","Latitude":40.749167,"Longitude":-73.985184,"Distance":29.5,"MagicPoints":150,"HealthPoints":149}\n',
    );
  });

  it('is read back, by this decoder and by JSON.parse, as the same reading', () => {
    fc.assert(
      fc.property(readings, (reading) => {
        const text = encodeReading(reading);
        expect(decoded(utf8(text)).reading).toEqual(reading);
        expect(JSON.parse(text)).toEqual(reading);
        expect(text).toBe(`${JSON.stringify(reading)}\n`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('writes a negative zero as zero', () => {
    const reading = { ...decoded(record()).reading, Latitude: -0, MagicPoints: -0 };
    expect(encodeReading(reading)).toContain('"Latitude":0,');
    expect(encodeReading(reading)).toContain('"MagicPoints":0,');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (Distance) => {
    expect(() => encodeReading({ ...decoded(record()).reading, Distance })).toThrow(RangeError);
  });
});

describe('decodeReading', () => {
  it('gives the reading, its instant and its distance in micrometres', () => {
    expect(
      decodeReading(record({ StatusTime: '"2026-01-31T14:00:00.2509+02:00"', Distance: '29.12345650' })),
    ).toEqual({
      ok: true,
      reading: {
        Name: 'Shadowfax',
        StatusTime: '2026-01-31 12:00:00.250',
        Latitude: 40.749167,
        Longitude: -73.985184,
        Distance: 29.1234565,
        MagicPoints: 150,
        HealthPoints: 149,
      },
      instant: Date.UTC(2026, 0, 31, 12, 0, 0, 250),
      micrometres: 29_123_457,
    });
  });

  it('agrees with the oracle on records put together at random', () => {
    let valid = 0;
    let invalid = 0;
    fc.assert(
      fc.property(records, (text) => {
        const bytes = utf8(text);
        const expected = judge(bytes);
        const result = decodeReading(bytes);
        if (expected === undefined) {
          invalid++;
          expect(result.ok).toBe(false);
        } else {
          valid++;
          expect(result).toEqual(expected);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(valid, invalid)).toBeGreaterThan(300);
  });

  it('agrees with the oracle on valid records that were damaged: bytes changed, cut, put in', () => {
    let valid = 0;
    let invalid = 0;
    fc.assert(
      fc.property(damagedRecords, (damaged) => {
        const expected = judge(damaged);
        const result = decodeReading(damaged);
        if (expected === undefined) {
          invalid++;
          expect(result.ok).toBe(false);
        } else {
          valid++;
          expect(result).toEqual(expected);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(valid, invalid)).toBeGreaterThan(300);
  });

  it('calls every part of a valid record, short of the whole, invalid', () => {
    const whole = record();
    for (let length = 0; length < whole.length - 1; length++) {
      expect(decodeReading(whole.subarray(0, length)).ok).toBe(false);
    }
    expect(decodeReading(whole.subarray(0, whole.length - 1)).ok).toBe(true);
  });

  it('never throws, and never says more than a few words, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), records.map(utf8)), (bytes) => {
        const result = decodeReading(bytes);
        if (result.ok) return;
        expect(result.reason.length).toBeLessThan(200);
        expect(result.reason).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes the last of two attributes, right or wrong', () => {
    const twice = (first: string, second: string) =>
      utf8(new TextDecoder().decode(record({ Distance: first })).replace('}', `,"Distance":${second}}`));
    expect(decoded(twice('1', '2.5'))).toMatchObject({ reading: { Distance: 2.5 }, micrometres: 2_500_000 });
    expect(decoded(twice('"wrong"', '2'))).toMatchObject({
      reading: { Distance: 2 },
      micrometres: 2_000_000,
    });
    expect(reasonFor(twice('1', '-2'))).toBe('Distance must be from 0 to 1000000 (given -2)');
  });

  it('ignores other attributes, whatever they are called, but not what is wrong in them', () => {
    const withExtra = (text: string) => utf8(new TextDecoder().decode(record()).replace('{', `{${text},`));
    const plain = decoded(record());
    expect(
      decoded(withExtra('"__proto__":{"Distance":1},"constructor":null,"a":[[],{},[{"b":"\\ud800"}]]')),
    ).toEqual(plain);
    expect(Object.getPrototypeOf(decoded(withExtra('"__proto__":{"x":1}')).reading)).toBe(Object.prototype);
    expect(decoded(withExtra(`"x":"${'y'.repeat(100_000)}"`))).toEqual(plain);
    expect(reasonFor(withExtra('"x":[1,]'))).toMatch(/^malformed JSON at byte/);
    expect(reasonFor(withExtra('"x":"\t"'))).toMatch(/^malformed JSON at byte/);
    expect(reasonFor(withExtra(`"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toMatch(
      /at most 1000 deep/,
    );
  });

  it.each([
    ['"🦄 Ünicörn ユニコーン"', '🦄 Ünicörn ユニコーン'],
    ['"\\ud83e\\udd84"', '🦄'],
    ['"\\u004e"', 'N'],
    [`"${'x'.repeat(256)}"`, 'x'.repeat(256)],
    [`"${'🦄'.repeat(256)}"`, '🦄'.repeat(256)],
    ['"👩‍🚀"', '👩‍🚀'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
  ])('takes the name %s', (literal, name) => {
    expect(decoded(record({ Name: literal })).reading.Name).toBe(name);
  });

  it.each([
    [{ Name: '""' }, 'Name must not be empty (given nothing)'],
    [{ Name: `"${'x'.repeat(1024)}"` }, `Name must have at most 256 characters (given ${'x'.repeat(60)}…)`],
    [{ Name: `"${'🦄'.repeat(257)}"` }, `Name must have at most 256 characters (given ${'🦄'.repeat(30)}…)`],
    [{ Name: '"\\ud800"' }, 'Name must have neither control characters nor lone surrogates (given \\ud800)'],
    [
      { Name: '"a\\u0000b"' },
      'Name must have neither control characters nor lone surrogates (given a\\u0000b)',
    ],
    [
      { Name: '"a\u007fb"' },
      'Name must have neither control characters nor lone surrogates (given a\\u007fb)',
    ],
    [
      { Name: '"\u009b31m"' },
      'Name must have neither control characters nor lone surrogates (given \\u009b31m)',
    ],
    [{ Name: '7' }, 'Name must be a string (given 7)'],
    [{ StatusTime: '1767182400' }, 'StatusTime must be a string (given 1767182400)'],
    [
      { StatusTime: '"2026-02-30 12:00:00"' },
      'StatusTime must be a real time such as 2026-01-31 12:00:00.000 (given "2026-02-30 12:00:00")',
    ],
    [
      { Latitude: '90.000000000000000000001' },
      'Latitude must be from -90 to 90 (given 90.000000000000000000001)',
    ],
    [{ Latitude: '-91' }, 'Latitude must be from -90 to 90 (given -91)'],
    [{ Longitude: '180.1' }, 'Longitude must be from -180 to 180 (given 180.1)'],
    [{ Longitude: '"-73"' }, 'Longitude must be a number (given "-73")'],
    [{ Distance: '-3' }, 'Distance must be from 0 to 1000000 (given -3)'],
    [{ Distance: '1000000.0000004' }, 'Distance must be from 0 to 1000000 (given 1000000.0000004)'],
    [{ Distance: '1e400' }, 'Distance must be from 0 to 1000000 (given 1e400)'],
    [{ Distance: '-1e-400' }, 'Distance must be from 0 to 1000000 (given -1e-400)'],
    [{ Distance: '9'.repeat(500) }, `Distance must be from 0 to 1000000 (given ${'9'.repeat(60)}…)`],
    [{ Distance: 'null' }, 'Distance must be a number (given null)'],
    [{ Distance: '{"metres":3}' }, 'Distance must be a number (given {"metres":3})'],
    [
      { MagicPoints: '150.00000000000000000001' },
      'MagicPoints must be an integer from -2147483648 to 2147483647 (given 150.00000000000000000001)',
    ],
    [
      { MagicPoints: '2147483648' },
      'MagicPoints must be an integer from -2147483648 to 2147483647 (given 2147483648)',
    ],
    [{ HealthPoints: '"150"' }, 'HealthPoints must be an integer (given "150")'],
    [{ HealthPoints: 'true' }, 'HealthPoints must be an integer (given true)'],
    [{ Distance: 'NaN' }, /^malformed JSON at byte \d+ \(given NaN,"MagicPoints":150/],
  ] satisfies [Attributes, string | RegExp][])('refuses %o', (changes, reason) => {
    if (typeof reason === 'string') expect(reasonFor(record(changes))).toBe(reason);
    else expect(reasonFor(record(changes))).toMatch(reason);
  });

  it.each(Object.keys(VALID))('misses %s', (name) => {
    const rest = Object.entries(VALID).filter(([key]) => key !== name);
    const text = `{${rest.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
    expect(reasonFor(utf8(text))).toBe(`${name} is missing`);
    expect(
      reasonFor(utf8(text.replace('{', `{"${name.toLowerCase()}":${VALID[name as keyof typeof VALID]},`))),
    ).toBe(`${name} is missing`);
  });

  it.each([
    ['150.0', 150],
    ['1.5e2', 150],
    ['-0', 0],
    ['-2147483648', -2147483648],
  ])('reads MagicPoints %s as %i', (literal, expected) => {
    expect(decoded(record({ MagicPoints: literal })).reading.MagicPoints).toBe(expected);
  });

  it.each([
    ['0', 0],
    ['-0.0', 0],
    ['0.0000005', 1],
    ['1e-7', 0],
    ['29.9999995', 30_000_000],
    ['1234567e-7', 123_457],
    ['1000000', 1_000_000_000_000],
    ['0.1', 100_000],
  ])('counts a Distance of %s as %i micrometres', (literal, expected) => {
    expect(decoded(record({ Distance: literal })).micrometres).toBe(expected);
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xe0, 0x80, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation', [0x80]],
    ['half a character', [0xf0, 0x9f, 0xa6]],
    ['Latin-1', [0xe9]],
  ])('refuses %s as UTF-8', (_, bad) => {
    const [before, after] = new TextDecoder().decode(record({ Name: '"ab"' })).split('ab');
    expect(reasonFor(Uint8Array.from([...utf8(before!), ...bad, ...utf8(after!)]))).toMatch(
      /^bytes must be UTF-8 \(given 0x[0-9a-f]{2} at byte 9\)$/,
    );
  });

  it('refuses a byte order mark, and two readings in one record', () => {
    expect(reasonFor(Uint8Array.from([0xef, 0xbb, 0xbf, ...record()]))).toMatch(/byte order mark/);
    expect(reasonFor(Uint8Array.from([...record(), ...record()]))).toMatch(
      /^nothing may follow the JSON object/,
    );
  });

  it('takes a record of the largest size in its stride', () => {
    expect(reasonFor(record({ Name: `"${'x'.repeat(1_048_000)}"` }))).toMatch(/at most 256 characters/);
    expect(decoded(record({ Distance: `1.${'0'.repeat(1_048_000)}1` })).micrometres).toBe(1_000_000);
    expect(decoded(record({ MagicPoints: `150.${'0'.repeat(1_048_000)}` })).reading.MagicPoints).toBe(150);
    expect(
      decoded(record({ StatusTime: `"2026-01-31 12:00:00.${'9'.repeat(1_048_000)}"` })).instant % 1000,
    ).toBe(999);
  });
});
