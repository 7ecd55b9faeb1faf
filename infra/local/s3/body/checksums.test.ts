import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  combineChecksums,
  isChecksumValue,
  startChecksum,
} from './checksums.ts';

function sumOf(algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): string {
  const sum = startChecksum(algorithm);
  for (const piece of pieces) sum.update(Buffer.from(piece));
  return sum.value();
}

describe('checksums', () => {
  // Check values of the catalogue at https://reveng.sourceforge.io/crc-catalogue/all.htm
  test.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
  ] as const)('%s of 123456789', (algorithm, hex) => {
    const value = sumOf(algorithm, Buffer.from('123456789'));
    expect(Buffer.from(value, 'base64').toString('hex')).toBe(hex);
  });

  test.each(CHECKSUM_ALGORITHMS)('%s is the same in pieces, and of its length', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), (pieces) => {
        const value = sumOf(algorithm, ...pieces);
        expect(value).toBe(sumOf(algorithm, Buffer.concat(pieces)));
        expect(isChecksumValue(algorithm, value)).toBe(true);
      }),
    );
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s of parts makes that of the whole', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }), (pieces) => {
        const parts = pieces.map((piece) => ({ value: sumOf(algorithm, piece), size: piece.length }));
        expect(combineChecksums(algorithm, 'FULL_OBJECT', parts)).toBe(sumOf(algorithm, ...pieces));
      }),
    );
  });

  test('a composite one is that of the parts, and says how many they are', () => {
    const parts = ['a', 'b'].map((text) => ({ value: sumOf('CRC32', Buffer.from(text)), size: 1 }));
    const all = Buffer.concat(parts.map(({ value }) => Buffer.from(value, 'base64')));
    expect(combineChecksums('CRC32', 'COMPOSITE', parts)).toBe(`${sumOf('CRC32', all)}-2`);
  });

  test('combines ten thousand parts in no time', () => {
    const parts = Array.from({ length: 10_000 }, (_, i) => ({
      value: 'AAAAAAAAAAE=',
      size: 5 * 2 ** 20 + (i % 7),
    }));
    expect(isChecksumValue('CRC64NVME', combineChecksums('CRC64NVME', 'FULL_OBJECT', parts))).toBe(true);
  });
});
