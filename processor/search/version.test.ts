import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrivalVersion,
  BACKFILL_VERSION,
  changeVersion,
  LARGEST_VERSION,
  sequencerVersion,
} from './version.ts';

/** Sequence numbers as AWS's documentation shows them. */
const SEEN = [
  '100000000003498069978',
  '300000000000000499659',
  '4421584500000000017450439091',
  '4421584500000000017450439092',
];

describe('the version of a change', () => {
  it('keeps numbers as DynamoDB gives them apart, and in order', () => {
    const versions = SEEN.map(changeVersion);
    expect(versions).toEqual([...versions].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(versions).size).toBe(SEEN.length);
    expect(versions[3]! - versions[2]!).toBe(1n);
  });

  it('never falls where numbers rise, and always fits', () => {
    const near = fc
      .tuple(fc.constantFrom(0n, 1n, 2n ** 26n - 2n, 2n ** 26n, 10n ** 18n), fc.bigInt(0n, 2n ** 38n))
      .map(([generation, counter]) => generation * 10n ** 20n + counter);
    const number = fc.oneof(near, fc.bigInt(0n, 10n ** 40n - 1n));
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [lower, higher] = [changeVersion(String(low)), changeVersion(String(high))];
        expect(lower <= higher).toBe(true);
        expect(lower >= 0n && higher <= LARGEST_VERSION).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is above that of a backfill', () => {
    for (const number of SEEN) expect(changeVersion(number) > BACKFILL_VERSION).toBe(true);
  });
});

it('the version of a record is when it arrived', () => {
  expect(arrivalVersion(1_767_225_600_123)).toBe(1_767_225_600_123n);
  expect(arrivalVersion(0)).toBe(1n);
});

describe('the version of an object', () => {
  it('keeps the sequencers of the local cloud apart, and those of AWS', () => {
    const versions = ['0001A2B3C4D5E60000', '0001A2B3C4D5E60001', '0055AED6DCD90281E5', '0065AED6DCD90281E5'];
    const numbers = versions.map((each) => sequencerVersion(each)!);
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(numbers).size).toBe(4);
  });

  it('never falls where sequencers rise, however long they are', () => {
    const sequencer = fc.stringMatching(/^(00)?[0-9A-F]{1,24}$/);
    fc.assert(
      fc.property(sequencer, sequencer, (a, b) => {
        const length = Math.max(a.length, b.length);
        const [low, high] = a.padEnd(length, '0') < b.padEnd(length, '0') ? [a, b] : [b, a];
        const [lower, higher] = [sequencerVersion(low)!, sequencerVersion(high)!];
        expect(lower <= higher && lower > 0n && higher <= LARGEST_VERSION).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'x', '0x12', '-1'])('is none of %j', (text) => {
    expect(sequencerVersion(text)).toBeUndefined();
  });
});
