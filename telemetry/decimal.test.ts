import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeNames } from './attribute-names.ts';
import { isWithin, toInteger, toMillionths, toNumber } from './decimal.ts';
import { JsonScanner, KIND } from './json-scanner.ts';
import { fraction } from './oracle.ts';

const NAMES = new AttributeNames(['n']);

/** The decimal of a JSON number, as a record would give it. */
function decimal(literal: string): JsonScanner {
  const scanner = new JsonScanner(new TextEncoder().encode(`{"n":${literal}}`));
  if (!scanner.open() || scanner.attribute(NAMES) !== 0 || scanner.value() !== KIND.number) {
    throw new Error(`${literal} is not a JSON number: ${scanner.fault}`);
  }
  return scanner;
}

const within = (literal: string, least: number, most: number) => {
  const scanned = decimal(literal);
  return isWithin(scanned, toNumber(scanned), least, most);
};

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

/** A whole number as JSON allows it: no zeros in front. */
const wholes = fc.oneof(
  fc.constantFrom('0', '29', '90', '180', '1000000'),
  digits(1, 24).map((text) => text.replace(/^0+(?=.)/, '')),
);

const literals = fc
  .tuple(
    fc.constantFrom('', '-'),
    wholes,
    fc.oneof(
      fc.constant(''),
      digits(1, 24).map((f) => `.${f}`),
      fc.constantFrom('.0', '.5', '.0000005'),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      fc
        .tuple(fc.constantFrom('e', 'E', 'e+', 'e-', 'E-'), fc.integer({ min: 0, max: 40 }))
        .map((e) => e.join('')),
      fc.constantFrom(
        'e400',
        'e-400',
        'e-324',
        'e308',
        'e00',
        'e-022',
        'e99999999999999999999',
        'e-99999999999999999999',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('toNumber', () => {
  it('is what Number makes of the text, but for negative zero', () => {
    fc.assert(
      fc.property(literals, (literal) => {
        const expected = Number(literal);
        expect(toNumber(decimal(literal))).toBe(expected === 0 ? 0 : expected);
      }),
      { numRuns: 10_000 },
    );
  });

  it('reads every double back from its shortest form', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(toNumber(decimal(JSON.stringify(value)))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 10_000 },
    );
  });

  it('rounds correctly next to the middle between two doubles, cut at any digit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 15, max: 60 }),
        fc.constantFrom(-1n, 0n, 1n),
        (value, length, nudge) => {
          const literal = middleAbove(value, length, nudge);
          expect(toNumber(decimal(literal))).toBe(Number(literal));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['9007199254740993', 9007199254740992],
    ['9007199254740995', 9007199254740996],
    ['0.30000000000000004', 0.30000000000000004],
    ['29.285560909217672', 29.285560909217672],
    ['1e22', 1e22],
    ['1e23', 1e23],
    ['5e-324', 5e-324],
    ['2e-324', 0],
    ['-1e-400', 0],
    ['-0', 0],
    ['-0.0e5', 0],
    ['1e400', Number.POSITIVE_INFINITY],
    ['-1e400', Number.NEGATIVE_INFINITY],
    ['0e999999999999999999999999', 0],
    [`1${'0'.repeat(400)}e-400`, 1],
    [`0.${'0'.repeat(400)}1e401`, 1],
  ])('%s', (literal, expected) => {
    expect(toNumber(decimal(literal))).toBe(expected);
  });
});

describe('isWithin', () => {
  it('judges the exact fraction', () => {
    fc.assert(
      fc.property(
        literals,
        fc.constantFrom([-90, 90], [-180, 180], [0, 1_000_000]),
        (literal, [least, most]) => {
          const exact = fraction(literal);
          const expected =
            exact !== 'huge' &&
            exact.numerator >= BigInt(least!) * exact.denominator &&
            exact.numerator <= BigInt(most!) * exact.denominator;
          expect(within(literal, least!, most!)).toBe(expected);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['1000000', true],
    ['1000000.0', true],
    ['1e6', true],
    ['10000000e-1', true],
    [`1000000.${'0'.repeat(50)}`, true],
    ['1000000.0000004', false],
    ['1000000.0000000000000001', false],
    [`1000000.${'0'.repeat(50)}1`, false],
    ['999999.9999999999999999999999', true],
    ['1000001', false],
    ['1e400', false],
    ['0', true],
    ['-0', true],
    ['-0.000', true],
    ['-0e999999999999', true],
    ['1e-400', true],
    ['-1e-400', false],
    ['-0.00000000000000000000000001', false],
    ['-3', false],
    ['-1e400', false],
  ])('%s from 0 to 1000000: %s', (literal, expected) => {
    expect(within(literal, 0, 1_000_000)).toBe(expected);
  });

  it('takes any finite number when the bound is infinite', () => {
    expect(within('1.7976931348623157e308', 0, Number.POSITIVE_INFINITY)).toBe(true);
    expect(within('1e309', 0, Number.POSITIVE_INFINITY)).toBe(false);
  });
});

describe('toInteger', () => {
  it.each([
    ['150', 150],
    ['150.0', 150],
    ['1.5e2', 150],
    ['1500e-1', 150],
    ['-150.000', -150],
    ['150.00000000000000000000', 150],
    ['150000000000000000000000e-21', 150],
    ['-0', 0],
    ['0.0', 0],
    ['0e9', 0],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ['2147483647.0', 2147483647],
    ['150.00000000000000000001', undefined],
    ['149.99999999999999999999', undefined],
    ['150.5', undefined],
    ['1e-400', undefined],
    ['0.0000000000000000000000000000001', undefined],
    ['2147483648', undefined],
    ['-2147483649', undefined],
    ['2147483647.00000000000001', undefined],
    ['2147483647.0000000000000000001', undefined],
    ['1e400', undefined],
  ])('%s: %s', (literal, expected) => {
    expect(toInteger(decimal(literal), -(2 ** 31), 2 ** 31 - 1)).toBe(expected);
  });

  it('judges the exact fraction', () => {
    fc.assert(
      fc.property(literals, (literal) => {
        const exact = fraction(literal);
        const integer = exact !== 'huge' && exact.numerator % exact.denominator === 0n;
        const value = integer ? Number(exact.numerator / exact.denominator) : Number.NaN;
        const expected = Math.abs(value) <= 1e9 ? value : undefined;
        expect(toInteger(decimal(literal), -1e9, 1e9)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('toMillionths', () => {
  it.each([
    ['0', 0],
    ['0.0000004', 0],
    ['0.00000049999999999999999999999', 0],
    ['0.0000005', 1],
    ['0.0000015', 2],
    ['0.0000025', 3],
    ['1e-7', 0],
    ['5e-7', 1],
    ['1e-6', 1],
    ['1234567e-7', 123457],
    ['1234564e-7', 123456],
    ['29.9999994', 29999999],
    ['29.9999995', 30000000],
    ['29.99999949999999999999999', 29999999],
    ['29.99999950000000000000001', 30000000],
    ['0.1', 100000],
    ['1.005', 1005000],
    ['1000000', 1_000_000_000_000],
    ['999999.9999995', 1_000_000_000_000],
    ['999999.9999994999999999', 999_999_999_999],
    ['1e6', 1_000_000_000_000],
    ['1e-400', 0],
    ['0.000000000000000000000000000009', 0],
    [`0.${'0'.repeat(500)}5e500`, 500000],
    [`5${'0'.repeat(500)}e-507`, 1],
  ])('%s: %i', (literal, expected) => {
    expect(toMillionths(decimal(literal))).toBe(expected);
  });

  it('rounds the exact fraction half up', () => {
    const distances = fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 999_999 }), digits(1, 24))
        .map(([whole, decimals]) => `${whole}.${decimals}`),
      // Half a micrometre and its neighbours.
      fc
        .tuple(
          fc.integer({ min: 0, max: 999_999 }),
          digits(6, 6),
          fc.constantFrom('5', '50', '49999999999', '50000000001'),
        )
        .map(([whole, six, rest]) => `${whole}.${six}${rest}`),
      fc
        .tuple(digits(1, 20), fc.integer({ min: 14, max: 30 }))
        .map(([d, e]) => `${d.replace(/^0+(?=.)/, '')}e-${e}`),
      fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(distances, (literal) => {
        const exact = fraction(literal);
        if (exact === 'huge') throw new Error('not a distance');
        const expected = (2_000_000n * exact.numerator + exact.denominator) / (2n * exact.denominator);
        expect(BigInt(toMillionths(decimal(literal)))).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
  });
});

/** The decimal of the point halfway between a double and the next one up, cut to some digits, the last nudged. */
function middleAbove(value: number, length: number, nudge: bigint): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  const next = bits.getFloat64(0);
  // Doubles from 0.001 up are multiples of 2^-62, so that the middle is one of 2^-63, with as many decimals.
  const middle = BigInt(value * 2 ** 62) + BigInt(next * 2 ** 62);
  const text = (middle * 5n ** 63n).toString();
  const kept = text.slice(0, length);
  return `${BigInt(kept) + nudge}e${text.length - kept.length - 63}`;
}
