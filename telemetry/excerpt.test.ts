import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt, quote } from './excerpt.ts';

describe('quote', () => {
  it.each([
    ['plain', 'plain'],
    ['', 'nothing'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['a\u2028b\u202ec\ufeff', 'a\\u2028b\\u202ec\\ufeff'],
    ['\ud800', '\\ud800'],
    ['🦄'.repeat(30), '🦄'.repeat(30)],
    ['🦄'.repeat(31), `${'🦄'.repeat(30)}…`],
    [`${'x'.repeat(59)}🦄`, `${'x'.repeat(59)}…`],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(60)}…`],
  ])('shows %j as %s', (text, shown) => {
    expect(quote(text)).toBe(shown);
  });

  it('shows any text short and printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = quote(text);
        expect(shown.length).toBeLessThanOrEqual(61);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});

describe('excerpt', () => {
  it('shows bytes as quote shows their text, without reading them all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(excerpt(new TextEncoder().encode(text))).toBe(quote(text));
      }),
    );
    expect(excerpt(new Uint8Array(50_000_000).fill(0x78))).toBe(`${'x'.repeat(60)}…`);
  });

  it('shows bytes that are not UTF-8 as replacement characters, and a part of the whole', () => {
    expect(excerpt(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb');
    expect(excerpt(Uint8Array.of(0x61, 0x62, 0x63), 1, 2)).toBe('b');
    expect(excerpt(Uint8Array.of(0x61), 1)).toBe('nothing');
  });
});
