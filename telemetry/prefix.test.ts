import { expect, test } from 'vitest';
import { isPrefix, readPrefix } from './prefix.ts';

test.each([
  [undefined, ''],
  ['', ''],
  ['alice', 'alice-'],
  ['alice-', 'alice-'],
  ['a', 'a-'],
  ['team7', 'team7-'],
  ['abcdefghijklm', 'abcdefghijklm-'],
  ['wild', 'wild-'],
])('%j is the prefix "%s"', (given, expected) => {
  expect(readPrefix(given)).toBe(expected);
});

test.each([
  'Alice',
  '7team',
  'a b',
  'al-ice',
  'alice--',
  '-',
  'abcdefghijklmn',
  'wildrydes',
  'wildrydes2',
  'é',
  'a\n',
])('%j is none, and is told so', (given) => {
  expect(() => readPrefix(given)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => readPrefix(given)).toThrow(`(given ${given.trim()}`);
  expect(isPrefix(`${given}-`)).toBe(false);
});

test('one that is made already has its dash', () => {
  expect([isPrefix('alice-'), isPrefix('alice'), isPrefix('')]).toEqual([true, false, false]);
});
