import { describe, expect, test } from 'vitest';
import type { Tally } from '../../telemetry/balance.ts';
import { exitStatus, explanationOf, type Outcome, reportOf } from './report.ts';

const TALLY: Tally = {
  delivered: 100,
  summarised: 80,
  duplicates: 5,
  late: 5,
  quarantined: 4,
  open: 6,
  summaries: 2,
};

function outcome(over: Partial<Outcome> = {}): Outcome {
  return {
    produced: { produced: 98, attempted: 100 },
    sent: { acknowledged: 100, uncertain: 0, failed: 0 },
    tally: TALLY,
    windows: { stored: 2, pending: 1 },
    alerts: 0,
    ...over,
  };
}

describe('a report', () => {
  test('has every figure', () => {
    expect(reportOf(outcome())).toEqual({
      produced: 98,
      attempted: 100,
      acknowledged: 100,
      uncertain: 0,
      failed: 0,
      ...TALLY,
      stored: 2,
      alerts: 0,
      balanced: true,
    });
  });

  test.each<[string, Partial<Outcome>]>([
    ['a record without a fate', { tally: { ...TALLY, summarised: 79 } }],
    ['an acknowledged record that was not delivered', { tally: { ...TALLY, delivered: 99, summarised: 79 } }],
    ['more delivered than was sent', { tally: { ...TALLY, delivered: 101, summarised: 81 } }],
    ['an attempt that neither came through nor failed', { produced: { produced: 101, attempted: 101 } }],
    [
      'a window that is closed and not in the table',
      { tally: { ...TALLY, late: 0, quarantined: 0, open: 0, summarised: 95 } },
    ],
    [
      'the same where nobody keeps books',
      { tally: undefined, sent: { acknowledged: 99, uncertain: 0, failed: 0 } },
    ],
  ])('does not balance: %s', (_, over) => {
    const report = reportOf(outcome(over));
    expect(report.balanced).toBe(false);
    expect(exitStatus(report)).toBe(4);
  });

  test('an uncertain attempt may have been delivered once more, or not', () => {
    const sent = { acknowledged: 100, uncertain: 1, failed: 0 };
    expect(reportOf(outcome({ sent })).balanced).toBe(true);
    const twice = { ...TALLY, delivered: 101, duplicates: 6 };
    expect(reportOf(outcome({ sent, tally: twice })).balanced).toBe(true);
  });

  test('what failed is accounted for, and ends with 3', () => {
    const report = reportOf(
      outcome({
        sent: { acknowledged: 98, uncertain: 0, failed: 2 },
        tally: { ...TALLY, delivered: 98, summarised: 78 },
      }),
    );
    expect(report.balanced).toBe(true);
    expect(exitStatus(report)).toBe(3);
    expect(exitStatus(reportOf(outcome()))).toBe(0);
  });

  test('where nobody keeps books, nothing is told of what became of the records', () => {
    expect(reportOf(outcome({ tally: undefined, alerts: null }))).toMatchObject({
      delivered: null,
      open: null,
      summaries: null,
      alerts: null,
      stored: 2,
      balanced: true,
    });
  });
});

test('a second producer of the same name is suspected only when more was delivered than sent', () => {
  const more = reportOf(outcome({ tally: { ...TALLY, delivered: 101, summarised: 81 } }));
  expect(explanationOf(more, ['Shadowfax'])).toMatch(/another producer ride as Shadowfax\?$/);
  expect(explanationOf(more, ['A', 'B'])).toMatch(/as these unicorns\?$/);
  const less = reportOf(outcome({ tally: { ...TALLY, delivered: 99, summarised: 79 } }));
  expect(explanationOf(less, ['Shadowfax'])).toBeUndefined();
  expect(explanationOf(reportOf(outcome()), ['Shadowfax'])).toBeUndefined();
  expect(explanationOf(reportOf(outcome({ tally: undefined })), ['Shadowfax'])).toBeUndefined();
});
