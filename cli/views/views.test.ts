import { Chalk } from 'chalk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import type { Ready, Report } from '../producer/events.ts';
import { createJsonView } from './json.ts';
import { createLiveView } from './live.ts';
import { createPlainView } from './plain.ts';

const READY: Ready = {
  endpoint: 'http://127.0.0.1:4801',
  embedded: true,
  stream: 'wildrydes',
  seed: '7',
  data: null,
};

const REPORT: Report = {
  produced: 2,
  attempted: 2,
  acknowledged: 2,
  uncertain: 0,
  failed: 0,
  delivered: 2,
  summarised: 2,
  duplicates: 0,
  late: 0,
  quarantined: 0,
  open: 0,
  summaries: 1,
  stored: 1,
  alerts: 0,
  balanced: true,
};

function reading(Name: string, MagicPoints = 150) {
  const reading: Reading = {
    Name,
    StatusTime: '2026-11-21 06:30:42.000',
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 29.5,
    MagicPoints,
    HealthPoints: 151,
  };
  return { reading, shardId: 'shardId-000000000000', sequenceNumber: '1' };
}

function summary(Name: string, minute = '06:29'): Summary {
  return {
    Name,
    StatusTime: `2026-11-21 ${minute}:00.000`,
    Distance: 1800,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 145,
    MaxHealthPoints: 155,
    Readings: 60,
  };
}

const ALERT = {
  name: 'Rocinante',
  state: 'firing',
  vital: 'magic',
  value: 49,
  magicPoints: 49,
  episode: 'Rocinante@t',
  since: 't',
  latitude: 40.7,
  longitude: -73.9,
  statusTime: '2026-11-21 06:30:42.000',
} as const;

function listener() {
  const heard: string[] = [];
  return { heard, print: (text: string) => void heard.push(text), text: () => heard.join('') };
}

describe('NDJSON', () => {
  test('an event a line, and everything else beside', () => {
    const [out, err] = [listener(), listener()];
    const view = createJsonView(out.print, err.print);
    view.ready(READY);
    view.reading(reading('🦄'));
    view.summary(summary('🦄'));
    view.alert(ALERT);
    view.waiting('for the alerts');
    view.notice('slowing down');
    view.report(REPORT);
    view.close();
    expect(out.heard.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true);
    expect(out.heard.map((line) => JSON.parse(line))).toEqual([
      { event: 'ready', ...READY },
      { event: 'reading', ...reading('🦄') },
      { event: 'summary', summary: summary('🦄') },
      { event: 'alert', ...ALERT },
      { event: 'report', ...REPORT },
    ]);
    expect(err.text()).toBe('slowing down\n');
  });
});

describe('plain lines', () => {
  function view() {
    const [out, err] = [listener(), listener()];
    let now = 0;
    const plain = createPlainView(out.print, err.print, () => now);
    return { plain, out, err, pass: (milliseconds: number) => (now += milliseconds) };
  }

  test('a run from its beginning to its report', () => {
    const { plain, out, err, pass } = view();
    plain.ready(READY);
    plain.reading(reading('A'));
    plain.reading(reading('A'));
    pass(10_000);
    plain.reading(reading('A'));
    plain.summary(summary('A'));
    plain.alert(ALERT);
    plain.notice('slowing down');
    plain.report(REPORT);
    expect(out.text().split('\n')).toEqual([
      'ready: wildrydes at http://127.0.0.1:4801 (started here, nothing is kept), seed 7',
      'first reading acknowledged',
      '3 readings acknowledged',
      'summary: A 2026-11-21 06:29, 60 readings, 1800.0 m, magic 140 to 150, health 145 to 155',
      'alert: Rocinante is low on magic: 49 points at 2026-11-21 06:30:42.000',
      'sent      2 readings produced, 2 attempted, 2 acknowledged',
      'became    2 delivered = 2 summarised + 0 duplicates + 0 late + 0 quarantined + 0 in open windows',
      'stored    1 summary read back from the table, 0 alerts heard',
      'balanced  yes: nothing was lost',
      '',
    ]);
    expect(err.text()).toBe('slowing down\n');
  });

  test('waiting is told once, and only if it takes a while', () => {
    const { plain, out, pass } = view();
    const wait = (what: string | undefined, looks: number, remaining?: number) => {
      for (let look = 0; look < looks; look++) {
        plain.waiting(what, remaining);
        pass(100);
      }
    };
    wait('for the aggregation', 5);
    wait('for the window', 50, 42_000);
    wait(undefined, 1);
    wait('for the window', 5);
    expect(out.text()).toBe('waiting for the window, about 42 s\n');
  });

  test('of a large fleet, some summaries of each minute and the number of the others', () => {
    const { plain, out } = view();
    for (let i = 0; i < 1_234; i++) plain.summary(summary(`U${i}`, '06:29'));
    for (let i = 0; i < 5; i++) plain.summary(summary(`U${i}`, '06:30'));
    for (let i = 0; i < 21; i++) plain.summary(summary(`U${i}`, '06:31'));
    plain.report(REPORT);
    const lines = out.text().split('\n');
    expect(lines[20]).toBe('summary: and 1,214 more unicorns 2026-11-21 06:29');
    expect(lines.filter((line) => / 06:30,/.test(line))).toHaveLength(5);
    expect(lines.filter((line) => line.startsWith('summary: and'))).toHaveLength(2);
    expect(lines).toContain('summary: and 1 more unicorns 2026-11-21 06:31');
  });
});

