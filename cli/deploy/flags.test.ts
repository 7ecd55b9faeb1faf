import { describe, expect, test } from 'vitest';
import { STACK_NAMES } from '../../infra/aws/stack-names.ts';
import { flagsAgain, readSettings, readStacks, readTarget } from './flags.ts';

describe('where', () => {
  test('AWS, whatever endpoint the environment has', () => {
    const target = readTarget({}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_REGION: 'eu-west-1' });
    expect(target).toEqual({ kind: 'aws', region: 'eu-west-1' });
  });

  test('an endpoint that is named', () => {
    expect(readTarget({ endpoint: 'http://127.0.0.1:5000/' }, { WILDRYDES_SHELL: 'local' })).toMatchObject({
      kind: 'endpoint',
      endpoint: 'http://127.0.0.1:5000',
    });
  });

  test('not in a shell towards the local cloud', () => {
    expect(() => readTarget({ region: 'us-west-2' }, { WILDRYDES_SHELL: 'local' })).toThrow(/local cloud/);
    expect(readTarget({}, { WILDRYDES_SHELL: 'aws' }).kind).toBe('aws');
  });

  test('and how to get there again', () => {
    const target = { kind: 'aws', region: 'us-west-2', profile: 'w' } as const;
    expect(flagsAgain('alice-', target)).toBe(' --prefix alice --region us-west-2 --profile w');
    expect(flagsAgain('', { kind: 'aws' })).toBe('');
  });
});

test.each([
  ['alice', {}, 'alice-'],
  [undefined, {}, ''],
  [undefined, { WILDRYDES_SHELL: 'aws', PREFIX: 'bob-' }, 'bob-'],
  ['alice', { WILDRYDES_SHELL: 'aws', PREFIX: 'bob-' }, 'alice-'],
  ['', { WILDRYDES_SHELL: 'aws', PREFIX: 'bob-' }, ''],
  [undefined, { PREFIX: '/usr/local' }, ''],
])('of --prefix %s in %j the prefix is "%s"', (prefix, env, expected) => {
  expect(readSettings({ prefix }, env).prefix).toBe(expected);
});

describe('what', () => {
  test('the main line, named stacks, or all', () => {
    expect(readSettings({}, {}).stacks).toEqual([
      ...['Streaming', 'Aggregation', 'Processing', 'Alerting', 'Observability'],
    ]);
    expect(readSettings({ stack: ['Files', 'Streaming', 'Files'] }, {}).stacks).toEqual([
      'Streaming',
      'Files',
    ]);
    expect(readSettings({ all: true }, {}).stacks).toEqual(STACK_NAMES);
    expect(readStacks(undefined)).toBeUndefined();
  });

  test('shards, on demand, an address, a search', () => {
    expect(readSettings({ shards: '4' }, {}).shards).toBe(4);
    expect(readSettings({ onDemand: true }, {}).shards).toBe('on-demand');
    const more = {
      alertEmail: 'ops@example.com',
      searchEndpoint: 'https://search.example.com',
      searchArn: 'arn:aws:es:us-west-2:111122223333:domain/rides',
    };
    expect(readSettings(more, {})).toMatchObject(more);
  });

  test.each([
    [{ stack: 'Stream' }, /--stack must be one of .*given Stream/],
    [{ shards: '0' }, /--shards must be a whole number from 1/],
    [{ alertEmail: 'ops' }, /--alert-email must be an address.*given ops/],
    [{ searchArn: 'arn' }, /goes with --search-endpoint/],
    [{ searchEndpoint: 'nonsense' }, /search endpoint must be an https URL \(given nonsense\)/],
    [{ searchEndpoint: 'https://search.example.com', searchArn: 'arn' }, /search ARN must be .*given arn/],
    [
      { searchEndpoint: 'https://ops:secret@search.example.com' },
      /no user and no password \(given (?!.*secret).*\*\*\*/,
    ],
  ])('%j is refused', (flags, message) => {
    expect(() => readSettings(flags, {})).toThrow(message);
  });
});
