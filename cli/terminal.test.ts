import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coloursFor,
  column,
  columnsOf,
  cut,
  fold,
  grouped,
  isLiveTerminal,
  printable,
  widthOf,
} from './terminal.ts';

const TERMINAL = { isTTY: true, fd: 1 };

describe('what an output stream can do', () => {
  test.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { TERM: 'xterm-256color' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, {}, false],
    [{}, {}, false],
  ])('%j under %j is redrawn: %s', (stream, env, live) => {
    expect(isLiveTerminal(stream, env)).toBe(live);
  });

  test('no colours for a pipe, under NO_COLOR, or on a dumb terminal', () => {
    expect(coloursFor({}, {}).level).toBe(0);
    expect(coloursFor(TERMINAL, { NO_COLOR: '1' }).level).toBe(0);
    expect(coloursFor(TERMINAL, { TERM: 'dumb' }).level).toBe(0);
    expect(coloursFor(TERMINAL, { NO_COLOR: 'yes' }).red('x')).toBe('x');
  });

  test('the width of what is no terminal, or does not know, is what is asked for', () => {
    expect(columnsOf({ isTTY: true, columns: 40 }, 110)).toBe(40);
    expect(columnsOf({ isTTY: true, columns: 0 }, 110)).toBe(110);
    expect(columnsOf({}, 110)).toBe(110);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom('🦄', '👩🏽‍🚀', '飛', 'e\u0301', 'a', ' ', '🇫🇷')).map((parts) => parts.join('')),
);

describe('fitting text into columns', () => {
  test('a column is exactly as wide as asked, whatever is in it', () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('left', 'right'),
        (given, width, align) => {
          expect(widthOf(column(printable(given), width, align as 'left'))).toBe(width);
        },
      ),
    );
  });

  test('what fits is left whole; what does not is cut between characters, with an ellipsis', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 60 }), (given, columns) => {
        const shown = printable(given);
        const fitted = cut(shown, columns);
        expect(widthOf(fitted)).toBeLessThanOrEqual(columns);
        if (widthOf(shown) <= columns) expect(fitted).toBe(shown);
        else if (columns > 0) {
          expect(fitted.endsWith('…')).toBe(true);
          expect(shown.startsWith(fitted.slice(0, -1))).toBe(true);
        }
      }),
    );
    expect(cut('飛馬飛馬', 5)).toBe('飛馬…');
    expect(column('飛馬飛馬', 4)).toBe('飛… ');
    expect(column('a👩🏽‍🚀b', 3, 'right')).toBe(' a…');
    expect(column('12', 4, 'right')).toBe('  12');
  });

  test('folding keeps every word, in order, and no line too wide but for a single word', () => {
    const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', '飛', '+') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 5, max: 40 }), (words, columns) => {
        const lines = fold(words.join(' '), columns, 4);
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(words);
        for (const line of lines) {
          if (line.trim().includes(' ')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        }
        for (const line of lines.slice(1)) expect(line).toMatch(/^ {4}\S/);
      }),
    );
    expect(fold('sent      a b c', 13, 10)).toEqual(['sent      a b', '          c']);
    expect(fold('one two', Number.POSITIVE_INFINITY)).toEqual(['one two']);
    expect(fold('', 10)).toEqual(['']);
  });
});

describe('text from elsewhere', () => {
  test('cannot drive the terminal', () => {
    expect(printable('\u001b[2J')).toBe('\\u001b[2J');
    expect(printable('a\u0000\u009b\u2028\u202e\ufeff\ud800b')).toBe(
      'a\\u0000\\u009b\\u2028\\u202e\\ufeff\\ud800b',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect(printable(given)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
        );
        expect(() => encodeURIComponent(printable(given))).not.toThrow();
      }),
    );
  });

  test('is left as it is when it is harmless', () => {
    for (const harmless of ['Rocinante', '🦄 Ünïcörn', '👩🏽‍🚀', 'Pégase 飛馬']) {
      expect(printable(harmless)).toBe(harmless);
    }
  });
});

test('thousands stand apart, whatever the locale', () => {
  expect([0, 999, 1_000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
});
