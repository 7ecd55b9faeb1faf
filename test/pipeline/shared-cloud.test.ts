import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import type { CloudStatus } from '../../infra/local/control/api.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime, parseStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { events, freePort, type Running, temporaryFolder, wildrydes } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';
import { eventually, type StartedCloud, startCloud } from './started-cloud.ts';

/** One cloud and several programs that use it, each a process of its own. */

const isReading = (line: string) => line.startsWith('{"event":"reading"');

async function cloudFor(...args: string[]): Promise<StartedCloud> {
  const cloud = await startCloud(args);
  onTestFinished(() => cloud.kill());
  return cloud;
}

function producer(port: number, ...args: string[]): Running {
  return wildrydes(['producer', '--port', String(port), '--output', 'json', ...args]);
}

async function outcome({ finished }: Running) {
  const { status, stdout, stderr } = await finished;
  const [report] = events<Report & { event: string }>(stdout, 'report');
  if (report === undefined) throw new Error(`no report, status ${status}: ${stdout}${stderr}`);
  return {
    status,
    report,
    readings: events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading),
    summaries: events<{ summary: Summary }>(stdout, 'summary').map(({ summary }) => summary),
  };
}

/** Puts a reading that comes after the minute of all those, late enough to close it. */
async function closeMinutesOf(cloud: StartedCloud, readings: readonly string[]): Promise<void> {
  const newest = Math.max(...readings.map((line) => parseStatusTime(JSON.parse(line).reading.StatusTime)!));
  const closing: Reading = {
    Name: 'Closer',
    StatusTime: formatStatusTime((Math.floor(newest / 60_000) + 1) * 60_000 + 6_000),
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 30,
    MagicPoints: 150,
    HealthPoints: 150,
  };
  await cloud.put(STREAMS.readings, [{ key: 'Closer', data: JSON.stringify(closing) }]);
}

test('two producers join one cloud: each reports its own, and everyone can look', async () => {
  const cloud = await cloudFor('--ephemeral');
  const port = ['--port', String(cloud.port)];
  const endless = producer(cloud.port, '--name', 'Bucephalus', '--join');
  await endless.line(isReading);
  const finite = producer(cloud.port, '--name', 'Rocinante', '--count', '3', '--join');
  const last = await finite.line(isReading, 3);

  const sent = await endless.line(isReading, 2);
  endless.child.kill('SIGINT');
  const interrupted = await outcome(endless);
  expect(interrupted.status).toBe(0);
  expect(interrupted.report).toMatchObject({
    produced: interrupted.readings.length,
    acknowledged: interrupted.readings.length,
    delivered: interrupted.readings.length,
    balanced: true,
  });
  // Nobody closes a minute because a producer leaves.
  expect(interrupted.report.open).toBeGreaterThan(0);

  await closeMinutesOf(cloud, [last, sent, JSON.stringify({ reading: interrupted.readings.at(-1) })]);
  const whole = await outcome(finite);
  expect(whole.status).toBe(0);
  expect(whole.report).toMatchObject({
    produced: 3,
    acknowledged: 3,
    delivered: 3,
    summarised: 3,
    open: 0,
    balanced: true,
    stored: whole.summaries.length,
  });
  expect(inOrder(whole.summaries)).toEqual(inOrder(recompute(whole.readings)));

  const status = await wildrydes(['status', ...port, '--json']).finished;
  expect(status).toMatchObject({ status: 0, stderr: '' });
  const { health, aggregation } = JSON.parse(status.stdout) as CloudStatus;
  expect(health).toMatchObject({ service: 'wildrydes', kept: false, pipeline: true });
  expect(aggregation?.tally.delivered).toBe(3 + interrupted.readings.length + 1);
  const forPeople = await wildrydes(['status', ...port]).finished;
  expect(forPeople).toMatchObject({ status: 0, stderr: '' });
  expect(forPeople.stdout).toContain('wildrydes-aggregated');

  await cloud.settled();
  for (const [name, readings] of [
    ['Rocinante', whole.readings],
    ['Bucephalus', interrupted.readings],
  ] as const) {
    const query = await wildrydes(['query', ...port, '--name', name, '--json']).finished;
    expect(query).toMatchObject({ status: 0, stderr: '' });
    const lines = query.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(recompute(readings));
  }
  const none = await wildrydes(['query', ...port, '--name', 'Nobody', '--json']).finished;
  expect(none).toMatchObject({ status: 0, stdout: '' });

  const behind = await producer(cloud.port, '--join', '--start', '2020-01-01 00:00:00', '--count', '1')
    .finished;
  expect(behind).toMatchObject({ status: 2, stdout: '' });
  expect(behind.stderr).toMatch(/2020-01-01 00:00:00\.000.*watermark/s);

  expect(await wildrydes(['stop', ...port]).finished).toMatchObject({ status: 0, stderr: '' });
  expect(await cloud.running.finished).toMatchObject({ status: 0 });
  for (const command of ['stop', 'status']) {
    const { status, stderr } = await wildrydes([command, ...port]).finished;
    expect(status).toBe(3);
    expect(stderr).toContain(`port ${cloud.port}`);
  }
}, 60_000);

