import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../telemetry/alert.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { widthOf } from '../terminal.ts';
import { type FrameState, frame } from './frame.ts';

const NOW = Date.UTC(2026, 10, 21, 6, 30, 42);
const plain = new Chalk({ level: 0 });

function reading(Name: string, MagicPoints = 150): Reading {
  return {
    Name,
    StatusTime: '2026-11-21 06:30:42.000',
    Latitude: 40.749167,
    Longitude: -73.985184,
    Distance: 29.5,
    MagicPoints,
    HealthPoints: 151,
  };
}

function summary(Name: string): Summary {
  return {
    Name,
    StatusTime: '2026-11-21 06:29:00.000',
    Distance: 1800.25,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 145,
    MaxHealthPoints: 155,
    Readings: 60,
  };
}

function alert(name: string, state: 'firing' | 'recovered'): Alert {
  const statusTime = '2026-11-21 06:30:42.000';
  return {
    name,
    state,
    vital: 'magic',
    value: state === 'firing' ? 49 : 55,
    magicPoints: state === 'firing' ? 49 : 55,
    episode: `${name}@${statusTime}`,
    since: statusTime,
    statusTime,
    latitude: 40.7,
    longitude: -73.9,
  };
}

const READY = {
  endpoint: 'http://127.0.0.1:4801',
  embedded: true,
  stream: 'wildrydes',
  seed: '7',
  data: '/home/someone/wildrydes/.wildrydes',
};

function state(over: Partial<FrameState> = {}): FrameState {
  return {
    ready: READY,
    vitals: [reading('Rocinante')],
    unicorns: 1,
    acknowledged: 12,
    rate: undefined,
    summaries: [],
    alerts: [],
    notices: [],
    waiting: undefined,
    commands: [
      './wildrydes query --name Rocinante --port 4801',
      './wildrydes status --port 4801',
      './wildrydes shell --port 4801',
    ],
    stopping: false,
    over: false,
    ...over,
  };
}

const at = (columns: number, rows: number) => ({ columns, rows });

