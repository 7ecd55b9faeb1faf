import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_TALLY, everyRecordHasOneFate, isBalanced, since, type Tally } from './balance.ts';

const counts = fc.nat({ max: 1_000_000 });

/** Tallies whose books add up. */
const tallies: fc.Arbitrary<Tally> = fc
  .record({
    summarised: counts,
    duplicates: counts,
    late: counts,
    quarantined: counts,
    open: counts,
    summaries: counts,
  })
  .map((fates) => ({
    ...fates,
    delivered: fates.summarised + fates.duplicates + fates.late + fates.quarantined + fates.open,
  }));

describe('everyRecordHasOneFate', () => {
  it('holds for books that add up, and not if any one count is off by one', () => {
    fc.assert(
      fc.property(tallies, (tally) => {
        expect(everyRecordHasOneFate(tally)).toBe(true);
        for (const fate of [
          'delivered',
          'summarised',
          'duplicates',
          'late',
          'quarantined',
          'open',
        ] as const) {
          expect(everyRecordHasOneFate({ ...tally, [fate]: tally[fate] + 1 })).toBe(false);
        }
      }),
    );
  });

  it('does not count summaries: they are windows, not records', () => {
    expect(everyRecordHasOneFate({ ...EMPTY_TALLY, delivered: 60, summarised: 60, summaries: 1 })).toBe(true);
  });
});

describe('isBalanced', () => {
  const tally = { ...EMPTY_TALLY, delivered: 10, summarised: 10 };

  it.each([
    { acknowledged: 10, uncertain: 0, balanced: true },
    { acknowledged: 11, uncertain: 0, balanced: false },
    { acknowledged: 9, uncertain: 0, balanced: false },
    { acknowledged: 9, uncertain: 1, balanced: true },
    { acknowledged: 8, uncertain: 5, balanced: true },
    { acknowledged: 11, uncertain: 5, balanced: false },
  ])(
    '$acknowledged acknowledged and $uncertain uncertain of 10 delivered: $balanced',
    ({ balanced, ...sent }) => {
      expect(isBalanced(sent, tally)).toBe(balanced);
    },
  );

  it('fails on a record without a fate, however well the ends agree', () => {
    expect(isBalanced({ acknowledged: 10, uncertain: 0 }, { ...tally, summarised: 9 })).toBe(false);
  });
});

describe('since', () => {
  it('takes every counter from what a run began with', () => {
    fc.assert(
      fc.property(tallies, tallies, (before, run) => {
        const after: Tally = {
          delivered: before.delivered + run.delivered,
          summarised: before.summarised + run.summarised,
          duplicates: before.duplicates + run.duplicates,
          late: before.late + run.late,
          quarantined: before.quarantined + run.quarantined,
          open: before.open + run.open,
          summaries: before.summaries + run.summaries,
        };
        expect(since(before, after)).toEqual(run);
      }),
    );
  });

  it('keeps the balance of a run that closes windows opened before it', () => {
    const before = { ...EMPTY_TALLY, delivered: 5, open: 5 };
    const after = { ...EMPTY_TALLY, delivered: 12, summarised: 12, summaries: 1 };
    expect(since(before, after)).toMatchObject({ delivered: 7, summarised: 12, open: -5 });
    expect(everyRecordHasOneFate(since(before, after))).toBe(true);
  });
});
