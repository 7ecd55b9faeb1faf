import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateApplicationCommand, KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createControlClient } from '../../infra/local/control/client.ts';
import { type LocalCloud, startLocal } from '../../infra/pipeline.ts';
import { clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { parse } from '../parser.ts';

/** The commands on the application of a local cloud, which the embedded engine runs. */

interface Clients extends AsyncDisposable {
  readonly analytics: KinesisAnalyticsV2Client;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
}

function clients(): Clients {
  const config = clientConfig(cloud.target);
  const analytics = new KinesisAnalyticsV2Client(config);
  const logs = new CloudWatchLogsClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const all = [analytics, logs, s3];
  return {
    analytics,
    logs,
    s3,
    async [Symbol.asyncDispose]() {
      for (const each of all) each.destroy();
    },
  };
}

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

  test('that is only looked at changes nothing', async () => {
    const before = await object('status');
    const asked = ['--property', 'InputStream0.stream.name=wildrydes', '--property', 'Extra.key=1'] as const;
    expect(await run('update', ...asked, '--dry-run')).toBe('Extra.key: none -> 1\n');
    expect(await object('update', '--property', 'InputStream0.stream.name=wildrydes', '--dry-run')).toEqual({
      name: 'wildrydes-aggregation',
      dryRun: true,
      differences: [],
    });
    expect(await object('status')).toEqual(before);
  });

  test('of the code is uploaded', async () => {
    await using client = clients();
    await client.s3.send(new CreateBucketCommand({ Bucket: 'code' }));
    const jar = join(await mkdtemp(join(tmpdir(), 'jar-')), 'job.jar');
    await writeFile(jar, 'a Jar');
    const asked = ['update', '--jar', jar, '--bucket', 'code', '--parallelism', '2'] as const;
    expect((await object(...asked, '--dry-run')).differences).toMatchObject([
      { what: 'code', after: 's3://code/job.jar' },
      { what: 'parallelism', after: '2' },
    ]);
    await expect(client.s3.send(new HeadObjectCommand({ Bucket: 'code', Key: 'job.jar' }))).rejects.toThrow();
    const { code, parallelism, status } = await object(...asked);
    const head = await client.s3.send(new HeadObjectCommand({ Bucket: 'code', Key: 'job.jar' }));
    expect(head.ContentLength).toBe(5);
    expect({ parallelism, status }).toEqual({ parallelism: 2, status: 'RUNNING' });
    expect(code.S3ApplicationCodeLocationDescription).toEqual({
      BucketARN: 'arn:aws:s3:::code',
      FileKey: 'job.jar',
    });
    await rm(dirname(jar), { recursive: true });
  });

  test('of code for a bucket that is not there tells how to make it', async () => {
    await expect(run('update', '--jar', 'package.json', '--bucket', 'nowhere')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      next: expect.stringContaining('s3 mb s3://nowhere'),
    });
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

test('status tells why something failed', async () => {
  await using client = clients();
  await client.analytics.send(
    new CreateApplicationCommand({
      ApplicationName: 'lost',
      RuntimeEnvironment: 'FLINK-2_2',
      ServiceExecutionRole: 'arn:aws:iam::000000000000:role/r',
      ApplicationConfiguration: {
        ApplicationCodeConfiguration: {
          CodeContentType: 'ZIPFILE',
          CodeContent: { ZipFileContent: Buffer.from('a Jar') },
        },
        EnvironmentProperties: {
          PropertyGroups: [
            { PropertyGroupId: 'InputStream0', PropertyMap: { 'stream.name': 'nowhere' } },
            { PropertyGroupId: 'OutputStream0', PropertyMap: { 'stream.name': 'nowhere-else' } },
          ],
        },
      },
    }),
  );
  await expect(run('start', '--application', 'lost')).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringMatching(/StartApplication failed.*nowhere/s),
  });
  const { operations } = await object('status', '--application', 'lost');
  expect(operations).toMatchObject([
    { operation: 'StartApplication', status: 'FAILED', reason: expect.stringContaining('nowhere') },
  ]);
  const failed = (await run('status', '--application', 'lost'))
    .split('\n')
    .find((line) => line.includes('FAILED'));
  expect(failed).toContain('nowhere');
});

test.each([
  ['stop', 'StopApplication', 'READY'],
  ['start', 'StartApplication', 'RUNNING'],
])('%s, with the answer lost on its way', async (command, operation, status) => {
  const control = createControlClient(`http://127.0.0.1:${port}`);
  await control.addFault({ kind: 'lose-answer', target: operation, count: 1 });
  expect(await object(command)).toMatchObject({ status });
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

describe('logs', () => {
  const APPLICATION = ['--application', 'logging'];

  async function logged(client: Clients, ...messages: readonly string[]): Promise<void> {
    await client.logs.send(
      new PutLogEventsCommand({
        logGroupName: '/flink',
        logStreamName: 'job',
        logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
      }),
    );
  }

  beforeAll(async () => {
    await using client = clients();
    await client.logs.send(new CreateLogGroupCommand({ logGroupName: '/flink' }));
    await client.logs.send(new CreateLogStreamCommand({ logGroupName: '/flink', logStreamName: 'job' }));
    await client.analytics.send(
      new CreateApplicationCommand({
        ApplicationName: 'logging',
        RuntimeEnvironment: 'FLINK-2_2',
        ServiceExecutionRole: 'arn:aws:iam::000000000000:role/r',
        CloudWatchLoggingOptions: [
          { LogStreamARN: 'arn:aws:logs:us-east-1:000000000000:log-group:/flink:log-stream:job' },
        ],
      }),
    );
    await logged(client, 'one', 'two\u001b[31m', 'three');
  });

  test('for a person, without what would act on a terminal', async () => {
    const lines = (await run('logs', ...APPLICATION)).trimEnd().split('\n');
    expect(lines.map((line) => line.slice(24))).toEqual([
      'one',
      expect.stringMatching(/^two.*31m$/),
      'three',
    ]);
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('the latest, for a machine', async () => {
    expect(await object('logs', ...APPLICATION, '--limit', '1')).toMatchObject({ message: 'three' });
  });

  test('followed until Ctrl-C', async () => {
    await using client = clients();
    const following = run('logs', ...APPLICATION, '--follow');
    await vi.waitFor(() => expect(printed).toContain('three'));
    await logged(client, 'four');
    await vi.waitFor(() => expect(printed).toContain('four'), { timeout: 10_000 });
    process.emit('SIGINT');
    expect((await following).match(/three|four/g)).toEqual(['three', 'four']);
  });
});

test('no cloud: how to start one', async () => {
  await expect(parse(['aggregation', 'status', '--port', '1'], 100)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    next: expect.stringContaining('./wildrydes start'),
  });
});