describe('a frame', () => {
  test('80x24: vitals, the open window, what is to come, where to look further', () => {
    expect(frame(state(), at(80, 24), NOW, plain)).toEqual([
      ' Wild Rydes  wildrydes at http://127.0.0.1:4801',
      '             started here, state in /home/someone/wildrydes/.wildrydes   seed 7',
      '',
      ' Unicorn                   Magic Health     m/s    Latitude   Longitude',
      ' Rocinante                   150    151   29.50    40.74917   -73.98518',
      '',
      ' In the table             minute readings    metres     magic    health',
      ' the first minute is still open',
      '',
      ' 12 readings acknowledged   minute 06:30 ends in 18 s',
      ' look further: ./wildrydes query --name Rocinante --port 4801',
      ' Ctrl-C stops',
    ]);
  });

  test('40x10: fewer columns, no air', () => {
    const lines = frame(
      state({ summaries: [summary('Rocinante')], alerts: [alert('Rocinante', 'firing')] }),
      at(40, 10),
      NOW,
      plain,
    );
    expect(lines).toEqual([
      ' Wild Rydes  wildrydes at http://127.0.…',
      ' Unicorn            Magic Health     m/s',
      ' Rocinante            150    151   29.50',
      ' In the table  minute readings    metres',
      ' Rocinante     06:29        60    1800.3',
      ' Rocinante is low on magic: 49 points a…',
      ' 12 acknowledged   06:30 ends in 18 s',
      ' Ctrl-C stops',
    ]);
  });

  test('a fleet larger than the screen: the first of them, and how many more', () => {
    const vitals = Array.from({ length: 100 }, (_, i) => reading(`Unicorn-${i}`));
    const summaries = Array.from({ length: 100 }, (_, i) => summary(`Unicorn-${i}`));
    const lines = frame(
      state({ vitals, summaries, unicorns: 100_000, acknowledged: 1_234_567, rate: 38_000 }),
      at(80, 24),
      NOW,
      plain,
    );
    expect(lines).toHaveLength(24);
    const shown = lines.filter((line) => /^ Unicorn-\d+ .*40\.74917/.test(line)).length;
    expect(shown).toBeGreaterThanOrEqual(5);
    expect(lines).toContain(` and ${(100_000 - shown).toLocaleString('en-US')} more`);
    expect(lines.filter((line) => line.includes('06:29')).length).toBeGreaterThanOrEqual(4);
    // Of the summaries, the last.
    expect(lines.some((line) => line.startsWith(' Unicorn-99 '))).toBe(true);
    expect(lines).toContain(' 1,234,567 readings acknowledged (38,000/s)   minute 06:30 ends in 18 s');
  });

  test('five unicorns all show, and so do the summaries of a few minutes', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const lines = frame(
      state({ vitals: names.map((name) => reading(name)), unicorns: 5, summaries: names.map(summary) }),
      at(80, 24),
      NOW,
      plain,
    );
    for (const name of names) expect(lines.filter((line) => line.startsWith(` ${name} `))).toHaveLength(2);
    expect(lines.join('\n')).not.toContain('more');
  });

  test('wide names keep the columns in line', () => {
    const lines = frame(
      state({ vitals: [reading('Rocinante'), reading('🦄 飛馬'), reading('飛'.repeat(40))], unicorns: 3 }),
      at(80, 24),
      NOW,
      plain,
    );
    const rows = lines.filter((line) => line.endsWith('-73.98518'));
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map(widthOf)).size).toBe(1);
  });

  test('low magic, alerts and notices in their colours, and as text without any', () => {
    const low = state({
      vitals: [reading('Rocinante', 49)],
      alerts: [alert('Rocinante', 'firing'), alert('Bucephalus', 'recovered')],
      notices: ['slowing \u001b[2Jdown'],
    });
    const coloured = frame(low, at(80, 24), NOW, new Chalk({ level: 1 })).join('\n');
    expect(coloured).toContain('\u001b[31m    49\u001b[39m');
    expect(coloured).toContain('\u001b[31m Rocinante is low on magic');
    expect(coloured).toContain('\u001b[32m Bucephalus has recovered');
    expect(coloured).toContain('\u001b[33m slowing \\u001b[2Jdown');
    expect(frame(low, at(80, 24), NOW, plain).join('\n')).not.toContain('\u001b');
  });

  test('commands are shown whole or not at all', () => {
    const help = (columns: number) =>
      frame(state(), at(columns, 24), NOW, plain).find((line) => line.startsWith(' look further'));
    expect(help(60)).toBeUndefined();
    expect(help(61)).toBe(' look further: ./wildrydes query --name Rocinante --port 4801');
    expect(help(200)).toMatch(/status --port 4801 {3}\.\/wildrydes shell --port 4801$/);
  });

  test('what a run waits for, with a countdown', () => {
    const waiting = { what: 'for the last window to close (Ctrl-C leaves it open)', remaining: 65_000 };
    const progress = (columns: number) =>
      frame(state({ waiting }), at(columns, 24), NOW, plain)
        .at(columns > 60 ? -3 : -2)
        ?.trim();
    const what = 'waiting for the last window to close (Ctrl-C leaves it open), about 1 min 05 s';
    expect(progress(120)).toBe(`12 readings acknowledged   ${what}`);
    expect(progress(80)).toBe(what);
    expect(progress(45)).toBe('12 acknowledged   waiting, about 1 min 05 s');
    expect(progress(30)).toBe('12   waiting, about 1 min 05…');
  });

  test('a run that was asked to finish says how to leave at once', () => {
    const lines = frame(state({ stopping: true }), at(80, 24), NOW, plain);
    expect(lines.at(-1)).toBe(' stopping; Ctrl-C again leaves at once');
  });

  test('what stays behind tells no more of keys and clocks', () => {
    const lines = frame(state({ over: true, rate: 3, unicorns: 3 }), at(80, 24), NOW, plain);
    expect(lines.at(-1)).toBe(' 12 readings acknowledged');
    expect(lines.join('\n')).not.toMatch(/Ctrl-C|look further|ends in|\d\/s/);
  });
});

test('no line is ever wider than the screen, and there are never more lines than rows', () => {
  const name = fc.oneof(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }), fc.constant('🦄 飛馬'));
  const states = fc
    .record({
      names: fc.array(name, { maxLength: 60 }),
      more: fc.integer({ min: 0, max: 1_000_000 }),
      acknowledged: fc.nat(),
      rate: fc.option(fc.nat(), { nil: undefined }),
      summaries: fc.array(name, { maxLength: 60 }),
      alerts: fc.array(name, { maxLength: 12 }),
      notices: fc.array(fc.string({ maxLength: 200 }), { maxLength: 5 }),
      waiting: fc.option(fc.record({ what: name, remaining: fc.option(fc.nat(), { nil: undefined }) }), {
        nil: undefined,
      }),
      ready: fc.constantFrom(undefined, READY),
      over: fc.boolean(),
    })
    .map(({ names, more, summaries, alerts, ...rest }) =>
      state({
        ...rest,
        vitals: names.map((one) => reading(one)),
        unicorns: names.length + more,
        summaries: summaries.map(summary),
        alerts: alerts.map((one) => alert(one, 'firing')),
      }),
    );
  fc.assert(
    fc.property(
      states,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom(0 as const, 1 as const),
      (given, columns, rows, level) => {
        const lines = frame(given, at(columns, rows), NOW, new Chalk({ level }));
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(lines.length).toBeGreaterThan(0);
        for (const line of lines) {
          expect(line).not.toMatch(/[\n\r]/);
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
        }
      },
    ),
    { numRuns: 300 },
  );
});
