import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex } from './regex.ts';

describe('a regular expression', () => {
  it.each([
    ['AUTHORIZED', ['[ERROR 401] UNAUTHORIZED REQUEST', 'AUTHORIZED'], ['[ERROR 401]', 'authorized']],
    ['^[hc]at', ['hat', 'cat and'], ['a hat', 'bat']],
    ['[hc]at$', ['a hat', 'cat'], ['cat and', 'hats']],
    ['colou?r', ['color', 'colour'], ['colouur']],
    ['^a{3,5}$', ['aaa', 'aaaaa'], ['aa', 'aaaaaa']],
    ['^a{2}$', ['aa'], ['a', 'aaa']],
    ['^a{2,}$', ['aa', 'aaaaaaaa'], ['a']],
    ['gray|grey', ['gray', 'a grey one'], ['gry']],
    ['10\\.10\\.0\\.1', ['10.10.0.1'], ['10x10.0.1']],
    ['^\\d+\\s\\w*$', ['12 ab_', '1 '], ['a b', '12']],
    ['[^\\d]', ['a1'], ['12']],
    ['[a-cx]-\\x41', ['b-A'], ['d-A', 'b-a']],
    ['a.c', ['abc', 'a c'], ['ac', 'a\nc']],
    ['^$', [''], ['a']],
  ])('%s', (source, matching, others) => {
    const matches = compileRegex(source);
    for (const text of matching) expect(matches(text), text).toBe(true);
    for (const text of others) expect(matches(text), text).toBe(false);
  });

  it.each([
    '(a)',
    'a)',
    'something!',
    'a<b',
    '"a"',
    '[',
    '[]',
    '[b-a]',
    'a{',
    'a{2,1}',
    'a{,2}',
    '*a',
    '+',
    '\\',
    '\\q',
    'é',
    'a{9999}',
    '\\xg0',
  ])('%s is none', (source) => {
    expect(() => compileRegex(source)).toThrow('Invalid filter pattern');
  });

  it('agrees with the engine of JavaScript', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '1', '^', '$');
    const repeat = fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,2}', '{0,}');
    const piece = fc
      .tuple(atom, repeat)
      .map(([piece, times]) => (piece === '^' || piece === '$' ? piece : piece + times));
    const alternative = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const source = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((all) => all.join('|'));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 8 });
    fc.assert(
      fc.property(source, text, (source, text) => {
        expect(compileRegex(source)(text)).toBe(new RegExp(source).test(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes time that grows with the text only', () => {
    const matches = compileRegex('a*a*a*a*a*a*a*a*a*a*x');
    expect(matches('a'.repeat(100_000))).toBe(false);
  });
});
