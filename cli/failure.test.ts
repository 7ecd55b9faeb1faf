import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { type ErrorCode, WildRydesError } from '../telemetry/errors.ts';
import { brokenOutput, printFailure } from './failure.ts';

function printed(error: unknown, level: 0 | 1 = 0) {
  let text = '';
  const status = printFailure(error, { write: (part) => (text += part) }, new Chalk({ level }));
  return { status, text };
}

test.each<[ErrorCode, number]>([
  ['USAGE', 2],
  ['UNREACHABLE', 3],
  ['NOT_FOUND', 3],
  ['PORT_TAKEN', 3],
  ['STATE_UNUSABLE', 3],
  ['STATE_CORRUPT', 3],
  ['UNBALANCED', 4],
])('an expected error, %s: what is wrong, what to do, and status %d', (code, status) => {
  const error = new WildRydesError(code, '--speed must be a number (given fast)', { next: 'Leave it out.' });
  expect(printed(error)).toEqual({
    status,
    text: 'error --speed must be a number (given fast)\nLeave it out.\n',
  });
});

test('nothing more is said when there is nothing to do about it', () => {
  expect(printed(new WildRydesError('USAGE', 'no')).text).toBe('error no\n');
});

test('an unexpected error: its stack and what caused it, and status 1', () => {
  const { status, text } = printed(new TypeError('boom', { cause: new Error('deeper') }));
  expect(status).toBe(1);
  expect(text).toMatch(/^unexpected error TypeError: boom\n +at /);
  expect(text).toContain('Error: deeper');
  expect(printed('a string').text).toBe('unexpected error a string\n');
});

test('colours are those of the stream that it goes to', () => {
  expect(printed(new WildRydesError('USAGE', 'no'), 1).text).toBe('\u001b[31merror\u001b[39m no\n');
});

test.each([
  ['EPIPE', undefined],
  ['EIO', undefined],
  ['ENOSPC', 'cannot write to standard output: no space'],
])('standard output fails with %s', (code, message) => {
  expect(brokenOutput(Object.assign(new Error('no space'), { code }))?.message).toBe(message);
});
