import { hash } from 'node:crypto';

/**
 * Hash keys: a partition key's MD5 as an unsigned 128-bit number; each shard owns a range of them.
 * Inside the service they are 32 lower-case hexadecimal digits, which compare as text as they do as numbers;
 * the API writes them in decimal.
 * Source: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 */
export const HASH_KEYS = 2n ** 128n;

/** Both ends inclusive. */
export interface HashKeyRange {
  readonly start: bigint;
  readonly end: bigint;
}

export function hashKeyOf(partitionKey: string): string {
  return hash('md5', partitionKey);
}

/** The hash key of a record's ExplicitHashKey, or undefined if it is not below 2^128. */
export function explicitHashKey(decimal: string): string | undefined {
  const value = BigInt(decimal);
  return value < HASH_KEYS ? hashKeyText(value) : undefined;
}

export function hashKeyText(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

/** `count` ranges of the same size, the remainder in the last, as CreateStream divides them. */
export function evenRanges(count: number): HashKeyRange[] {
  const size = HASH_KEYS / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    start: BigInt(i) * size,
    end: i === count - 1 ? HASH_KEYS - 1n : BigInt(i + 1) * size - 1n,
  }));
}
