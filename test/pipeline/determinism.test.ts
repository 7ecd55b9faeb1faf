import { describe, expect, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { events, wildrydes } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';

/** Same seed, start and names: the same readings, byte for byte, however a run is made. */

const RIDE = ['--seed', '7', '--start', '2026-03-29 00:59:30', '--count', '90'];
const NAMES = ['--name', 'Rocinante', '--name', '🦄', '--name', 'Bucephalus'];

/** Zones that are off by half an hour, change their clocks during this very ride, or are a day ahead. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia'];

async function readings(args: readonly string[], zone = 'UTC'): Promise<string> {
  const run = wildrydes(['producer', '--to', 'stdout', ...RIDE, ...args], { TZ: zone });
  const { status, stdout, stderr } = await run.finished;
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return stdout;
}

const linesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`{"Name":"${name}"`));

describe('--to stdout', () => {
  test('at any speed, under any TZ', async () => {
    const [first, ...others] = await Promise.all([
      readings([...NAMES, '--speed', 'max']),
      readings([...NAMES, '--speed', '600']),
      ...ZONES.map((zone, i) => readings([...NAMES, '--speed', i % 2 === 0 ? '900' : 'max'], zone)),
    ]);
    expect(first?.trimEnd().split('\n')).toHaveLength(90 * 3);
    expect(first).toContain('"StatusTime":"2026-03-29 01:00:59.000"');
    for (const other of others) expect(other).toBe(first);
  });

  test('whoever rides beside', async () => {
    const [together, alone, inAFleet, otherwise] = await Promise.all([
      readings([...NAMES, '--speed', 'max']),
      readings(['--name', 'Bucephalus', '--speed', '900']),
      readings(['--fleet', '20', '--name', 'Bucephalus', '--speed', 'max']),
      readings(['--name', 'Bucephalus', '--speed', 'max', '--seed', '8']),
    ]);
    expect(linesOf(alone, 'Bucephalus')).toHaveLength(90);
    expect(linesOf(together, 'Bucephalus')).toEqual(linesOf(alone, 'Bucephalus'));
    expect(linesOf(inAFleet, 'Bucephalus')).toEqual(linesOf(alone, 'Bucephalus'));
    expect(linesOf(together, 'Rocinante')).not.toEqual(linesOf(alone, 'Bucephalus'));
    expect(otherwise).not.toBe(alone);
  });
});

test('a stream gets the readings that standard output shows', async () => {
  const toStream = wildrydes(['producer', ...RIDE, ...NAMES, '--speed', 'max', '--output', 'json'], {
    TZ: 'Asia/Kathmandu',
  });
  const [shown, { status, stdout }] = await Promise.all([
    readings([...NAMES, '--speed', '900']),
    toStream.finished,
  ]);
  expect(status).toBe(0);
  const acknowledged = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);
  for (const name of ['Rocinante', '🦄', 'Bucephalus']) {
    expect(acknowledged.filter(({ Name }) => Name === name)).toEqual(
      linesOf(shown, name).map((line) => JSON.parse(line) as Reading),
    );
  }
});

test.each([
  ['the hour that is left out in Berlin', '2026-03-29 00:58:30'],
  ['the hour that comes twice in New York', '2026-11-01 05:58:30'],
])('through %s, the table holds the same minutes in any zone', async (_, start) => {
  const ride = ['--start', start, '--seed', '7', '--count', '180', '--speed', 'max', '--output', 'json'];
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia'];
  const runs = await Promise.all(
    zones.map((zone) => wildrydes(['producer', ...ride, ...NAMES], { TZ: zone }).finished),
  );
  for (const { status, stdout } of runs) {
    expect(status).toBe(0);
    const readings = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);
    const summaries = events<{ summary: Summary }>(stdout, 'summary').map(({ summary }) => summary);
    expect(readings).toHaveLength(180 * 3);
    expect(inOrder(summaries)).toEqual(inOrder(recompute(readings)));
    expect(events<Report>(stdout, 'report')).toMatchObject([{ summarised: 540, late: 0, balanced: true }]);
  }
  const minutes = runs.map(({ stdout }) =>
    inOrder(events<{ summary: Summary }>(stdout, 'summary').map(({ summary }) => summary)),
  );
  for (const other of minutes) expect(other).toEqual(minutes[0]);
});
