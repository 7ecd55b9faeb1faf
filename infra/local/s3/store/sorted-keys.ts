/** Keys in a block; a full one is cut in two. */
const BLOCK = 512;

/**
 * Keys in the order in which S3 lists them: that of their UTF-8 bytes. In blocks, so that a new key moves hundreds of
 * others and not all.
 */
export class SortedKeys {
  #blocks: string[][] = [];

  /** @param keys in any order, each once */
  constructor(keys: Iterable<string> = []) {
    const sorted = [...keys].sort(compareKeys);
    for (let at = 0; at < sorted.length; at += BLOCK / 2) {
      this.#blocks.push(sorted.slice(at, at + BLOCK / 2));
    }
  }

  /** Adds a key that is not there yet. */
  add(key: string): void {
    if (this.#blocks.length === 0) {
      this.#blocks.push([key]);
      return;
    }
    const index = Math.max(0, this.#blockOf(key));
    const block = this.#blocks[index]!;
    block.splice(firstNotBefore(block, key), 0, key);
    if (block.length > BLOCK) this.#blocks.splice(index + 1, 0, block.splice(BLOCK / 2));
  }

  /** Does nothing if it is not there. */
  delete(key: string): void {
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const at = firstNotBefore(block, key);
    if (block[at] !== key) return;
    block.splice(at, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** The first key that is not before `bound`; undefined if all are. */
  notBefore(bound: string): string | undefined {
    const index = Math.max(0, this.#blockOf(bound));
    const block = this.#blocks[index];
    if (block === undefined) return undefined;
    return block[firstNotBefore(block, bound)] ?? this.#blocks[index + 1]?.[0];
  }

  /** Keys that are not before `bound`, in order. Not to be changed meanwhile. */
  *from(bound: string): Generator<string, void, undefined> {
    const first = Math.max(0, this.#blockOf(bound));
    for (let index = first; index < this.#blocks.length; index++) {
      const block = this.#blocks[index]!;
      for (let at = index === first ? firstNotBefore(block, bound) : 0; at < block.length; at++) {
        yield block[at]!;
      }
    }
  }

  /** Index of the last block that begins at or before `key`; -1 if none does. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#blocks[middle]![0]!, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function firstNotBefore(block: readonly string[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(block[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Order of the keys' UTF-8 bytes. That of JavaScript's strings differs from it in one thing: characters beyond U+FFFF
 * are pairs of surrogates there, which come before U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return inUtf8Order(left) - inUtf8Order(right);
  }
  return a.length - b.length;
}

/** Surrogates after all others. */
function inUtf8Order(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