describe('the live view', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function view(unicorns = 1) {
    const out = listener();
    const drawn: string[][] = [];
    let closed = 0;
    let changed = () => {};
    const live = createLiveView({
      openScreen: (onChange) => {
        changed = onChange;
        return {
          size: () => ({ columns: 80, rows: 24 }),
          draw: (lines) => void drawn.push([...lines]),
          close: () => void closed++,
        };
      },
      print: out.print,
      colours: new Chalk({ level: 0 }),
      clock: { now: () => Date.UTC(2026, 10, 21, 6, 30, 42), monotonic: () => performance.now() },
      unicorns,
      stopping: () => false,
      commands: ['./wildrydes query --name Rocinante'],
    });
    return { live, out, drawn, closed: () => closed, changed: () => changed() };
  }

  test('draws five times a second, at once when it is ready, and whenever the screen asks', () => {
    const { live, drawn, changed } = view();
    live.ready(READY);
    expect(drawn).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(drawn).toHaveLength(6);
    changed();
    expect(drawn).toHaveLength(7);
    live.close();
    vi.advanceTimersByTime(1_000);
    expect(drawn).toHaveLength(7);
  });

  test('gives the screen back before it prints the last frame and the report', () => {
    const { live, out, closed } = view();
    live.ready(READY);
    live.reading(reading('Rocinante'));
    live.summary(summary('Rocinante'));
    live.report(REPORT);
    expect(closed()).toBe(1);
    const lines = out.text().split('\n');
    expect(lines).toContain(' Rocinante                06:29        60    1800.0   140–150   145–155');
    expect(lines).toContain(' 1 reading acknowledged');
    expect(lines.at(-2)).toBe(' balanced  yes: nothing was lost');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(out.text()).not.toContain('Ctrl-C');
  });

  test('shows each unicorn as it was measured last, those that came first', () => {
    const { live, drawn } = view(100_000);
    for (let i = 0; i < 100_000; i++) live.reading(reading(`Unicorn-${i}`));
    live.reading(reading('Unicorn-0', 77));
    live.reading(reading('Unicorn-99999', 66));
    vi.advanceTimersByTime(200);
    const frame = drawn.at(-1)?.join('\n') ?? '';
    expect(frame).toMatch(/ Unicorn-0 +77 /);
    expect(frame).not.toContain('Unicorn-99999');
    expect(frame).toContain('100,002 readings acknowledged');
  });

  test('keeps no more of a large fleet than a screen shows', () => {
    const { live } = view(1_000_000);
    let kept = 0;
    class Watched {
      readonly Name: string;
      constructor(name: string) {
        this.Name = name;
      }
    }
    const registry = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      const watched = new Watched(`U${i}`) as unknown as Reading;
      Object.defineProperty(watched, 'MagicPoints', {
        get() {
          registry.add(watched.Name);
          return 1;
        },
      });
      Object.assign(watched, { HealthPoints: 1, Distance: 1, Latitude: 1, Longitude: 1 });
      live.reading({ reading: watched, shardId: 's', sequenceNumber: '1' });
    }
    vi.advanceTimersByTime(200);
    kept = registry.size;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(24);
  });

  test('tells how fast readings are acknowledged, once it knows', () => {
    const { live, drawn } = view(10);
    live.ready(READY);
    for (let tick = 0; tick < 50; tick++) {
      for (let i = 0; i < 20; i++) live.reading(reading(`U${i % 10}`));
      vi.advanceTimersByTime(100);
    }
    expect(drawn[0]?.join('\n')).not.toContain('/s)');
    expect(drawn.at(-1)?.join('\n')).toMatch(/ \((19\d|20\d|21\d)\/s\)/);
  });

  test('tells a repeated notice once', () => {
    const { live, drawn } = view();
    for (let i = 0; i < 3; i++) live.notice('slowing down');
    live.notice('a record was not written');
    vi.advanceTimersByTime(200);
    expect(drawn.at(-1)?.filter((line) => line.includes('slowing down'))).toHaveLength(1);
    expect(drawn.at(-1)?.join('\n')).toContain('a record was not written');
  });
});