describe('Ctrl-C', () => {
  test('a second one, when the first cannot be followed, leaves at once with 130', async () => {
    const cloud = await cloudFor('--ephemeral');
    const running = producer(cloud.port, '--name', 'Rocinante');
    await running.line(isReading);
    // A cloud that does not answer any more: what is on its way cannot be flushed.
    cloud.running.child.kill('SIGSTOP');
    let over = false;
    void running.finished.then(() => {
      over = true;
    });
    await eventually('the producer has left', async () => {
      if (!over) running.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { done: over, value: undefined };
    });
    expect(await running.finished).toMatchObject({ status: 130 });
  });

  test('during an accelerated ride, whose cloud is its own: all of it is stored', async () => {
    const running = producer(await freePort(), '--name', 'Rocinante', '--speed', '60');
    await running.line(isReading, 70);
    running.child.kill('SIGINT');
    const { status, report, readings, summaries } = await outcome(running);
    expect(status).toBe(0);
    expect(report).toMatchObject({ delivered: readings.length, summarised: readings.length, open: 0 });
    expect(inOrder(summaries)).toEqual(inOrder(recompute(readings)));
  });

  test('SIGTERM ends a cloud in good order, as Ctrl-C does', async () => {
    const cloud = await cloudFor('--ephemeral');
    cloud.running.child.kill('SIGTERM');
    expect(await cloud.running.finished).toMatchObject({ status: 0 });
  });
});

