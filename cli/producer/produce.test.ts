import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { createControlClient } from '../../infra/local/control/client.ts';
import { type LocalOptions, startLocal } from '../../infra/pipeline.ts';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { events, freePort, temporaryFolder, wildrydes } from '../../test/kit.ts';
import type { Report } from './events.ts';

const isReading = (line: string) => line.startsWith('{"event":"reading"');

async function producer(...args: string[]) {
  const port = await freePort();
  const running = wildrydes(['producer', '--port', String(port), '--output', 'json', ...args]);
  return { port, running, control: createControlClient(`http://127.0.0.1:${port}`) };
}

const reportIn = (stdout: string) => events<Report & { event: string }>(stdout, 'report')[0];

async function recordsIn(control: ReturnType<typeof createControlClient>): Promise<number> {
  const status = await control.status().catch(() => undefined);
  return status?.streams.find(({ streamName }) => streamName === 'wildrydes')?.records ?? 0;
}

test('a run goes no faster than its output is read, and loses nothing of it', async () => {
  const { running, control } = await producer('--fleet', '100', '--count', '300', '--speed', 'max');
  running.child.stdout.pause();
  let records = -1;
  for (;;) {
    await setTimeout(500);
    const now = await recordsIn(control);
    if (now === records && now > 0) break;
    records = now;
  }
  // Of 30,000: what the pipe, the output's buffer and the writer's hold.
  expect(records).toBeLessThan(15_000);
  running.child.stdout.resume();
  const { status, stdout, stderr } = await running.finished;
  expect(status).toBe(0);
  expect(stderr).toContain('slowing down: whoever reads standard output is slower than the run');
  expect(stdout.split('\n').filter(isReading)).toHaveLength(30_000);
  expect(reportIn(stdout)).toMatchObject({ acknowledged: 30_000, balanced: true });
}, 60_000);

test('a reader that has gone away ends the run in good order', async () => {
  const { running } = await producer('--ephemeral');
  await running.line(isReading);
  running.child.stdout.destroy();
  expect(await running.finished).toMatchObject({ status: 0, stderr: '' });
});

