import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../producer/events.ts';
import { widthOf } from '../terminal.ts';
import { alertSentence, countdown, reportLines, summarySentence } from './words.ts';

const REPORT: Report = {
  produced: 1_200,
  attempted: 1_230,
  acknowledged: 1_230,
  uncertain: 0,
  failed: 0,
  delivered: 1_230,
  summarised: 1_150,
  duplicates: 30,
  late: 5,
  quarantined: 20,
  open: 25,
  summaries: 20,
  stored: 20,
  alerts: 1,
  balanced: true,
};

describe('a report', () => {
  test('what was sent, what became of it, what is stored, whether it adds up', () => {
    expect(reportLines(REPORT)).toEqual([
      'sent      1,200 readings produced, 1,230 attempted, 1,230 acknowledged',
      'became    1,230 delivered = 1,150 summarised + 30 duplicates + 5 late + 20 quarantined + 25 in open windows',
      'stored    20 summaries read back from the table, 1 alert heard',
      'balanced  yes: nothing was lost',
    ]);
  });

  test('what is not known is not told, and does not count as proved', () => {
    const unknown = { delivered: null, summarised: null, duplicates: null, late: null, quarantined: null };
    expect(
      reportLines({ ...REPORT, ...unknown, open: null, summaries: null, stored: null, alerts: null }),
    ).toEqual([
      'sent      1,200 readings produced, 1,230 attempted, 1,230 acknowledged',
      'stored    not read back',
      'balanced  yes, as far as the stream: nothing was lost',
    ]);
  });

  test('what went wrong is told', () => {
    const [sent] = reportLines({ ...REPORT, uncertain: 2, failed: 3 });
    expect(sent).toMatch(/acknowledged, 2 uncertain, 3 failed$/);
    expect(reportLines({ ...REPORT, failed: 3 }).at(-1)).toBe(
      'balanced  yes: all is accounted for, 3 failed',
    );
    expect(reportLines({ ...REPORT, balanced: false }).at(-1)).toBe(
      'balanced  NO: the figures do not add up',
    );
  });

  test('folds into narrow terminals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 120 }), (columns) => {
        const lines = reportLines(REPORT, columns);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.join(' ').replace(/ +/g, ' ')).toBe(reportLines(REPORT).join(' ').replace(/ +/g, ' '));
      }),
    );
  });
});

test('an alert, a recovery, and a name that would drive the terminal', () => {
  const alert = {
    name: 'Roci\u001b[2J',
    vital: 'magic',
    value: 49,
    magicPoints: 49,
    episode: 'e',
    since: '2026-11-21 06:30:00.000',
    latitude: 40.7,
    longitude: -73.9,
    statusTime: '2026-11-21 06:30:00.000',
  } as const;
  expect(alertSentence({ ...alert, state: 'firing' })).toBe(
    'Roci\\u001b[2J is low on magic: 49 points at 2026-11-21 06:30:00.000',
  );
  expect(alertSentence({ ...alert, state: 'recovered', value: 55 })).toBe(
    'Roci\\u001b[2J has recovered: 55 points at 2026-11-21 06:30:00.000',
  );
  expect(alertSentence({ ...alert, state: 'still-firing', vital: 'health', value: 9 })).toBe(
    'Roci\\u001b[2J is still low on health: 9 points at 2026-11-21 06:30:00.000',
  );
});

test('a summary', () => {
  expect(
    summarySentence({
      Name: '🦄',
      StatusTime: '2026-11-21 06:30:00.000',
      Distance: 29.96,
      MinMagicPoints: 149,
      MaxMagicPoints: 150,
      MinHealthPoints: 150,
      MaxHealthPoints: 151,
      Readings: 1,
    }),
  ).toBe('🦄 2026-11-21 06:30, 1 reading, 30.0 m, magic 149 to 150, health 150 to 151');
});

test.each([
  [-5, '0 s'],
  [0, '0 s'],
  [1, '1 s'],
  [59_000, '59 s'],
  [59_001, '1 min 00 s'],
  [125_000, '2 min 05 s'],
])('%d ms from now: %s', (milliseconds, expected) => {
  expect(countdown(milliseconds)).toBe(expected);
});
