import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeNames } from './attribute-names.ts';
import { ATTRIBUTE, DEEPEST, JsonScanner, KIND } from './json-scanner.ts';

const NAMES = new AttributeNames(['Name', 'Distance', 'Readings']);

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Scans to the end: the index and the text of each attribute met, or the fault. */
function scan(bytes: Uint8Array): [index: number, value: string][] | string {
  const scanner = new JsonScanner(bytes);
  if (!scanner.open()) return scanner.fault;
  const met: [number, string][] = [];
  for (;;) {
    const found = scanner.attribute(NAMES);
    if (found === ATTRIBUTE.end) return met;
    if (found === ATTRIBUTE.fault || scanner.value() === KIND.fault) return scanner.fault;
    met.push([found, new TextDecoder().decode(bytes.subarray(scanner.from, scanner.to))]);
  }
}

const isAccepted = (bytes: Uint8Array) => typeof scan(bytes) !== 'string';

/** What the platform thinks, for one object in well-formed UTF-8. */
function isJsonObject(bytes: Uint8Array): boolean {
  try {
    const parsed: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

/** JSON text with white space strewn in, any strings, and nesting. */
const jsonObjects = fc
  .tuple(
    fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), {
      maxKeys: 6,
    }),
    fc.constantFrom(undefined, ' ', '\t', '  '),
    fc.boolean(),
  )
  .map(([value, indent, ascii]) => {
    const text = JSON.stringify(value, undefined, indent);
    return ascii
      ? text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  });

/** A JSON string of nothing but `\\u` escapes. */
function inEscapes(text: string): string {
  return `"${text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join('')}"`;
}

/** Bytes that are likely to matter. */
const interesting = fc.oneof(
  fc.constantFrom(...utf8('{}[]",:\\/ubfnrt0123456789.eE+-\n\r\t \0')),
  fc.constantFrom(
    0x1f,
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0xff,
    0x0b,
    0x0c,
  ),
  fc.integer({ min: 0, max: 255 }),
);

