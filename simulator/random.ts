import { hash } from 'node:crypto';

/** A source of random bits: everything random in a simulation draws from one of these, handed in. */
export interface Random {
  /** The next 32 random bits, as an integer from 0 to 2^32 - 1. */
  next(): number;
}

/**
 * The generator xoshiro128** 1.1 of Blackman and Vigna: 16 bytes of state, period 2^128 - 1, integer arithmetic
 * only, so the same sequence on every machine.
 * Source: https://prng.di.unimi.it/xoshiro128starstar.c
 */
export class Xoshiro128 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param words four 32-bit integers, not all zero: from zeros the generator would only ever give zeros */
  constructor(words: readonly [number, number, number, number]) {
    this.#a = words[0] | 0;
    this.#b = words[1] | 0;
    this.#c = words[2] | 0;
    this.#d = words[3] | 0;
    if ((this.#a | this.#b | this.#c | this.#d) === 0)
      throw new RangeError('the state must not be all zeros');
  }

  next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }
}

/**
 * The random stream of one unicorn for one purpose. It depends on nothing but these three texts, so a unicorn does
 * the same whoever runs beside it and whatever else is drawn: the generator starts from the first 16 bytes of the
 * SHA-256 of purpose, seed and name, each of the first two ended by a zero byte.
 *
 * @param seed    the run's seed, any text
 * @param name    the unicorn
 * @param purpose what the numbers are for, such as `ride`
 */
export function randomStream(seed: string, name: string, purpose: string): Random {
  const digest = hash('sha256', `${purpose}\0${seed}\0${name}`, 'buffer');
  return new Xoshiro128([
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12),
  ]);
}

/** A number from `low` up to but not including `high`, all equally likely, in steps of 2^-32 of the range. */
export function uniform(random: Random, low = 0, high = 1): number {
  return low + random.next() * 2 ** -32 * (high - low);
}

/** An integer from `least` to `most`, both included, all equally likely to within 2^-32 of their number. */
export function integer(random: Random, least: number, most: number): number {
  return least + Math.floor(random.next() * 2 ** -32 * (most - least + 1));
}

/**
 * A number from the normal distribution, by Marsaglia's polar method. It keeps no state of its own, at the price
 * of the method's second number.
 * Source: G. Marsaglia and T. A. Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964)
 */
export function normal(random: Random, mean: number, deviation: number): number {
  for (;;) {
    const x = uniform(random, -1, 1);
    const y = uniform(random, -1, 1);
    const square = x * x + y * y;
    if (square > 0 && square < 1) return mean + deviation * x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