describe('what keeps a producer from starting', () => {
  test('--join, and nobody there: 3', async () => {
    const port = await freePort();
    const { status, stdout, stderr } = await producer(port, '--join', '--count', '1').finished;
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toContain('./wildrydes start');
  });

  test.each([
    ['speaks HTTP', () => createHttpServer((_, response) => response.writeHead(404).end())],
    ['hangs up', () => createServer((socket) => socket.destroy())],
    ['never answers', () => createServer(() => {})],
  ])('a port taken by a program that %s: 3', async (_, create) => {
    const port = await listening(create());
    const attempts = [
      producer(port, '--count', '1'),
      producer(port, '--count', '1', '--ephemeral'),
      wildrydes(['start', '--port', String(port), '--ephemeral']),
    ];
    for (const { finished } of attempts) {
      const { status, stdout, stderr } = await finished;
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toMatch(new RegExp(`port ${port} is taken`, 'i'));
    }
  });

  test('a state folder that cannot be: 3', async () => {
    const file = `${temporaryFolder()}/file`;
    writeFileSync(file, '');
    const data = ['--data', `${file}/state`];
    for (const command of ['start', 'producer']) {
      const port = String(await freePort());
      const { status, stdout, stderr } = await wildrydes([command, '--port', port, ...data]).finished;
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toContain(`${file}/state`);
      expect(stderr).not.toContain('    at ');
    }
  });

  test('a cloud without the stream: 3, with the command that creates it; with it, it just sends', async () => {
    const cloud = await cloudFor('--ephemeral', '--empty');
    const missing = await producer(cloud.port, '--count', '1').finished;
    expect(missing).toMatchObject({ status: 3, stdout: '' });
    expect(missing.stderr).toContain('aws kinesis create-stream --stream-name wildrydes --shard-count 1');

    await cloud.kinesis.send(new CreateStreamCommand({ StreamName: STREAMS.readings, ShardCount: 1 }));
    const { status, report } = await outcome(producer(cloud.port, '--count', '1'));
    expect(status).toBe(0);
    expect(report).toMatchObject({ produced: 1, acknowledged: 1, delivered: null, balanced: true });
    expect(await cloud.records(STREAMS.readings)).toHaveLength(1);
  });

  test('a second cloud on the port: 3, and the first goes on', async () => {
    const cloud = await cloudFor('--ephemeral');
    const second = await wildrydes(['start', '--port', String(cloud.port), '--ephemeral']).finished;
    expect(second.status).toBe(3);
    expect(second.stderr).toContain(`already runs on port ${cloud.port}`);
    expect(await cloud.control.health()).toMatchObject({ pid: cloud.running.child.pid });
  });
});

test('a cloud in the background keeps its state until reset', async () => {
  const folder = `${temporaryFolder()}/state`;
  const port = await freePort();
  const [at, data] = [
    ['--port', String(port)],
    ['--data', folder],
  ];
  const stop = () => wildrydes(['stop', ...at]).finished;
  onTestFinished(async () => void (await stop()));
  const started = await wildrydes(['start', ...at, ...data, '--detach']).finished;
  expect(started).toMatchObject({ status: 0, stderr: '' });
  expect(started.stdout).toContain(`http://127.0.0.1:${port}`);

  const running = producer(port, '--name', 'Rocinante', '--join');
  await running.line(isReading);
  running.child.kill('SIGINT');
  const { report } = await outcome(running);
  expect(report.balanced).toBe(true);

  const locked = await wildrydes(['reset', ...data]).finished;
  expect(locked.status).toBe(3);
  expect(await stop()).toMatchObject({ status: 0, stderr: '' });

  const again = await wildrydes(['start', ...at, ...data, '--detach']).finished;
  expect(again.status).toBe(0);
  const status = await wildrydes(['status', ...at, '--json']).finished;
  const { aggregation } = JSON.parse(status.stdout) as CloudStatus;
  expect(aggregation?.tally).toMatchObject({ delivered: report.delivered, open: report.open });
  expect(await stop()).toMatchObject({ status: 0 });

  expect(await wildrydes(['reset', ...data]).finished).toMatchObject({ status: 0, stderr: '' });
  const afresh = await wildrydes(['reset', ...data]).finished;
  expect(afresh.status).toBe(0);
  expect(afresh.stdout).toContain('nothing');
}, 60_000);

test('the spelling of older guides', async () => {
  const cloud = await cloudFor('--ephemeral');
  const running = wildrydes(['producer', '-name', 'Shadowfax', '-count', '1', '-port', String(cloud.port)]);
  const consumer = wildrydes(
    ['consumer', '-stream', 'wildrydes', '-port', String(cloud.port)].concat(
      ...[
        ['-from', 'start'],
        ['-count', '1'],
        ['-output', 'json'],
      ],
    ),
  );
  const { status, stdout } = await consumer.finished;
  expect(status).toBe(0);
  const { partitionKey, data } = JSON.parse(stdout) as { partitionKey: string; data: string };
  expect(partitionKey).toBe('Shadowfax');
  await closeMinutesOf(cloud, [JSON.stringify({ reading: JSON.parse(data) })]);
  expect(await running.finished).toMatchObject({ status: 0 });
});

function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
