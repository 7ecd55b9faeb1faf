import { describe, expect, test } from 'vitest';
import type { Settings } from './settings.ts';
import { settingsFrom, settingsJson } from './settings-json.ts';
import { STACK_NAMES } from './stack-names.ts';

const ALICE: Settings = {
  prefix: 'alice-',
  stacks: ['Streaming', 'Search'],
  shards: 'on-demand',
  logDays: 30,
  searchEndpoint: 'https://search.example',
  searchArn: 'arn:aws:es:us-east-1:111122223333:domain/herd',
  jar: '/tmp/the job.jar',
  alertEmail: 'ops@example.com',
};

test('settings come through as they were', () => {
  expect(settingsFrom(settingsJson(ALICE))).toEqual(ALICE);
});

test('what is left out is as by default', () => {
  const settings = settingsFrom('{"prefix":"bob-"}');
  expect(settings).toMatchObject({ prefix: 'bob-', stacks: STACK_NAMES, shards: 1, logDays: 7 });
  expect(settings.jar).toBeUndefined();
  expect(settingsFrom(undefined).prefix).toBe('');
});

describe('refused, with what was given and what is allowed', () => {
  test.each([
    ['nonsense', /must be JSON \(given nonsense\)/],
    ['[]', /JSON object/],
    ['{"prefix":"Alice-"}', /prefix must be small letters.*given "Alice-"/],
    ['{"prefix":"alice"}', /prefix must be/],
    ['{"stacks":["Streams"]}', /stacks must be a list of Streaming.*Streams/],
    ['{"shards":0}', /shards must be a whole number.*given 0/],
    ['{"shards":"2"}', /shards must be/],
    ['{"logDays":8}', /logDays must be one of/],
    ['{"jar":""}', /jar must be a path/],
    ['{"toString":"x"}', /no setting toString/],
  ])('%s', (text, reason) => {
    expect(() => settingsFrom(text)).toThrow(reason);
  });
});
