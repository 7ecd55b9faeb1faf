import { crc32 as crc32OfView } from 'node:zlib';

/** From here on zlib's own code, with its call and the view that it needs, is faster than the loop below. */
const LONG = 512;

const TABLES = tables();

/**
 * CRC-32 (ISO-HDLC, as zlib and gzip have it) of bytes `start` to `end`.
 * Records are short, and a call into zlib costs more than the sum itself: eight bytes at a time by table instead.
 */
export function crc32(bytes: Buffer, start: number, end: number): number {
  if (end - start >= LONG) return crc32OfView(bytes.subarray(start, end));
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      TABLES[1792 + (low & 255)]! ^
      TABLES[1536 + ((low >>> 8) & 255)]! ^
      TABLES[1280 + ((low >>> 16) & 255)]! ^
      TABLES[1024 + (low >>> 24)]! ^
      TABLES[768 + bytes[at + 4]!]! ^
      TABLES[512 + bytes[at + 5]!]! ^
      TABLES[256 + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}

/** Table k, at 256 * k: the sum of a byte followed by k zero bytes. */
function tables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!;
    table[at] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}
