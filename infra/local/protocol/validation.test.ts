import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServiceError } from './errors.ts';
import { type Shape, validate } from './validation.ts';

const SHAPE = {
  Limit: { type: 'Integer', min: 1, max: 10 },
  StreamName: { type: 'String', required: true, pattern: '[a-zA-Z0-9_.-]+', min: 1, max: 8 },
  Kind: { type: 'String', oneOf: ['LATEST', 'TRIM_HORIZON'] },
  Data: { type: 'Blob', max: 3 },
  Timestamp: { type: 'Timestamp' },
  Enforce: { type: 'Boolean' },
  Tags: { type: 'Map', max: 1 },
  Records: {
    type: 'List',
    min: 1,
    max: 2,
    each: { type: 'Structure', members: { Key: { type: 'String', required: true, min: 1 } } },
  },
} as const satisfies Shape;

function refusal(body: unknown): string {
  try {
    validate(SHAPE, body);
  } catch (error) {
    if (error instanceof ServiceError) return `${error.type}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('gives what it was given, without unknown members, times in milliseconds, nulls absent', () => {
  const body = {
    StreamName: 'a',
    Limit: 3,
    Timestamp: 1.5,
    Kind: null,
    Other: [],
    Records: [{ Key: 'k', More: 1 }],
  };
  expect(validate(SHAPE, body)).toEqual({
    StreamName: 'a',
    Limit: 3,
    Timestamp: 1500,
    Kind: undefined,
    Records: [{ Key: 'k' }],
  });
});

test.each([
  [
    {},
    "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null",
  ],
  [
    { StreamName: 'a b' },
    "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  ],
  [
    { StreamName: '', Limit: 0 },
    "3 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    { StreamName: 'abcdefghi', Limit: 11 },
    "2 validation errors detected: Value '11' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10; " +
      "Value 'abcdefghi' at 'streamName' failed to satisfy constraint: Member must have length less than or equal to 8",
  ],
  [
    { StreamName: 'a', Kind: 'NOW' },
    "1 validation error detected: Value 'NOW' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, TRIM_HORIZON]",
  ],
  [
    { StreamName: 'a', Data: 'AAAAAAAA' },
    "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 3",
  ],
  [
    { StreamName: 'a', Records: [{ Key: 'k' }, {}] },
    "1 validation error detected: Value null at 'records.2.member.key' failed to satisfy constraint: Member must not be null",
  ],
  [
    { StreamName: 'a', Records: [null] },
    "1 validation error detected: Value null at 'records.1.member' failed to satisfy constraint: Member must not be null",
  ],
  [
    { StreamName: 'a', Records: [] },
    "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
])('says what is wrong with %j', (body, message) => {
  expect(refusal(body)).toBe(`ValidationException: ${message}`);
});

test('lists ten errors at most', () => {
  const shape: Shape = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`M${i}`, { type: 'String', required: true }]),
  );
  expect(() => validate(shape, {})).toThrow(/^10 validation errors detected: /);
});

test.each([
  [[], 'Start of list found where not expected'],
  ['text', 'Expected a structure'],
  [null, 'Expected a structure'],
  [{ StreamName: 1 }, 'class java.math.BigDecimal can not be converted to an String'],
  [{ StreamName: true }, 'class java.lang.Boolean can not be converted to an String'],
  [{ StreamName: [] }, 'Start of list found where not expected'],
  [{ StreamName: {} }, 'Start of structure or map found where not expected.'],
  [{ Limit: '1' }, 'class java.lang.String can not be converted to an Integer'],
  [{ Timestamp: '2026' }, 'class java.lang.String can not be converted to an Timestamp'],
  [{ Enforce: 1 }, 'class java.math.BigDecimal can not be converted to an Boolean'],
  [{ Data: 1 }, 'class java.math.BigDecimal can not be converted to a Blob'],
  [
    { Data: 'AAA' },
    "'AAA' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
  ],
  [{ Data: 'A-A=' }, "'A-A=' can not be converted to a Blob: Invalid Base64 character: '-'"],
  [{ Data: 'A=AA' }, "'A=AA' can not be converted to a Blob: Invalid Base64 character: '='"],
  [{ Data: 'QR==' }, "'QR==' can not be converted to a Blob: Invalid last non-pad Base64 character"],
  [{ Records: 'x' }, 'Expected list or null'],
  [{ Records: {} }, 'Start of structure or map found where not expected.'],
  [{ Tags: { a: 1 } }, 'class java.math.BigDecimal can not be converted to an String'],
])('refuses %j as mistyped', (body, message) => {
  expect(refusal(body)).toBe(`SerializationException: ${message}`);
});

test('counts characters, not code units', () => {
  expect(refusal({ StreamName: 'a', Records: [{ Key: '🦄' }] })).toBe('none');
  const shape = { Key: { type: 'String', max: 2 } } as const satisfies Shape;
  expect(validate(shape, { Key: '🦄🦄' })).toEqual({ Key: '🦄🦄' });
  expect(() => validate(shape, { Key: '🦄🦄🦄' })).toThrow('less than or equal to 2');
});

test('never fails in another way, whatever it is given', () => {
  fc.assert(fc.property(fc.jsonValue(), (body) => void refusal(body)));
  fc.assert(
    fc.property(
      fc.record(Object.fromEntries(Object.keys(SHAPE).map((member) => [member, fc.jsonValue()]))),
      (body) => void refusal(body),
    ),
  );
});
