import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalCloud, startLocal } from '../../infra/pipeline.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { parse } from '../parser.ts';

/** The commands on the application of a local cloud, which the embedded engine runs. */

let cloud: LocalCloud;
let port: string;
let printed: string;
let told: string;

beforeAll(async () => {
  cloud = await startLocal({ port: 0, data: null, clock: systemClock });
  port = String(cloud.target.port);
});

afterAll(() => cloud.close());

beforeEach(() => {
  printed = '';
  told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

async function run(...args: readonly string[]): Promise<string> {
  printed = '';
  told = '';
  await parse(['aggregation', ...args, '--port', port], 100);
  return printed;
}

const object = async (...args: readonly string[]) => JSON.parse(await run(...args, '--json'));

describe('stop and start', () => {
  test('go through the states, and end with what the application is then', async () => {
    expect(await object('stop')).toMatchObject({ status: 'READY', snapshots: [{ status: 'READY' }] });
    expect(told).toMatch(/^wildrydes-aggregation: (STOPPING|READY)/);
    expect(told).toMatch(/READY(, after \d+ s)?\n$/);
    expect(await object('start')).toMatchObject({
      status: 'RUNNING',
      restore: { ApplicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT' },
      operations: [{ operation: 'StartApplication', status: 'SUCCESSFUL' }, {}, {}],
    });
    expect(told).toMatch(/RUNNING(, after \d+ s)?\n$/);
  });

  test('of what is there already are no failure', async () => {
    expect(await run('start')).toBe('application wildrydes-aggregation runs already\n');
    expect(await object('start')).toEqual({ name: 'wildrydes-aggregation', already: true });
  });

  test('without waiting', async () => {
    expect(await run('stop', '--wait', '0')).toContain('without being waited for');
    await vi.waitFor(async () => expect(await object('status')).toMatchObject({ status: 'READY' }));
    await run('start');
  });

  test('by force', async () => {
    expect(await object('stop', '--force')).toMatchObject({ status: 'READY' });
    await run('start');
  });

  test('from a snapshot that is not there', async () => {
    await run('stop');
    await expect(run('start', '--snapshot', 'nope')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await run('start');
  });

  test('without the state, only if that is said twice', async () => {
    await run('stop');
    await expect(run('start', '--fresh')).rejects.toMatchObject({
      code: 'USAGE',
      next: expect.stringContaining('--yes'),
    });
    // The pipeline's own would write again what it has written.
    await expect(run('start', '--fresh', '--yes')).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await run('start');
  });
});

describe('an update', () => {
  test('of a property leaves the others, and a rollback takes it back', async () => {
    const before = await object('status');
    const after = await object('update', '--property', 'Extra.some.key=a=b');
    expect(after.version).toBe(before.version + 1);
    expect(after.properties).toEqual({ ...before.properties, Extra: { 'some.key': 'a=b' } });
    expect(after.status).toBe('RUNNING');
    const back = await object('rollback');
    expect(back).toMatchObject({ status: 'RUNNING', properties: before.properties });
    expect(back.version).toBe(after.version + 1);
  });

  test('of streams that there cannot be tells why', async () => {
    await expect(run('update', '--property', 'OutputStream0.stream.name=wildrydes')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('another application'),
    });
  });

  test.each([
    [[], /must say what changes/],
    [['--property', 'no-dot=1'], /GROUP.KEY=VALUE \(given no-dot=1\)/],
    [['--parallelism', 'many'], /--parallelism/],
    [['--jar', 'missing.jar'], /goes with --bucket/],
    [['--jar', 'missing.jar', '--bucket', 'b'], /cannot read missing.jar/],
  ])('%j is refused', async (args, reason) => {
    await expect(run('update', ...args)).rejects.toThrow(reason);
  });
});

describe('snapshots', () => {
  test('are made, listed and deleted', async () => {
    expect(await object('snapshot', 'create', 'before-friday')).toMatchObject({
      name: 'before-friday',
      status: 'READY',
    });
    expect(await run('snapshot', 'list')).toMatch(/^before-friday, READY, of version \d+, .* UTC$/m);
    expect(await object('snapshot')).toMatchObject({ name: expect.stringMatching(/^snapshot-\d{14}$/) });
    expect(await run('snapshot', 'delete', 'before-friday')).toContain('is being deleted');
    await vi.waitFor(async () => expect(await run('snapshot', 'list')).not.toContain('before-friday'));
    await expect(run('snapshot', 'delete', 'before-friday')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run('snapshot', 'paint')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('are of an application that runs', async () => {
    await run('stop');
    await expect(run('snapshot')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('is READY'),
      next: expect.stringContaining('aggregation start'),
    });
    await run('start');
  });
});

test('status is for a person too', async () => {
  const lines = (await run('status')).split('\n');
  expect(lines[0]).toMatch(/^Application {2}wildrydes-aggregation, RUNNING, version \d+$/);
  expect(lines).toContainEqual(expect.stringMatching(/^Properties {3}InputStream0: stream.name=wildrydes$/));
  expect(lines).toContainEqual(expect.stringMatching(/StartApplication SUCCESSFUL, .* UTC, took [\d.]+ s$/));
});

test('another application, which is not there', async () => {
  await expect(run('status', '--application', 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a log that nobody writes: how to have one', async () => {
  await expect(run('logs')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    next: expect.stringContaining('add-application-cloud-watch-logging-option'),
  });
});

test('no cloud: how to start one', async () => {
  await expect(parse(['aggregation', 'status', '--port', '1'], 100)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    next: expect.stringContaining('./wildrydes start'),
  });
});
