import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applied,
  awsConfig,
  awsCredentials,
  awsEnvironment,
  type Environment,
  localEnvironment,
} from './environment.ts';
import { portMeant } from './port.ts';
import { prefixOf } from './prefix.ts';

const FILES = { config: '/private/config', credentials: '/private/credentials' };

const local = (outer: Environment, port = 4801) => applied(outer, localEnvironment(outer, port, FILES));
const aws = (outer: Environment, asked = {}) => applied(outer, awsEnvironment(outer, asked));

describe('a shell towards the local cloud', () => {
  test('has nothing of the outer shell’s AWS settings, and all of the rest', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'AWS_PROFILE',
        'AWS_SESSION_TOKEN',
        'AWS_ROLE_ARN',
        'AWS_CA_BUNDLE',
        'AWS_ENDPOINT_URL_S3',
        'PATH',
      ),
      fc.stringMatching(/^AWS_[A-Z_]{1,20}$/),
      fc.stringMatching(/^[A-Z]{1,10}$/),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.constant('outer')), (outer) => {
        const env = local(outer);
        for (const [key, value] of Object.entries(env)) {
          if (key.startsWith('AWS_')) expect(value).not.toBe('outer');
        }
        for (const key of Object.keys(outer)) {
          if (!key.startsWith('AWS_') && !/^(no_proxy|prefix)$/i.test(key)) expect(env[key]).toBe('outer');
        }
      }),
    );
  });

  test('leads every tool to the port, with dummy keys and without the way to real ones', () => {
    expect(local({ PATH: '/bin' })).toEqual({
      PATH: '/bin',
      AWS_CONFIG_FILE: '/private/config',
      AWS_SHARED_CREDENTIALS_FILE: '/private/credentials',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4801',
      AWS_ACCESS_KEY_ID: 'wildrydes',
      AWS_SECRET_ACCESS_KEY: 'wildrydes',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_PROXY: '127.0.0.1,localhost,::1',
      no_proxy: '127.0.0.1,localhost,::1',
      WILDRYDES_SHELL: 'local',
      PREFIX: '',
    });
  });

  test.each([
    [{ NO_PROXY: 'corp.test, .intra' }, 'corp.test,.intra,127.0.0.1,localhost,::1'],
    [{ no_proxy: 'localhost,corp.test' }, 'localhost,corp.test,127.0.0.1,::1'],
    [{ NO_PROXY: '' }, '127.0.0.1,localhost,::1'],
  ])('adds this machine to %j', (outer, expected) => {
    expect(local(outer)).toMatchObject({ NO_PROXY: expected, no_proxy: expected });
  });

  test('configures each profile that guides name', () => {
    const config = awsConfig(4801);
    for (const profile of ['[default]', '[profile wildrydes-local]', '[profile lambda-cli-user]']) {
      const [, section = ''] = config.split(`${profile}\n`);
      const [own = ''] = section.split('\n\n');
      expect(own.trimEnd().split('\n')).toEqual([
        'region = us-east-1',
        'endpoint_url = http://127.0.0.1:4801',
        'output = json',
        'cli_binary_format = raw-in-base64-out',
        'cli_pager =',
      ]);
    }
    expect(awsCredentials().match(/^\[.*\]$/gm)).toEqual([
      '[default]',
      '[wildrydes-local]',
      '[lambda-cli-user]',
    ]);
  });
});

test('a prefix is there for every command, whatever the outer shell calls so', () => {
  const outer = { PREFIX: '/usr/local' };
  expect(applied(outer, localEnvironment(outer, 4801, FILES, 'alice-')).PREFIX).toBe('alice-');
  expect(applied(outer, awsEnvironment(outer, {}, 'alice-')).PREFIX).toBe('alice-');
  expect(prefixOf({ ...outer })).toBe('');
  expect(prefixOf({ PREFIX: 'alice-', WILDRYDES_SHELL: 'aws' })).toBe('alice-');
  expect(() => prefixOf({ ...outer, WILDRYDES_SHELL: 'local' })).toThrow('a prefix must be');
});

test('a command for local clouds means the one that the shell leads to', () => {
  const shell = { WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4801' };
  expect(portMeant(shell)).toBe(4801);
  expect(portMeant({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4801' })).toBe(4566);
  expect(portMeant({ ...shell, WILDRYDES_SHELL: 'aws' })).toBe(4566);
  expect(portMeant({ WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'x' })).toBe(4566);
});

describe('a shell towards AWS', () => {
  const SIGNED_IN = {
    AWS_ACCESS_KEY_ID: 'k',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_SESSION_TOKEN: 't',
    AWS_REGION: 'eu-west-1',
    AWS_CA_BUNDLE: '/ca',
    AWS_CONFIG_FILE: '/own/config',
    HTTPS_PROXY: 'http://proxy',
  };

  test('removes nothing of the user’s own', () => {
    expect(aws(SIGNED_IN)).toEqual({ ...SIGNED_IN, WILDRYDES_SHELL: 'aws', PREFIX: '' });
    const endpoints = { AWS_ENDPOINT_URL_S3: 'https://vpce-1.s3.us-west-2.vpce.amazonaws.com' };
    expect(aws(endpoints)).toMatchObject(endpoints);
  });

  test.each(['http://127.0.0.1:4566', 'http://localhost:4566/', 'http://[::1]:4566', 'https://127.0.0.2'])(
    'does not follow an endpoint on this machine: %s',
    (url) => {
      const env = aws({ AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_KINESIS: url });
      expect(Object.keys(env)).toEqual(['WILDRYDES_SHELL', 'PREFIX']);
    },
  );

  test('goes by the region and the profile that were asked for', () => {
    expect(aws(SIGNED_IN, { region: 'us-west-2' })).toMatchObject({
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'k',
    });
    const withProfile = aws(SIGNED_IN, { profile: 'workshop' });
    expect(withProfile).toMatchObject({ AWS_PROFILE: 'workshop', AWS_REGION: 'eu-west-1' });
    for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
      expect(withProfile).not.toHaveProperty(key);
    }
  });
});
