import { describe, expect, test } from 'vitest';
import { resolveTarget, type TargetFlags } from '../../infra/target.ts';
import { prefixAt, wholeName } from './prefix.ts';

const LOCAL_SHELL = { WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4801', PREFIX: 'bob-' };
const AWS_SHELL = { WILDRYDES_SHELL: 'aws', PREFIX: 'bob-' };

describe('before the names of the kit stands', () => {
  test.each<[string, string | undefined, TargetFlags, Record<string, string>, string]>([
    ['nothing', undefined, {}, {}, ''],
    ['what the flag says', 'alice', {}, {}, 'alice-'],
    ['what the flag says, on AWS', 'alice', { region: 'us-west-2' }, {}, 'alice-'],
    ['nothing of some variable of this name', undefined, { region: 'us-west-2' }, { PREFIX: '/usr' }, ''],
    ['PREFIX of the shell, where it leads', undefined, {}, LOCAL_SHELL, 'bob-'],
    ['PREFIX, at the port that the shell leads to', undefined, { port: 4801 }, LOCAL_SHELL, 'bob-'],
    [
      'PREFIX, in a shell that does not go to AWS by a region',
      undefined,
      { region: 'x' },
      LOCAL_SHELL,
      'bob-',
    ],
    ['the flag, before the shell', 'alice', {}, LOCAL_SHELL, 'alice-'],
    ['nothing, where the flag says so', '', {}, LOCAL_SHELL, ''],
    ['nothing, at another port than the shell’s', undefined, { port: 4566 }, LOCAL_SHELL, ''],
    ['nothing, at another endpoint', undefined, { endpoint: 'http://127.0.0.1:5000' }, LOCAL_SHELL, ''],
    ['nothing, on AWS from a shell towards the local cloud', undefined, { aws: true }, LOCAL_SHELL, ''],
    ['PREFIX of a shell towards AWS, on AWS', undefined, { aws: true }, AWS_SHELL, 'bob-'],
    ['PREFIX of a shell towards AWS, in any region', undefined, { region: 'eu-west-1' }, AWS_SHELL, 'bob-'],
    ['PREFIX of a shell towards AWS, without a flag', undefined, {}, AWS_SHELL, 'bob-'],
    ['nothing, in the local cloud from a shell towards AWS', undefined, { port: 4566 }, AWS_SHELL, ''],
    ['the flag, there too', 'alice', { port: 4566 }, AWS_SHELL, 'alice-'],
  ])('%s', (_, given, flags, env, expected) => {
    expect(prefixAt(resolveTarget(flags, env), env, given)).toBe(expected);
  });
});

test('a whole name and a prefix exclude each other, as flags', () => {
  const stream = { option: '--stream' } as const;
  expect(wholeName({ ...stream, name: 'rides', prefix: undefined })).toBe('rides');
  expect(wholeName({ ...stream, name: undefined, prefix: 'alice' })).toBe(undefined);
  expect(() => wholeName({ ...stream, name: 'rides', prefix: 'alice' })).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('given rides and alice') }),
  );
});
