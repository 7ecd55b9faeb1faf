import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Plan, type ProducerFlags, planRun, type Surroundings } from './plan.ts';

const NOW = Date.UTC(2026, 10, 21, 6, 30);

function plan(flags: ProducerFlags = {}, surroundings: Partial<Surroundings> = {}): Plan {
  return planRun(flags, { env: {}, now: NOW, randomSeed: () => '42', terminal: false, ...surroundings });
}

const DATED = { start: '2026-05-01 09:00:00' };
const IN_SHELL = { WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4801' };
const SIGNED_IN = { AWS_ACCESS_KEY_ID: 'k', AWS_PROFILE: 'p', AWS_REGION: 'eu-west-1' };

/** Where a run goes, in short. */
function where({ cloud }: Plan): string {
  switch (cloud.use) {
    case 'local':
      return `local ${cloud.port}${cloud.mustRun ? ', must run' : ''}`;
    case 'throwaway':
      return `throwaway ${cloud.port}`;
    case 'remote':
      return [cloud.target.kind, cloud.target.endpoint, cloud.target.region, cloud.target.profile]
        .filter(Boolean)
        .join(' ');
  }
}

describe('where a run goes', () => {
  test.each<[ProducerFlags, Record<string, string>, string]>([
    [{}, {}, 'local 4566'],
    [{}, SIGNED_IN, 'local 4566'],
    [{ port: 4801 }, {}, 'local 4801'],
    [{ port: 4801 }, IN_SHELL, 'local 4801'],
    [{ data: '/state' }, {}, 'local 4566'],
    [{ join: true }, {}, 'local 4566, must run'],
    [{ join: true, port: 4801 }, {}, 'local 4801, must run'],
    [{ join: true, speed: '60' }, {}, 'local 4566, must run'],
    [{ join: true, ...DATED }, {}, 'local 4566, must run'],
    [{ ephemeral: true }, {}, 'throwaway 0'],
    [{ ephemeral: true, port: 4801 }, {}, 'throwaway 4801'],
    [{ speed: '60' }, {}, 'throwaway 0'],
    [{ speed: 'max', port: 4801 }, {}, 'throwaway 4801'],
    [{ speed: '1' }, {}, 'local 4566'],
    [DATED, {}, 'throwaway 0'],
    [{ start: 'now' }, {}, 'local 4566'],
    [{ ...DATED, ephemeral: true, speed: '2' }, {}, 'throwaway 0'],
    [{ aws: true }, {}, 'aws'],
    [{ aws: true }, SIGNED_IN, 'aws eu-west-1'],
    [{ region: 'us-west-2' }, {}, 'aws us-west-2'],
    [{ profile: 'workshop' }, {}, 'aws workshop'],
    [{ region: 'us-west-2', speed: '60' }, {}, 'aws us-west-2'],
    [{ region: 'us-west-2', port: 4801 }, {}, 'local 4801'],
    [{ region: 'us-west-2' }, IN_SHELL, 'endpoint http://127.0.0.1:4801 us-west-2'],
    [{ aws: true }, IN_SHELL, 'aws'],
    [{ endpoint: 'http://a.test:1' }, SIGNED_IN, 'endpoint http://a.test:1 eu-west-1'],
    [{ endpoint: 'http://a.test:1', port: 4801, aws: true }, {}, 'endpoint http://a.test:1 us-east-1'],
    [{ endpoint: 'http://a.test:1', speed: '60' }, {}, 'endpoint http://a.test:1 us-east-1'],
    [{}, { AWS_ENDPOINT_URL: 'http://env.test:1' }, 'endpoint http://env.test:1 us-east-1'],
    [{}, IN_SHELL, 'endpoint http://127.0.0.1:4801 us-east-1'],
    [{ speed: '60' }, IN_SHELL, 'throwaway 0'],
    [{ join: true, speed: '60' }, IN_SHELL, 'endpoint http://127.0.0.1:4801 us-east-1'],
    [{ ephemeral: true }, IN_SHELL, 'throwaway 0'],
  ])('%j in %j: %s', (flags, env, expected) => {
    expect(where(plan(flags, { env }))).toBe(expected);
  });

  test('sends to the stream of whoever shares an account', () => {
    const env = { ...IN_SHELL, PREFIX: 'alice-' };
    expect(plan({}, { env }).to).toEqual({ kind: 'kinesis', stream: 'alice-wildrydes' });
    expect(plan({ stream: 'mine' }, { env }).to).toEqual({ kind: 'kinesis', stream: 'mine' });
    expect(plan({}, { env: { PREFIX: 'alice-' } }).to).toEqual({ kind: 'kinesis', stream: 'wildrydes' });
    const alice = plan({ prefix: 'alice', region: 'us-west-2' });
    expect(alice.to).toEqual({ kind: 'kinesis', stream: 'alice-wildrydes' });
    expect(where(alice)).toBe('aws us-west-2');
    expect(plan({ prefix: 'carol' }, { env }).to).toEqual({ kind: 'kinesis', stream: 'carol-wildrydes' });
    // A cloud of the ride's own has the kit's own names, whatever the shell is for.
    expect(plan({ speed: '60' }, { env }).to).toEqual({ kind: 'kinesis', stream: 'wildrydes' });
  });

  test.each<[ProducerFlags, Record<string, string>, number, string]>([
    [{}, {}, 4566, 'local 4566, must run'],
    [{}, IN_SHELL, 4801, 'endpoint http://127.0.0.1:4801 us-east-1'],
    [{}, {}, 4801, 'local 4566'],
    [{ ephemeral: true, speed: '60' }, {}, 4566, 'throwaway 0'],
    [{ port: 4900, speed: '60' }, {}, 4566, 'throwaway 4900'],
    [{ to: 'stdout', speed: '60' }, {}, 4566, 'throwaway 0'],
  ])('%j in %j, while a workshop is on at port %j: %s', (flags, env, workshop, expected) => {
    expect(where(plan(flags, { env, workshop }))).toBe(expected);
  });

  test.each([{}, IN_SHELL])('does not put an accelerated ride into a workshop, in %j', (env) => {
    for (const flags of [{ speed: '60' }, DATED]) {
      expect(() => plan(flags, { env, workshop: env === IN_SHELL ? 4801 : 4566 })).toThrow('time is real');
    }
  });

  test.each<[ProducerFlags, Record<string, string>, RegExp]>([
    [{ join: true, ephemeral: true }, {}, /--join .*leave out --ephemeral/],
    [{ join: true, aws: true }, {}, /--join .*leave out .*--aws/],
    [{ join: true, region: 'us-west-2' }, {}, /--join .*leave out .*--region/],
    [{ join: true, endpoint: 'http://a.test' }, {}, /--join .*leave out --endpoint/],
    [{ join: true, data: '/state' }, {}, /--join .*leave out --data/],
    [{ ephemeral: true, aws: true }, {}, /--ephemeral .*leave out .*--aws/],
    [{ ephemeral: true, endpoint: 'http://a.test' }, {}, /--ephemeral .*leave out --endpoint/],
    [{ ephemeral: true, data: '/state' }, {}, /--ephemeral .*leave out --data/],
    [{ data: '/state', aws: true }, {}, /--data .*leave out .*--aws/],
    [{ data: '/state', speed: '60' }, {}, /accelerated or dated .*leave out --data/],
    [{ data: '/state', ...DATED }, {}, /accelerated or dated .*leave out --data/],
    [{ data: '/state' }, IN_SHELL, /--data .*leave out AWS_ENDPOINT_URL/],
  ])('%j in %j contradicts itself', (flags, env, message) => {
    expect(() => plan(flags, { env })).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => plan(flags, { env })).toThrow(message);
  });

  test('no combination without --endpoint, --aws, --region, --profile or AWS_ENDPOINT_URL leaves the machine', () => {
    const flags = fc.record(
      {
        port: fc.constant(4801),
        join: fc.boolean(),
        ephemeral: fc.boolean(),
        data: fc.constant('/state'),
        speed: fc.constantFrom('1', '60', 'max'),
        start: fc.constantFrom('now', DATED.start),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(flags, (given) => {
        let planned: Plan;
        try {
          planned = plan(given, { env: SIGNED_IN });
        } catch (error) {
          expect(error).toMatchObject({ code: 'USAGE' });
          return;
        }
        expect(planned.cloud.use).not.toBe('remote');
      }),
    );
  });
});

describe('when a run begins', () => {
  const hour = 3_600_000;
  test.each<[string, ProducerFlags, number]>([
    ['in real time: now', { count: '60' }, NOW],
    ['accelerated and finite: so that it ends now', { speed: '60', count: '3600' }, NOW - hour],
    ['the same by its length', { speed: '60', duration: '1h' }, NOW - hour],
    ['by whichever is shorter', { speed: '60', duration: '2h', count: '3600' }, NOW - hour],
    ['accelerated without end: now', { speed: '60' }, NOW],
    ['dated: as told', { ...DATED, count: '5' }, Date.UTC(2026, 4, 1, 9)],
    ['dated with an offset', { start: '2026-05-01T09:00:00+02:00' }, Date.UTC(2026, 4, 1, 7)],
  ])('%s', (_, flags, start) => {
    expect(plan(flags).start).toBe(start);
  });

  test('its clock is its own when it is accelerated or dated', () => {
    expect(plan().simulated).toBe(false);
    expect(plan({ speed: '1.0' }).simulated).toBe(false);
    expect(plan({ speed: '0.5' }).simulated).toBe(true);
    expect(plan(DATED).simulated).toBe(true);
  });
});

describe('the rest of a plan', () => {
  test('what holds when nothing is said', () => {
    expect(plan()).toMatchObject({
      names: ['Shadowfax'],
      scenario: 'classic',
      seed: '42',
      faults: undefined,
      count: undefined,
      duration: undefined,
      speed: 1,
      to: { kind: 'kinesis', stream: 'wildrydes' },
      output: 'plain',
    });
    expect(plan({}, { terminal: true }).output).toBe('pretty');
    expect(plan({ output: 'json' }, { terminal: true }).output).toBe('json');
  });

  test('names: as given, once each, and a fleet beside them', () => {
    expect(plan({ name: ['007', '🦄', '007'] }).names).toEqual(['007', '🦄']);
    const { names } = plan({ name: ['007'], fleet: '50' });
    expect(names[0]).toBe('007');
    expect(new Set(names).size).toBe(51);
  });

  test('where readings go instead of a stream', () => {
    expect(plan({ to: 'stdout' }).to).toEqual({ kind: 'stdout' });
    expect(plan({ to: '-' }).to).toEqual({ kind: 'stdout' });
    expect(plan({ to: './readings' }).to).toEqual({ kind: 'file', path: './readings' });
    expect(plan({ stream: 'mine' }).to).toEqual({ kind: 'kinesis', stream: 'mine' });
  });

  test('a length is in whole seconds, as readings are', () => {
    expect(plan({ duration: '1500ms' }).duration).toBe(2_000);
    expect(plan({ duration: '90' }).duration).toBe(90_000);
  });

  test.each<[ProducerFlags, RegExp]>([
    [{ name: [''] }, /--name .*given nothing/],
    [{ name: ['a\u0007'] }, /--name .*given a\\u0007/],
    [{ name: ['x'.repeat(257)] }, /--name .*256/],
    [{ fleet: '0' }, /--fleet .*from 1 to 1000000 \(given 0\)/],
    [{ fleet: '2.5' }, /--fleet .*\(given 2\.5\)/],
    [{ count: '-1' }, /--count .*\(given -1\)/],
    [{ count: '' }, /--count .*\(given nothing\)/],
    [{ count: '1e3' }, /--count .*\(given 1e3\)/],
    [{ duration: '5 minutes' }, /--duration .*90s, 5m or 1h \(given 5 minutes\)/],
    [{ duration: '0s' }, /--duration .*\(given 0s\)/],
    [{ speed: 'fast' }, /--speed .*0\.01 to 100000, or max \(given fast\)/],
    [{ speed: '0' }, /--speed/],
    [{ speed: '-2' }, /--speed/],
    [{ speed: 'NaN' }, /--speed/],
    [{ start: '2026-02-30 00:00:00' }, /--start .*\(given 2026-02-30 00:00:00\)/],
    [{ start: '9999-12-31 23:59:59', count: '2' }, /years 0001 to 9999/],
    [{ speed: '60', duration: '99999999d' }, /years 0001 to 9999/],
    [{ scenario: 'boring' }, /--scenario must be one of classic, low-magic.* \(given boring\)/],
    [{ fault: 'late=2' }, /--fault/],
    [{ to: '' }, /--to must be/],
    [{ prefix: 'Alice' }, /prefix must be .*\(given Alice\)/],
    [{ prefix: 'alice', stream: 'rides' }, /--stream is a whole name.*given rides and alice/],
    [{ prefix: 'alice', speed: '60' }, /shared with nobody: leave out --prefix/],
    [{ stream: 'a/b' }, /--stream must be .*\(given a\/b\)/],
    [{ endpoint: 'localhost:4566' }, /--endpoint must be/],
  ])('%j is a usage error', (flags, message) => {
    expect(() => plan(flags)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => plan(flags)).toThrow(message);
  });
});
