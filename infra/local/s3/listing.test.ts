import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Listed, listKeys } from './listing.ts';
import { compareKeys, SortedKeys } from './store/sorted-keys.ts';

/** Few letters, so that prefixes and delimiters meet; and the two ranges that UTF-8 and UTF-16 order differently. */
const text = fc
  .array(fc.constantFrom('a', 'b', '/', '//', ' ', '\u{e000}', '\u{1f984}', '\u{10ffff}'), { maxLength: 6 })
  .map((letters) => letters.join(''));
const key = text.filter((letters) => letters !== '');

function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What a bucket lists, by the plain words of the API's page. */
function oracle(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const all = keys
    .filter((one) => one.startsWith(prefix))
    .map((one) => {
      const at = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
      return at < 0 ? `key ${one}` : `prefix ${one.slice(0, at + delimiter.length)}`;
    });
  return [...new Set(all)].sort((a, b) => inBytes(nameOf(a), nameOf(b)));
}

const nameOf = (shown: string) => shown.slice(shown.indexOf(' ') + 1);
const shown = (one: Listed) => ('key' in one ? `key ${one.key}` : `prefix ${one.prefix}`);

describe('listing', () => {
  test('pages of any size make up the whole', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 40 }),
        text,
        fc.constantFrom('', '/', '//', 'a'),
        fc.integer({ min: 1, max: 5 }),
        (keys, prefix, delimiter, most) => {
          const sorted = new SortedKeys(keys);
          const pages: string[] = [];
          for (let after: string | undefined = ''; after !== undefined; ) {
            const { listed, next } = listKeys(sorted, { prefix, delimiter, after, most });
            expect(listed.length).toBeLessThanOrEqual(most);
            if (next !== undefined) expect(listed.length).toBe(most);
            pages.push(...listed.map(shown));
            after = next;
          }
          expect(pages).toEqual(oracle(keys, prefix, delimiter));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('starts after anything', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 40 }),
        text,
        fc.constantFrom('', '/', '//'),
        text,
        (keys, prefix, delimiter, after) => {
          const { listed } = listKeys(new SortedKeys(keys), { prefix, delimiter, after, most: 1000 });
          const expected = oracle(keys, prefix, delimiter).filter((one) => inBytes(nameOf(one), after) > 0);
          expect(listed.map(shown)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('sorted keys', () => {
  test('are in the order of their bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(inBytes(a, b));
      }),
    );
    expect(compareKeys('\u{ffff}', '\u{10000}')).toBeLessThan(0);
  });

  test('come and go, thousands of them', () => {
    const sorted = new SortedKeys();
    const numbers = Array.from({ length: 3000 }, (_, i) => String((i * 7919) % 3000).padStart(4, '0'));
    for (const one of numbers) sorted.add(one);
    for (const one of numbers.slice(0, 2000)) sorted.delete(one);
    sorted.delete('none');
    expect([...sorted.from('')]).toEqual(numbers.slice(2000).sort());
    expect([...sorted.from('1500')]).toEqual(
      numbers
        .slice(2000)
        .sort()
        .filter((one) => one >= '1500'),
    );
    for (const one of numbers.slice(2000)) sorted.delete(one);
    expect(sorted.notBefore('')).toBeUndefined();
  });
});
