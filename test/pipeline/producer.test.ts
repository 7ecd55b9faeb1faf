import { describe, expect, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { events, wildrydes } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';

const run = async (args: string) => {
  const { status, stdout, stderr } = await wildrydes(['producer', ...args.split(' '), '--output', 'json'])
    .finished;
  const readings = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);
  const summaries = events<{ summary: Summary }>(stdout, 'summary').map(({ summary }) => summary);
  const [report] = events<Report & { event: string }>(stdout, 'report');
  if (report === undefined) throw new Error(`no report: status ${status}, ${stdout}${stderr}`);
  return { status, stdout, readings, summaries, report };
};

describe('a finite accelerated run', () => {
  test('its summaries, as the table gives them back, equal a recomputation from its readings', async () => {
    const { status, readings, summaries, report, stdout } = await run(
      '--name Rocinante --count 180 --speed 60 --seed 7',
    );
    expect(status).toBe(0);
    expect(readings).toHaveLength(180);
    expect(inOrder(summaries)).toEqual(inOrder(recompute(readings)));
    expect(report).toMatchObject({
      produced: 180,
      acknowledged: 180,
      delivered: 180,
      summarised: 180,
      open: 0,
      balanced: true,
    });
    expect(report.stored).toBe(summaries.length);
    expect(events(stdout, 'ready')).toMatchObject([{ embedded: true, stream: 'wildrydes', seed: '7' }]);
  });

  test('with every fault, the books balance and the summaries equal those of the readings that count', async () => {
    const { status, report, readings, summaries } = await run(
      '--fleet 5 --count 240 --speed 120 --seed 11 --fault late=0.02,duplicate=0.05,missing=0.02,shuffle=0.05,malformed=0.03,skew=0.01',
    );
    expect(status).toBe(0);
    expect(report.balanced).toBe(true);
    expect(report.produced).toBe(1200);
    expect(report.acknowledged).toBe(report.attempted);
    expect(report.quarantined).toBeGreaterThan(0);
    expect(report.duplicates).toBeGreaterThan(0);
    const merged = summaries.reduce((sum, summary) => sum + summary.Readings, 0);
    expect(merged).toBe(report.summarised);
    expect(readings.length).toBeGreaterThan(merged);
  });

  test('low magic fires once per episode and recovers once', async () => {
    const { status, stdout } = await run('--scenario low-magic --speed 60 --count 600 --seed 3');
    const alerts = events<{ state: string; magicPoints: number; episode: string }>(stdout, 'alert');
    expect(status).toBe(0);
    expect(alerts.length).toBeGreaterThanOrEqual(2);
    const readings = events<{ reading: Reading }>(stdout, 'reading').map(
      ({ reading }) => reading.MagicPoints,
    );
    let low = false;
    const expected: string[] = [];
    for (const points of readings) {
      if (!low && points < 50) expected.push('firing');
      if (low && points >= 55) expected.push('recovered');
      low = low ? points < 55 : points < 50;
    }
    expect(alerts.map(({ state }) => state)).toEqual(expected);
    expect(new Set(alerts.map(({ episode, state }) => episode + state)).size).toBe(alerts.length);
  });
});
