import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { atLocalPort, clientConfig, describeTarget, resolveTarget, type TargetFlags } from './target.ts';

const LOCAL_TARGET = { kind: 'local', endpoint: 'http://127.0.0.1:4566', port: 4566, region: 'us-east-1' };

/** A shell that is signed in to AWS in every way there is, short of naming an endpoint. */
const SIGNED_IN = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_PROFILE: 'production',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
};

describe('where to talk', () => {
  test('local, unless told otherwise: credentials, a profile and a region in the environment lead nowhere', () => {
    expect(resolveTarget({}, {})).toEqual(LOCAL_TARGET);
    expect(resolveTarget({}, SIGNED_IN)).toEqual(LOCAL_TARGET);
    expect(resolveTarget({ aws: false }, SIGNED_IN)).toEqual(LOCAL_TARGET);
    expect(resolveTarget({}, { ...SIGNED_IN, AWS_ENDPOINT_URL: '' })).toEqual(LOCAL_TARGET);
  });

  const flags: fc.Arbitrary<TargetFlags> = fc.record({
    endpoint: fc.option(fc.constant('http://kinesis.test:4567'), { nil: undefined }),
    port: fc.option(fc.constant(5001), { nil: undefined }),
    aws: fc.option(fc.boolean(), { nil: undefined }),
    region: fc.option(fc.constant('us-west-2'), { nil: undefined }),
    profile: fc.option(fc.constant('workshop'), { nil: undefined }),
  });
  const environment = fc.record({
    endpoint: fc.boolean(),
    region: fc.boolean(),
  });

  test('--endpoint, then --port, then --aws, --region or --profile, then AWS_ENDPOINT_URL, then local', () => {
    fc.assert(
      fc.property(flags, environment, (given, env) => {
        const target = resolveTarget(given, {
          ...(env.endpoint ? { AWS_ENDPOINT_URL: 'http://env.test:1' } : {}),
          ...(env.region ? { AWS_REGION: 'eu-north-1' } : {}),
        });
        const asked = given.aws === true || given.region !== undefined || given.profile !== undefined;
        if (given.endpoint !== undefined)
          expect(target).toMatchObject({ kind: 'endpoint', endpoint: given.endpoint });
        else if (given.port !== undefined) {
          expect(target).toMatchObject({ kind: 'local', endpoint: 'http://127.0.0.1:5001', port: 5001 });
        } else if (asked) {
          expect(target.kind).toBe('aws');
          expect(target.endpoint).toBeUndefined();
          expect(target.profile).toBe(given.profile);
        } else if (env.endpoint)
          expect(target).toMatchObject({ kind: 'endpoint', endpoint: 'http://env.test:1' });
        else expect(target).toEqual(LOCAL_TARGET);
        if (given.region !== undefined) expect(target.region).toBe('us-west-2');
      }),
    );
  });

  test('the region: named, else of the environment, else for AWS left to the profile and elsewhere the default', () => {
    expect(resolveTarget({ aws: true }, {}).region).toBeUndefined();
    expect(resolveTarget({ aws: true }, { AWS_DEFAULT_REGION: 'eu-west-1' }).region).toBe('eu-west-1');
    expect(
      resolveTarget({ aws: true }, { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'eu-west-1' }).region,
    ).toBe('us-east-2');
    expect(resolveTarget({ region: 'us-west-2' }, { AWS_REGION: 'us-east-2' }).region).toBe('us-west-2');
    expect(resolveTarget({ endpoint: 'http://a.test' }, {}).region).toBe('us-east-1');
  });

  test.each(['127.0.0.1:4566', 'localhost:4566', 'ftp://127.0.0.1', 'not a url', '/tmp/socket'])(
    'an endpoint must be an http or https URL (%s)',
    (endpoint) => {
      expect(() => resolveTarget({ endpoint }, {})).toThrow(
        expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(`(given ${endpoint})`) }),
      );
      expect(() => resolveTarget({}, { AWS_ENDPOINT_URL: endpoint })).toThrow(/^AWS_ENDPOINT_URL must be/);
    },
  );

  test('in a shell that was opened towards AWS: AWS, without a flag', () => {
    const shell = { ...SIGNED_IN, WILDRYDES_SHELL: 'aws' };
    expect(resolveTarget({}, shell)).toEqual({ kind: 'aws', region: 'eu-west-1' });
    expect(resolveTarget({}, { WILDRYDES_SHELL: 'aws' })).toEqual({ kind: 'aws' });
    expect(resolveTarget({ port: 5001 }, shell)).toMatchObject({ kind: 'local', port: 5001 });
    const elsewhere = { ...shell, AWS_ENDPOINT_URL: 'http://kinesis.test:4567' };
    expect(resolveTarget({}, elsewhere)).toMatchObject({ kind: 'endpoint' });
  });

  test('slashes at the end of an endpoint do not matter', () => {
    expect(resolveTarget({ endpoint: 'http://a.test:1//' }, {}).endpoint).toBe('http://a.test:1');
  });
});

describe('what SDK clients are given', () => {
  test('at the local cloud: dummy credentials, whatever the environment holds', async () => {
    const before = { ...process.env };
    Object.assign(process.env, SIGNED_IN);
    try {
      const client = new KinesisClient(clientConfig(resolveTarget({}, SIGNED_IN)));
      expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'wildrydes' });
      expect(await client.config.region()).toBe('us-east-1');
      client.destroy();
    } finally {
      for (const name of Object.keys(SIGNED_IN)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  test('at AWS: what was named, and no endpoint that the environment names', async () => {
    const ignoreConfiguredEndpointUrls = true;
    expect(clientConfig(resolveTarget({ aws: true }, {}))).toEqual({ ignoreConfiguredEndpointUrls });
    expect(clientConfig(resolveTarget({ profile: 'workshop', region: 'us-west-2' }, {}))).toEqual({
      profile: 'workshop',
      region: 'us-west-2',
      ignoreConfiguredEndpointUrls,
    });
  });

  test.each([
    ['AWS_ENDPOINT_URL', true, 'kinesis.us-west-2.amazonaws.com'],
    ['AWS_ENDPOINT_URL_KINESIS', true, 'kinesis.us-west-2.amazonaws.com'],
    ['AWS_ENDPOINT_URL', false, 'elsewhere.test'],
  ])('--aws before %s, as the SDK has it (%s)', async (name, aws, hostname) => {
    vi.stubEnv(name, 'http://elsewhere.test');
    onTestFinished(() => void vi.unstubAllEnvs());
    const asked: string[] = [];
    const client = new KinesisClient({
      ...clientConfig(resolveTarget({ aws }, { ...process.env, AWS_REGION: 'us-west-2' })),
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: { hostname: string }) => {
          asked.push(request.hostname);
          throw new Error('asked');
        },
      },
    });
    await expect(client.send(new ListStreamsCommand())).rejects.toThrow('asked');
    expect(asked).toEqual([hostname]);
  });

  test('at another endpoint: its address, and credentials from where the SDK finds them', () => {
    expect(clientConfig(resolveTarget({ endpoint: 'http://a.test:1' }, {}))).toEqual({
      endpoint: 'http://a.test:1',
      region: 'us-east-1',
    });
  });
});

test('a target in words', () => {
  expect(describeTarget(atLocalPort(4566, undefined))).toBe('http://127.0.0.1:4566');
  expect(describeTarget({ kind: 'aws' })).toBe('AWS');
  expect(describeTarget({ kind: 'aws', region: 'us-west-2' })).toBe('AWS in us-west-2');
});
