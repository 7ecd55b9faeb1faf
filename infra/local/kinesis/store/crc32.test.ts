import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

test('gives the check value of the algorithm', () => {
  expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926);
  expect(crc32(Buffer.alloc(0), 0, 0)).toBe(0);
});

test('agrees with zlib on any part of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), fc.nat(1200), fc.nat(1200), (bytes, a, b) => {
      const start = Math.min(a, b, bytes.length);
      const end = Math.min(Math.max(a, b), bytes.length);
      const buffer = Buffer.from(bytes);
      expect(crc32(buffer, start, end)).toBe(zlibCrc32(buffer.subarray(start, end)));
    }),
  );
});
