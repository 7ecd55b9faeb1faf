import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import { events, peakOf, wildrydes } from '../kit.ts';
import { eventually, startCloud } from './started-cloud.ts';

/** Records a second that a shard takes. */
const LIMIT = 1_000;
/** Megabytes that the producer's JavaScript heap may have: it starts with less than half of it. */
const HEAP = 64;

test('a fleet that could send hundreds of times as much as its shard takes is slowed down, in bounded memory, and loses nothing', async () => {
  const cloud = await startCloud(['--ephemeral', '--enforce-limits']);
  onTestFinished(() => cloud.kill());
  const producer = wildrydes(
    `producer --join --port ${cloud.port} --fleet 500 --speed max --seed 7 --output json`
      .split(' ')
      .concat('--start', '2026-05-01 09:00:00'),
    { NODE_OPTIONS: `--max-old-space-size=${HEAP}` },
  );
  onTestFinished(() => void producer.child.kill('SIGKILL'));
  const began = performance.now();
  const delivered = async () => (await cloud.control.status()).aggregation?.tally.delivered ?? 0;
  const taken = await eventually('the shard has taken three seconds of its limit', async () => {
    const value = await delivered();
    return { done: value >= 3 * LIMIT, value };
  });
  const seconds = (performance.now() - began) / 1_000;
  // One second's worth may be taken at once, so the first comes for nothing.
  expect(taken).toBeLessThanOrEqual((seconds + 1) * LIMIT);
  expect(peakOf(producer.child.pid!) ?? 0).toBeLessThan(200e6);

  producer.child.kill('SIGINT');
  await cloud.control.enforceLimits(false);
  const { status, stdout, stderr } = await producer.finished;
  const [report] = events<Report & { event: string }>(stdout, 'report');
  const sent = report?.produced ?? 0;
  // Without a bound, a million a few seconds later.
  expect(sent).toBeLessThan(taken + 20 * LIMIT);
  expect(report).toMatchObject({
    acknowledged: sent,
    delivered: sent,
    failed: 0,
    uncertain: 0,
    balanced: true,
  });
  expect(events(stdout, 'reading')).toHaveLength(sent);
  // Told, but not at every record that waits.
  expect(stderr).toContain('slowing down');
  expect(stderr.split('\n').length).toBeLessThan(10);
  expect(status).toBe(0);
}, 60_000);
