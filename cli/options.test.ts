import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DATA_OPTION,
  lastOf,
  oneOf,
  oneRegion,
  oneText,
  PORT_OPTION,
  readDuration,
  readInteger,
  readMoment,
  readPort,
  readStreamName,
} from './options.ts';

const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) });

describe('a repeated option takes its last value', () => {
  test('whatever it is', () => {
    expect(lastOf(['a', 'b'])).toBe('b');
    expect(lastOf('a')).toBe('a');
    expect(lastOf(undefined)).toBeUndefined();
    expect(oneText('text', {}).coerce(['a', 'b'])).toBe('b');
    expect(PORT_OPTION.coerce(['4801', '4802'])).toBe(4802);
    expect(oneOf('--output', ['pretty', 'json'], 'how', {}).coerce(['json', 'pretty'])).toBe('pretty');
  });

  test('and only the last one is judged', () => {
    expect(PORT_OPTION.coerce(['no', '4802'])).toBe(4802);
    expect(oneOf('--output', ['pretty', 'json'], 'how', {}).coerce(['xml', 'json'])).toBe('json');
  });
});

describe('a region', () => {
  const { coerce } = oneRegion('where', {});

  test.each([
    'us-west-2',
    'ap-southeast-7',
    'us-gov-east-1',
    'us-isob-east-1',
    'eusc-de-east-1',
    'cn-north-1',
  ])('%s has the shape of one', (name) => expect(coerce(['no', name])).toBe(name));

  test.each(['', 'Virginia', 'us-west', 'us_west_2', 'us-west-2a', 'US-WEST-2', 'us-west-2.evil.example'])(
    '%j has not',
    (name) => expect(() => coerce(name)).toThrow(usage(/--region must be one such as us-west-2 \(given/)),
  );
});

test('a state folder is found from the current folder', () => {
  expect(DATA_OPTION.coerce(undefined)).toBeUndefined();
  expect(DATA_OPTION.coerce('state')).toBe(join(process.cwd(), 'state'));
  expect(DATA_OPTION.coerce(['a', '../state'])).toBe(join(process.cwd(), '..', 'state'));
  expect(DATA_OPTION.coerce('/state/')).toBe('/state');
  expect(() => DATA_OPTION.coerce('')).toThrow(usage(/--data must name a folder \(given nothing\)/));
});

test('one of a few values', () => {
  const { coerce } = oneOf('--output', ['pretty', 'plain', 'json'], 'how', {});
  expect(coerce(undefined)).toBeUndefined();
  expect(() => coerce('xml')).toThrow(usage(/^--output must be pretty, plain or json \(given xml\)$/));
  expect(() => coerce('')).toThrow(usage(/given nothing/));
});

describe('whole numbers', () => {
  test('within bounds are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (number) => {
        expect(readInteger('--count', String(number), 0, 1e9)).toBe(number);
      }),
    );
    expect(readPort(undefined)).toBeUndefined();
    expect(readPort('65535')).toBe(65_535);
  });

  test.each(['', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '１', '65536', '99999999999999999999', 'NaN'])(
    'not %s',
    (text) => {
      expect(() => readPort(text)).toThrow(usage(/^--port must be a whole number from 1 to 65535/));
    },
  );
});

describe('lengths of time', () => {
  test.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
  ])('%s', (text, milliseconds) => {
    expect(readDuration('--duration', text)).toBe(milliseconds);
  });

  test.each(['', '0', '0s', '-5m', '5 m', '5min', 'h', '1e3', '.5h', '9'.repeat(400)])('not %s', (text) => {
    expect(() => readDuration('--duration', text)).toThrow(usage(/^--duration must be a length of time/));
  });
});

describe('moments', () => {
  const NOW = Date.UTC(2026, 10, 21, 6, 30);
  test('a time, or how long ago', () => {
    expect(readMoment('--since', '2026-11-21 06:00:00', NOW)).toBe(NOW - 1_800_000);
    expect(readMoment('--since', '10m', NOW)).toBe(NOW - 600_000);
  });
  test('nothing else', () => {
    expect(() => readMoment('--from', 'yesterday', NOW, 'latest, ')).toThrow(
      usage(/^--from must be latest, a UTC time .* how long ago, such as 5m \(given yesterday\)$/),
    );
  });
});

test('names of streams', () => {
  expect(readStreamName('wildrydes-aggregated_1.2')).toBe('wildrydes-aggregated_1.2');
  for (const name of ['', 'a b', 'a/b', 'ä', 'x'.repeat(129)]) {
    expect(() => readStreamName(name)).toThrow(usage(/^--stream must be 1 to 128/));
  }
});