describe('JsonScanner', () => {
  it('finds the attributes asked for, in any order, however they are spelt', () => {
    expect(scan(utf8('{"Name":"a","Distance":1,"Readings":2}'))).toEqual([
      [0, '"a"'],
      [1, '1'],
      [2, '2'],
    ]);
    expect(
      scan(
        utf8(' {\n"Readings" : 2 ,\t"Name":"a"\r,"name":[ 1 ],"Nam":{},"\\u004eame":null,"Names":true } '),
      ),
    ).toEqual([
      [2, '2'],
      [0, '"a"'],
      [ATTRIBUTE.extra, '[ 1 ]'],
      [ATTRIBUTE.extra, '{}'],
      [0, 'null'],
      [ATTRIBUTE.extra, 'true'],
    ]);
  });

  it('reports an attribute as often as it comes', () => {
    expect(scan(utf8('{"Name":1,"Name":2,"Name":3}'))).toEqual([
      [0, '1'],
      [0, '2'],
      [0, '3'],
    ]);
  });

  it('accepts every object that JSON.stringify writes', () => {
    fc.assert(
      fc.property(jsonObjects, (text) => {
        expect(scan(utf8(text))).toBeTypeOf('object');
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with JSON.parse and a fatal decoder on damaged objects', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(),
        remove: fc.integer({ min: 0, max: 3 }),
        insert: fc.array(interesting, { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(jsonObjects, edits, (text, changes) => {
        const bytes = [...utf8(text)];
        for (const { at, remove, insert } of changes)
          bytes.splice(at % (bytes.length + 1), remove, ...insert);
        const damaged = Uint8Array.from(bytes);
        const expected = isJsonObject(damaged);
        if (expected) accepted++;
        else refused++;
        expect(isAccepted(damaged)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
  });

  it('agrees with JSON.parse on a single value of any small text', () => {
    const texts = fc.string({
      unit: fc.constantFrom(
        ...'{}[]",:\\u0019aefl.-+ntrsd E',
        'true',
        'false',
        'null',
        '"a"',
        '\\ud83e',
        '\\n',
      ),
      maxLength: 8,
    });
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = utf8(`{"x":${text}}`);
        expect(isAccepted(bytes)).toBe(isJsonObject(bytes));
      }),
      { numRuns: 10_000 },
    );
  });

  it('agrees with a fatal decoder on every lead byte and any bytes after it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0x80, max: 0xff }),
        fc.array(fc.oneof(fc.integer({ min: 0x80, max: 0xbf }), fc.constantFrom(0x7f, 0xc0, 0x41)), {
          maxLength: 4,
        }),
        (lead, rest) => {
          const bytes = Uint8Array.from([...utf8('{"x":"'), lead, ...rest, ...utf8('"}')]);
          expect(isAccepted(bytes)).toBe(isJsonObject(bytes));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('gives strings with their escapes resolved', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(texts, fc.boolean(), (text, escaped) => {
        const bytes = utf8(`{"Name":${escaped ? inEscapes(text) : JSON.stringify(text)}}`);
        const scanner = new JsonScanner(bytes);
        scanner.open();
        scanner.attribute(NAMES);
        expect(scanner.value()).toBe(KIND.string);
        expect(scanner.text()).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['"\\u00e9\\n\\"\\/"', 'é\n"/'],
    ['"\\ud83e\\udd84"', '🦄'],
    ['"\\ud800"', '\ud800'],
    ['"\ufeffa"', '\ufeffa'],
    ['"a name of more than a dozen characters"', 'a name of more than a dozen characters'],
    ['""', ''],
  ])('reads the string %s', (literal, expected) => {
    const scanner = new JsonScanner(utf8(`{"Name":${literal}}`));
    scanner.open();
    scanner.attribute(NAMES);
    scanner.value();
    expect(scanner.text()).toBe(expected);
  });

  it(`takes ${DEEPEST} levels, no more, and does not fall over a hundred thousand`, () => {
    const nested = (levels: number, open: string, close: string) =>
      utf8(`{"x":${open.repeat(levels)}${close.repeat(levels)}}`);
    expect(isAccepted(nested(DEEPEST - 1, '[', ']'))).toBe(true);
    expect(scan(nested(DEEPEST, '[', ']'))).toMatch(/at most 1000 deep/);
    expect(scan(nested(100_000, '[', ']'))).toMatch(/at most 1000 deep/);
    expect(scan(utf8(`{"x":${'['.repeat(100_000)}`))).toMatch(/at most 1000 deep/);
    expect(scan(utf8(`{"x":${'{"x":'.repeat(100_000)}`))).toMatch(/at most 1000 deep/);
    expect(isAccepted(utf8(`{"x":${'{"x":'.repeat(DEEPEST - 2)}{}${'}'.repeat(DEEPEST - 2)}}`))).toBe(true);
    expect(isAccepted(utf8(`{"x":[${'[],'.repeat(5_000)}[]]}`))).toBe(true);
  });

  it.each([
    ['', 'a record must be a JSON object (given nothing)'],
    ['\ufeff{}', 'a record must not begin with a byte order mark'],
    ['[1,2]', 'a record must be a JSON object (given [1,2])'],
    ['Rocinante\u001b[31m', 'a record must be a JSON object (given Rocinante\\u001b[31m)'],
    ['{}{}', 'nothing may follow the JSON object (given {} at byte 2)'],
    ['{"a":1}\n garbage', 'nothing may follow the JSON object (given garbage at byte 9)'],
    ['{"a":1', 'malformed JSON: it ends before the object does (after 6 bytes)'],
    ['{"a":NaN}', 'malformed JSON at byte 5 (given NaN})'],
    ['{"a":01}', 'malformed JSON at byte 6 (given 1})'],
    ['{"a":+1}', 'malformed JSON at byte 5 (given +1})'],
    ["{'a':1}", "malformed JSON at byte 1 (given 'a':1})"],
  ])('says what is wrong with %j', (text, fault) => {
    expect(scan(utf8(text))).toBe(fault);
  });

  it('says where UTF-8 ends', () => {
    expect(scan(Uint8Array.from([...utf8('{"a":"'), 0xc0, 0xaf, ...utf8('"}')]))).toBe(
      'bytes must be UTF-8 (given 0xc0 at byte 6)',
    );
  });

  it('reads a view into a larger buffer, and nothing beside it', () => {
    const buffer = utf8('xx{"Name":1}{"Name":2}').buffer;
    expect(scan(new Uint8Array(buffer, 2, 10))).toEqual([[0, '1']]);
    expect(scan(Buffer.from(buffer, 12, 10))).toEqual([[0, '2']]);
    expect(isAccepted(new Uint8Array(buffer, 2, 9))).toBe(false);
  });
});
