import { crc32 } from 'node:zlib';

/** A cyclic redundancy check, bits reflected, all ones before and after. */
export interface Crc {
  /** Bits: 32 or 64. */
  readonly width: number;
  /** Polynomial, reflected. */
  readonly polynomial: bigint;
  /** A sum that goes on, fed piece by piece. */
  start(): { update(bytes: Buffer): void; value(): bigint };
}

/** ISO-HDLC, as in zlib. */
export const CRC32: Crc = {
  width: 32,
  polynomial: 0xedb88320n,
  start() {
    let sum = 0;
    return {
      update(bytes) {
        sum = crc32(bytes, sum);
      },
      value: () => BigInt(sum),
    };
  },
};

/** Castagnoli, as in iSCSI. Source: https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
export const CRC32C: Crc = tableCrc(32, 0x82f63b78n);

/** As in NVM Express. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const CRC64NVME: Crc = tableCrc(64, 0x9a6c9329ac4bc9b5n);

/**
 * By tables, eight bytes at a time: table k has the sum of a byte that k zero bytes follow. JavaScript has 32-bit
 * integers, so a sum is two of them, of which a 32-bit one uses the low.
 */
function tableCrc(width: 32 | 64, polynomial: bigint): Crc {
  let tables: { readonly low: Int32Array; readonly high: Int32Array } | undefined;
  return {
    width,
    polynomial,
    start() {
      tables ??= tablesOf(polynomial);
      const { low: L, high: H } = tables;
      let low = -1;
      let high = width === 64 ? -1 : 0;
      return {
        update(bytes) {
          let at = 0;
          for (const end = bytes.length - 7; at < end; at += 8) {
            const a =
              low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
            const b =
              high ^
              (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24));
            const i7 = 1792 + (a & 255);
            const i6 = 1536 + ((a >>> 8) & 255);
            const i5 = 1280 + ((a >>> 16) & 255);
            const i4 = 1024 + (a >>> 24);
            const i3 = 768 + (b & 255);
            const i2 = 512 + ((b >>> 8) & 255);
            const i1 = 256 + ((b >>> 16) & 255);
            const i0 = b >>> 24;
            low = L[i7]! ^ L[i6]! ^ L[i5]! ^ L[i4]! ^ L[i3]! ^ L[i2]! ^ L[i1]! ^ L[i0]!;
            high = H[i7]! ^ H[i6]! ^ H[i5]! ^ H[i4]! ^ H[i3]! ^ H[i2]! ^ H[i1]! ^ H[i0]!;
          }
          for (; at < bytes.length; at++) {
            const index = (low ^ bytes[at]!) & 255;
            low = ((low >>> 8) | (high << 24)) ^ L[index]!;
            high = (high >>> 8) ^ H[index]!;
          }
        },
        value: () => (BigInt(width === 64 ? ~high >>> 0 : 0) << 32n) | BigInt(~low >>> 0),
      };
    },
  };
}

function tablesOf(polynomial: bigint): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(8 * 256);
  const high = new Int32Array(8 * 256);
  const put = (at: number, value: bigint) => {
    low[at] = Number(BigInt.asIntN(32, value));
    high[at] = Number(BigInt.asIntN(32, value >> 32n));
  };
  for (let byte = 0; byte < 256; byte++) {
    let sum = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ polynomial : sum >> 1n;
    put(byte, sum);
  }
  for (let at = 256; at < low.length; at++) {
    const before = at - 256;
    const index = low[before]! & 255;
    low[at] = ((low[before]! >>> 8) | (high[before]! << 24)) ^ low[index]!;
    high[at] = (high[before]! >>> 8) ^ high[index]!;
  }
  return { low, high };
}

/**
 * Sum of pieces that follow one another, from the sum and the length of each: what S3 calls a full-object checksum.
 * Appending n bytes multiplies a sum by x^(8n) modulo the polynomial, as zlib's crc32_combine does.
 */
export function combineCrc(
  crc: Crc,
  pieces: readonly { readonly value: bigint; readonly size: number }[],
): bigint {
  const shifts = new Map<number, bigint>();
  let sum = 0n;
  for (const { value, size } of pieces) {
    let shift = shifts.get(size);
    if (shift === undefined) {
      shift = powerOfX(crc, 8n * BigInt(size));
      shifts.set(size, shift);
    }
    sum = multiply(crc, shift, sum) ^ value;
  }
  return sum;
}

/** Product modulo the polynomial; the highest bit is x^0. */
function multiply({ width, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

function powerOfX(crc: Crc, exponent: bigint): bigint {
  const one = 1n << BigInt(crc.width - 1);
  let power = one;
  let square = one >> 1n;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) power = multiply(crc, power, square);
    square = multiply(crc, square, square);
  }
  return power;
}
