import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttributeValue, canonicalNumber, documentOf } from './attribute-value.ts';
import { documentId } from './document-id.ts';

const json = (value: AttributeValue) => documentOf({ v: value }).slice('{"v":'.length, -1);

describe('a document', () => {
  it.each([
    [{ S: 'a"\n🦄' }, '"a\\"\\n🦄"'],
    [{ S: '' }, '""'],
    [{ BOOL: false }, 'false'],
    [{ NULL: true }, 'null'],
    [{ B: 'AQI=' }, '"AQI="'],
    [{ B: Uint8Array.of(1, 2) }, '"AQI="'],
    [{ SS: ['b', 'a'] }, '["b","a"]'],
    [{ NS: ['1', '2.5'] }, '[1,2.5]'],
    [{ BS: ['AQI=', Uint8Array.of(3)] }, '["AQI=","Aw=="]'],
    [{ L: [] }, '[]'],
    [
      { M: { a: { M: { '"': { N: '1' } } }, b: { L: [{ N: '1' }, { N: '2' }] } } },
      '{"a":{"\\"":1},"b":[1,2]}',
    ],
  ] as const)('says %j as %s', (value, text) => {
    expect(json(value)).toBe(text);
  });

  it.each([
    ['0', '0'],
    ['-0.5', '-0.5'],
    ['9007199254740991', '9007199254740991'],
    ['-9007199254740991', '-9007199254740991'],
    ['9007199254740993', '"9007199254740993"'],
    ['123456789012345678901234567890', '"123456789012345678901234567890"'],
    ['1800.123456', '1800.123456'],
    ['0.1', '0.1'],
    ['0.10', '0.10'],
    ['0.12345678901234567890123456789', '"0.12345678901234567890123456789"'],
    ['1E-130', '1E-130'],
    ['9.9999999999999999999999999999999999999E+125', '"9.9999999999999999999999999999999999999E+125"'],
    ['NaN', '"NaN"'],
    ['01', '"01"'],
  ])('keeps the number %s exactly: %s', (N, text) => {
    expect(json({ N })).toBe(text);
  });

  it('never changes a number', () => {
    const decimal = fc
      .tuple(fc.bigInt(-(10n ** 38n), 10n ** 38n), fc.integer({ min: -40, max: 20 }))
      .map(([digits, exponent]) => `${digits}E${exponent}`);
    fc.assert(
      fc.property(fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), (N) => {
        const text = json({ N });
        const read = JSON.parse(text) as number | string;
        expect(canonicalNumber(String(read))).toBe(canonicalNumber(N));
      }),
      { numRuns: 500 },
    );
  });

  it('makes strings of a list of several types, nested ones too', () => {
    const S = { S: 'a' };
    expect(json({ L: [S, { N: '1' }, { BOOL: true }, { NULL: true }] })).toBe('["a","1","true",null]');
    expect(json({ L: [{ N: '1' }, { M: { x: { N: '2' } } }] })).toBe('["1","{\\"x\\":2}"]');
    expect(json({ L: [{ L: [{ N: '1' }] }, { L: [S] }] })).toBe('[["1"],["a"]]');
    expect(json({ NS: ['1', '9007199254740993'] })).toBe('["1","9007199254740993"]');
    expect(json({ L: [{ M: {} }, { M: { a: S } }] })).toBe('[{},{"a":"a"}]');
  });
});

describe('the id of a document', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 6 }).map((S) => ({ S })),
    fc.integer({ min: 0, max: 20 }).map((n) => ({ N: String(n) })),
    fc
      .uint8Array({ minLength: 1, maxLength: 3 })
      .map((bytes) => ({ B: Buffer.from(bytes).toString('base64') })),
  );

  it('differs with every key', () => {
    fc.assert(
      fc.property(key, key, key, key, (a, b, c, d) => {
        const [one, other] = [documentId({ p: a, s: b }, ['p', 's']), documentId({ s: d, p: c }, ['p', 's'])];
        expect(one === other).toBe(JSON.stringify([a, b]) === JSON.stringify([c, d]));
      }),
      { numRuns: 300 },
    );
  });

  it('is short, whatever the key', () => {
    const long = { S: 'x'.repeat(2048) };
    expect(documentId({ p: long }, ['p'])).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(documentId({ p: { S: 'x'.repeat(502) } }, ['p'])).toHaveLength(512);
    expect(documentId({ p: { S: 'x'.repeat(503) } }, ['p'])).toMatch(/^sha256:/);
  });

  it('is the same for a number however it is written, and for bytes as base64 or as they are', () => {
    for (const N of ['1', '1.0', '10E-1', '0.1e1', '+1', '01'])
      expect(documentId({ p: { N } }, ['p'])).toBe('[{"N":"1"}]');
    expect(documentId({ p: { B: Uint8Array.of(1, 2) } }, ['p'])).toBe(
      documentId({ p: { B: 'AQI=' } }, ['p']),
    );
  });

  it('is none when a key is missing', () => {
    expect(documentId({ p: { S: 'x' } }, ['p', 's'])).toBeUndefined();
    expect(documentId({ p: { BOOL: true } }, ['p'])).toBeUndefined();
    expect(documentId({}, ['toString'])).toBeUndefined();
  });
});
