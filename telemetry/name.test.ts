import { describe, expect, it } from 'vitest';
import { nameFault } from './name.ts';

describe('nameFault', () => {
  it.each([
    'Shadowfax',
    ' ',
    '🦄',
    '👩‍🚀',
    'ユニコーン',
    'a"b\\c',
    '__proto__',
    'x'.repeat(256),
    '🦄'.repeat(256),
    '007',
  ])('finds none with %j', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(257), 'must have at most 256 characters'],
    ['🦄'.repeat(257), 'must have at most 256 characters'],
    ['x'.repeat(100_000), 'must have at most 256 characters'],
    ['a\nb', 'must have neither control characters nor lone surrogates'],
    ['\u007f', 'must have neither control characters nor lone surrogates'],
    ['\u0085', 'must have neither control characters nor lone surrogates'],
    ['a\ud83e', 'must have neither control characters nor lone surrogates'],
    ['\udd84\ud83e', 'must have neither control characters nor lone surrogates'],
  ])('finds one with %j', (name, fault) => {
    expect(nameFault(name)).toBe(fault);
  });
});
