import { createHash, hash } from 'node:crypto';
import { CRC32, CRC32C, CRC64NVME, type Crc, combineCrc } from './crc.ts';

/** The checksums that are kept with objects. S3's XXHASH ones are not here. */
export const CHECKSUM_ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/**
 * Of all bytes in a row, or of the checksums of the parts.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** What S3 keeps if the client brings none. Same source. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a composite one with `-N`, the number of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

interface Kind {
  /** Bytes. */
  readonly length: number;
  readonly crc?: Crc;
  /** Name in node:crypto. */
  readonly hash?: string;
  /** What a multipart upload may ask for, its default first. */
  readonly multipart: readonly ChecksumType[];
}

const KINDS: Readonly<Record<ChecksumAlgorithm, Kind>> = {
  CRC32: { length: 4, crc: CRC32, multipart: ['COMPOSITE', 'FULL_OBJECT'] },
  CRC32C: { length: 4, crc: CRC32C, multipart: ['COMPOSITE', 'FULL_OBJECT'] },
  CRC64NVME: { length: 8, crc: CRC64NVME, multipart: ['FULL_OBJECT'] },
  SHA1: { length: 20, hash: 'sha1', multipart: ['COMPOSITE'] },
  SHA256: { length: 32, hash: 'sha256', multipart: ['COMPOSITE'] },
  SHA512: { length: 64, hash: 'sha512', multipart: ['COMPOSITE'] },
  MD5: { length: 16, hash: 'md5', multipart: ['COMPOSITE'] },
};

export function multipartTypes(algorithm: ChecksumAlgorithm): readonly ChecksumType[] {
  return KINDS[algorithm].multipart;
}

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(name);
}

/** `x-amz-checksum-crc32` */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Element of an answer's XML: `ChecksumCRC32`. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Whether a value is base64 of as many bytes as this algorithm gives. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === KINDS[algorithm].length && bytes.toString('base64') === value;
}

/** A checksum that goes on, fed piece by piece. */
export interface RunningChecksum {
  update(bytes: Buffer): void;
  /** Base64; to be asked for once. */
  value(): string;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  const { crc, hash: name, length } = KINDS[algorithm];
  if (crc !== undefined) {
    const sum = crc.start();
    return { update: sum.update, value: () => toBase64(sum.value(), length) };
  }
  const running = createHash(name ?? '');
  return {
    update: (bytes) => {
      running.update(bytes);
    },
    value: () => running.digest('base64'),
  };
}

/** Checksum of an object from those of its parts, in their order. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): string {
  const { crc, length, hash: name } = KINDS[algorithm];
  if (type === 'FULL_OBJECT' && crc !== undefined) {
    const sums = parts.map(({ value, size }) => ({ value: fromBase64(value), size }));
    return toBase64(combineCrc(crc, sums), length);
  }
  const all = Buffer.concat(parts.map(({ value }) => Buffer.from(value, 'base64')));
  if (name !== undefined) return `${hash(name, all, 'base64')}-${parts.length}`;
  const sum = startChecksum(algorithm);
  sum.update(all);
  return `${sum.value()}-${parts.length}`;
}

function toBase64(value: bigint, length: number): string {
  return Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex').toString('base64');
}

function fromBase64(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, 'base64').toString('hex') || '0'}`);
}
