import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { events, freePort, type Running, temporaryFolder, wildrydes } from '../kit.ts';
import { crashRun } from './crash-run.ts';
import { inOrder, recompute } from './recompute.ts';
import { openCloud, type StartedCloud, startCloud } from './started-cloud.ts';

// A fixed seed, and no two runs alike for all that: the machine's pace decides what a kill hits.
test('a cloud that is killed five times loses nothing and counts nothing twice, seed 1', async () => {
  await crashRun({ seed: '1', kills: 5, folder: temporaryFolder() });
  expect.hasAssertions();
}, 120_000);

const isReading = (line: string) => line.startsWith('{"event":"reading"');

function producer(port: number, ...args: string[]): Running {
  return wildrydes(['producer', '--port', String(port), '--output', 'json', ...args]);
}

/** What a stream of readings holds, without what is in it twice because an answer was lost. */
async function readingsIn(cloud: StartedCloud): Promise<Reading[]> {
  const texts = new Set((await cloud.records(STREAMS.readings)).map(({ data }) => data.toString()));
  return [...texts].map((text) => JSON.parse(text) as Reading);
}

test('a producer rides on when its cloud is killed and started again, and its books balance', async () => {
  const data = ['--data', temporaryFolder()];
  const port = await freePort();
  const before = await startCloud(data, port);
  onTestFinished(() => before.kill());
  const running = producer(port, '--fleet', '20', '--join');
  await running.line(isReading, 30);
  await before.kill();
  const cloud = await startCloud(data, port);
  onTestFinished(() => cloud.kill());
  const kept = (await cloud.records(STREAMS.readings)).length;
  await running.line(isReading, kept + 20);

  running.child.kill('SIGINT');
  const { status, stdout } = await running.finished;
  expect(status).toBe(0);
  const acknowledged = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);
  const [report] = events<Report>(stdout, 'report');
  expect(report).toMatchObject({ acknowledged: acknowledged.length, failed: 0, balanced: true });
  expect(inOrder(await readingsIn(cloud))).toEqual(inOrder(acknowledged));
}, 60_000);

test('a producer is killed together with the cloud in it: the next one goes on from there', async () => {
  const data = ['--data', temporaryFolder()];
  const port = await freePort();
  const first = producer(port, '--name', 'Rocinante', ...data);
  await first.line(isReading, 2);
  first.child.kill('SIGKILL');
  const { stdout } = await first.finished;
  const before = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);

  const second = producer(port, '--name', 'Bucephalus', ...data);
  await second.line(isReading, 2);
  second.child.kill('SIGINT');
  const { status, stdout: after } = await second.finished;
  expect(status).toBe(0);
  const [report] = events<Report>(after, 'report');
  expect(report).toMatchObject({ balanced: true });

  const cloud = openCloud(data, port);
  onTestFinished(() => cloud.kill());
  await cloud.ready();
  const readings = await readingsIn(cloud);
  expect(readings).toEqual(expect.arrayContaining(before));
  const newest = readings
    .map(({ StatusTime }) => StatusTime)
    .sort()
    .at(-1)!;
  const closing = { ...readings[0]!, Name: 'Closer', StatusTime: minuteAfter(newest) };
  await cloud.put(STREAMS.readings, [{ key: 'Closer', data: JSON.stringify(closing) }]);
  await cloud.settled();
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute(readings)));
}, 60_000);

/** A time that closes the minute of another. */
function minuteAfter(statusTime: string): string {
  const start = Date.parse(`${statusTime.slice(0, 16).replace(' ', 'T')}:00Z`);
  return new Date(start + 66_000).toISOString().replace('T', ' ').replace('Z', '');
}
