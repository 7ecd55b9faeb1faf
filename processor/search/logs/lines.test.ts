import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINE, linesOf } from './lines.ts';

async function* chunksOf(
  bytes: Uint8Array,
  cuts: readonly number[],
  after?: Error,
): AsyncGenerator<Buffer, void, undefined> {
  let from = 0;
  for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield Buffer.from(bytes.subarray(from, Math.min(to, bytes.length)));
    from = Math.min(to, bytes.length);
  }
  if (after !== undefined) throw after;
}

async function read(bytes: Uint8Array, cuts: readonly number[] = [], after?: Error) {
  const lines: [number, string, boolean][] = [];
  for await (const line of linesOf(chunksOf(bytes, cuts, after))) {
    lines.push([line.number, Buffer.from(line.bytes).toString(), line.length > LONGEST_LINE]);
  }
  return lines;
}

describe('the lines of a file', () => {
  it('are the same however it is cut, plain and zipped', async () => {
    const text = fc.array(fc.constantFrom('a', 'bc🦄', '', '\r', '\n', '\r\n'), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 60 })), fc.boolean(), async (parts, cuts, zipped) => {
        const content = parts.join('');
        const expected = content
          .split('\n')
          .map((line, at) => [at + 1, line.replace(/\r$/, ''), false] as const)
          .filter(([, line]) => line !== '');
        const bytes = zipped ? gzipSync(content) : Buffer.from(content);
        expect(await read(bytes, cuts)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('are cut when they are too long, without those after them', async () => {
    const lines = await read(
      Buffer.from(`a\n${'x'.repeat(LONGEST_LINE)}\n${'y'.repeat(2 * LONGEST_LINE)}\nb`),
      [70_000],
    );
    expect(lines.map(([number, line, tooLong]) => [number, line.length, tooLong])).toEqual([
      [1, 1, false],
      [2, LONGEST_LINE, false],
      [3, LONGEST_LINE + 3, true], // a byte order mark might have stood before it
      [4, 1, false],
    ]);
  });

  it('end with the error of their source, and of gzip that is broken', async () => {
    const lost = new Error('lost');
    await expect(read(Buffer.from('a\nb'), [1], lost)).rejects.toBe(lost);
    const zipped = gzipSync('a\n'.repeat(1_000));
    await expect(read(zipped, [5], lost)).rejects.toThrow();
    await expect(read(zipped.subarray(0, -9))).rejects.toThrow('the file ends too early');
  });

  it('let go of their source when nobody reads on', async () => {
    for (const bytes of [Buffer.from('a\nb\nc'), gzipSync('a\nb\nc')]) {
      let let_go = false;
      const source = async function* () {
        try {
          yield bytes;
          yield bytes;
        } finally {
          let_go = true;
        }
      };
      for await (const _ of linesOf(source())) break;
      await expect.poll(() => let_go).toBe(true);
    }
  });
});