test.runIf(process.platform === 'linux')(
  'output that cannot be written is told, and ends with 3',
  async () => {
    for (const args of [
      ['--to', 'stdout', '--speed', 'max'],
      ['--ephemeral', '--output', 'json'],
    ]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(
        process.execPath,
        [join(PROJECT_ROOT, 'dist/cli/main.js'), 'producer', '--count', '3', ...args],
        {
          stdio: ['ignore', full, 'pipe'],
        },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      let stderr = '';
      child.stderr?.on('data', (text) => (stderr += text));
      const status = await new Promise((resolve) => child.once('close', resolve));
      expect(stderr).toMatch(/^error cannot write to standard output: ENOSPC/);
      expect(status).toBe(3);
    }
  },
);

test('SIGTERM works as one Ctrl-C, and a Ctrl-C that npm passes on as well is one', async () => {
  const { running } = await producer('--ephemeral');
  await running.line(isReading);
  running.child.kill('SIGTERM');
  running.child.kill('SIGINT');
  const { status, stdout } = await running.finished;
  expect(status).toBe(0);
  expect(reportIn(stdout)).toMatchObject({ balanced: true, open: 0 });
});

test('`wildrydes stop` ends a producer whose cloud it is, as Ctrl-C does', async () => {
  const data = join(temporaryFolder(), 'state');
  const { port, running } = await producer('--data', data);
  await running.line(isReading);
  expect(await wildrydes(['stop', '--port', String(port)]).finished).toMatchObject({ status: 0, stderr: '' });
  const { status, stdout } = await running.finished;
  expect(status).toBe(0);
  expect(reportIn(stdout)?.balanced).toBe(true);
});

test('three producers at once on one port: one starts the cloud, the others join it', async () => {
  const port = await freePort();
  const data = join(temporaryFolder(), 'state');
  const running = ['A', 'B', 'C'].map((name) =>
    wildrydes(['producer', '--name', name, '--port', String(port), '--data', data, '--output', 'json']),
  );
  await Promise.all(running.map((one) => one.line(isReading)));
  const ready = await Promise.all(running.map((one) => one.line((line) => line.includes('"ready"'))));
  expect(ready.map((line) => JSON.parse(line).embedded).filter(Boolean)).toHaveLength(1);
  // Whoever has the cloud leaves last.
  const order = [...running].sort(
    (a, b) => Number(isHost(ready, running, a)) - Number(isHost(ready, running, b)),
  );
  for (const one of order) {
    one.child.kill('SIGINT');
    const { status, stdout } = await one.finished;
    expect(status).toBe(0);
    expect(reportIn(stdout)?.balanced).toBe(true);
  }
});

function isHost<T>(ready: readonly string[], running: readonly T[], one: T): boolean {
  return JSON.parse(ready[running.indexOf(one)] ?? '{}').embedded === true;
}

test('a run after one that was killed counts only its own, whatever the other left unread', async () => {
  const data = join(temporaryFolder(), 'state');
  const killed = await producer('--name', 'Rocinante', '--data', data);
  await killed.running.line(isReading, 3);
  killed.running.child.kill('SIGKILL');
  await killed.running.finished;
  const { running } = await producer('--name', 'Rocinante', '--data', data);
  await running.line(isReading, 2);
  running.child.kill('SIGINT');
  const { status, stdout } = await running.finished;
  expect(reportIn(stdout)).toMatchObject({ balanced: true });
  expect(reportIn(stdout)?.delivered).toBe(reportIn(stdout)?.acknowledged);
  expect(status).toBe(0);
});

test('a cloud that goes away under a run: told, and 3', async () => {
  const port = await freePort();
  const cloud = wildrydes(['start', '--ephemeral', '--port', String(port)]);
  await cloud.line((line) => line.includes('Ctrl-C'));
  const running = wildrydes(['producer', '--port', String(port), '--output', 'json', '--count', '2']);
  await running.line(isReading, 2);
  cloud.child.kill('SIGKILL');
  const { status, stdout, stderr } = await running.finished;
  expect(status).toBe(3);
  expect(stderr).toContain('the local cloud does not answer any more');
  expect(reportIn(stdout)).toMatchObject({ delivered: null });
});

/** A cloud in this process, and what a producer that is sent to it says. */
async function sentTo(options: Partial<LocalOptions>, streams: readonly string[], ...args: string[]) {
  const local = await startLocal({ port: 0, data: null, clock: systemClock, ...options });
  onTestFinished(() => local.close());
  const client = new KinesisClient(clientConfig(local.target));
  onTestFinished(() => client.destroy());
  for (const StreamName of streams) await client.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  const port = String(local.target.port);
  return wildrydes(['producer', '--port', port, '--count', '2', '--output', 'json', ...args]).finished;
}

test('nobody joins the cloud of an accelerated ride: its clock is its own', async () => {
  const { status, stderr } = await sentTo({ simulated: true }, []);
  expect(status).toBe(3);
  expect(stderr).toMatch(/the cloud on port \d+ is for one accelerated or dated ride/);
});

test('a cloud with another state folder than the one named is not joined', async () => {
  const [data, other] = [0, 1].map(() => join(temporaryFolder(), 'state')) as [string, string];
  const { status, stderr } = await sentTo({ data, pipeline: false }, [], '--data', other);
  expect(status).toBe(3);
  expect(stderr).toContain(`has its state in ${data}, not in ${other}`);
});

test.each<[string, Partial<LocalOptions>, string]>([
  ['in an empty cloud', { pipeline: false }, 'wildrydes'],
  ['beside those of the pipeline', {}, 'mine'],
])('a stream of one’s own %s: sent and acknowledged, and no more is claimed', async (_, options, stream) => {
  const { status, stdout } = await sentTo(options, [stream], '--stream', stream);
  expect(status).toBe(0);
  expect(reportIn(stdout)).toMatchObject({ acknowledged: 2, delivered: null, alerts: null, balanced: true });
});
