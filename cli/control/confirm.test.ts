import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { saysYes } from './confirm.ts';

/** A terminal, of which a raw one gives keys. */
function asked(typed: string, raw: boolean): Promise<boolean> {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: raw });
  const answer = saysYes('Start? ', { input, output });
  input.end(typed);
  return answer;
}

test.each([
  ['y\n', true],
  ['YES\n', true],
  [' y \n', true],
  ['n\n', false],
  ['yesterday\n', false],
  ['\n', false],
  ['', false],
])('%j', async (typed, expected) => {
  await expect(asked(typed, false)).resolves.toBe(expected);
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s is no yes', async (_, key) => {
  await expect(asked(key, true)).resolves.toBe(false);
});
