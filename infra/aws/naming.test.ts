import { describe, expect, test } from 'vitest';
import { bucketNameOf, isCalled, stackCalled, stackNameOf } from './naming.ts';

test('a bucket says whose and where it is', () => {
  expect(bucketNameOf('alice-', 'wildrydes-archive', '111122223333', 'us-west-2')).toBe(
    'alice-wildrydes-archive-111122223333-us-west-2',
  );
});

describe('a stack', () => {
  test('is known by its name again', () => {
    expect(stackNameOf('', 'Streaming')).toBe('wildrydes-Streaming');
    expect(stackCalled('alice-', 'alice-wildrydes-Archive')).toBe('Archive');
  });

  test.each([
    ['', 'alice-wildrydes-Archive'],
    ['alice-', 'wildrydes-Archive'],
    ['alice-', 'alice-wildrydes-Other'],
    ['ali', 'alice-wildrydes-Archive'],
  ])('of prefix "%s" is not %s', (prefix, name) => {
    expect(stackCalled(prefix, name)).toBeUndefined();
  });
});

test.each([
  ['', 'wildrydes', true],
  ['', 'WildRydesStreamProcessor', true],
  ['', 'UnicornAlerts', true],
  ['', 'alice-wildrydes', false],
  ['', 'unicorns-of-somebody', false],
  ['alice-', 'alice-wildrydes-aggregated', true],
  ['alice-', 'alice-holiday', false],
  ['alice-', 'wildrydes', false],
  ['alice-', 'bob-alice-wildrydes', false],
])('with prefix "%s", %s is the kit’s: %s', (prefix, name, expected) => {
  expect(isCalled(prefix, name)).toBe(expected);
});
