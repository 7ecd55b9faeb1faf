import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGEST_PAYLOAD } from '../../telemetry/quarantine-codec.ts';
import { isBlank, type Line, LineCutter, LONGEST_LINE } from './lines.ts';

function cut(pieces: readonly (Buffer | string)[]): Line[] {
  const cutter = new LineCutter();
  const lines = pieces.flatMap((piece) => cutter.cut(Buffer.from(piece)));
  const rest = cutter.rest();
  return rest === undefined ? lines : [...lines, rest];
}

const texts = (lines: readonly Line[]) => lines.map(({ bytes }) => bytes.toString('latin1'));

describe('lines', () => {
  it('are the same wherever the text is cut', () => {
    const character = fc.constantFrom('a', '\n', '\r', '\r\n', '\xef\xbb\xbf', ' ', 'é');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), fc.array(fc.nat(40)), (characters, cuts) => {
        const text = Buffer.from(characters.join(''), 'latin1');
        const at = [0, ...cuts.filter((each) => each < text.length).sort((a, b) => a - b), text.length];
        const lines = cut(at.slice(1).map((to, n) => text.subarray(at[n]!, to)));
        // The oracle: text without its mark, split at ends of lines.
        const expected = text
          .toString('latin1')
          .replace(/^\xef\xbb\xbf/, '')
          .split('\n')
          .map((line) => line.replace(/\r$/, ''));
        const last = text.toString('latin1').split('\n').at(-1)!;
        if (last === '') expected.pop();
        expect(texts(lines)).toEqual(expected);
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, n) => n + 1));
        expect(lines.map(({ length }) => length)).toEqual(expected.map((line) => line.length));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [LONGEST_LINE, '\n', LONGEST_LINE],
    [LONGEST_LINE, '\r\n', LONGEST_LINE],
    [LONGEST_LINE, '', LONGEST_LINE],
    [3 * LONGEST_LINE, '\n', LARGEST_PAYLOAD],
  ])('of %i bytes with the end %j hold %i', (length, end, held) => {
    for (const size of [4 * LONGEST_LINE, 100_000]) {
      const text = Buffer.concat([Buffer.alloc(length, 'x'), Buffer.from(`${end}next`)]);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
        text.subarray(n * size, (n + 1) * size),
      );
      if (end === '') pieces.push(Buffer.from('\n'));
      const [line, next] = cut(pieces);
      if (end !== '') expect(texts([next!])).toEqual(['next']);
      expect(line!.length).toBe(end === '' ? length + 4 : length);
      expect(line!.bytes.length).toBeGreaterThanOrEqual(held);
      expect(line!.bytes.length).toBeLessThanOrEqual(held + 4);
    }
  });

  it('that never end take no more memory than is kept of them', () => {
    const cutter = new LineCutter();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let n = 0; n < 300; n++) expect(cutter.cut(piece)).toEqual([]);
    const rest = cutter.rest()!;
    expect(rest.length).toBe(300 * 1024 * 1024);
    expect(rest.bytes.buffer.byteLength).toBeLessThan(2 * LONGEST_LINE);
    expect(cut(['\xef\xbb', 'a\n']).map(({ number }) => number)).toEqual([1]);
  });

  it('are blank when there is nothing in them but spaces and tabs', () => {
    const lines = cut(['\n \t\r\nx\n', Buffer.alloc(3 * LONGEST_LINE, ' '), 'x']);
    expect(lines.map(isBlank)).toEqual([true, true, false, false]);
  });
});
