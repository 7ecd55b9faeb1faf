import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, interpret, nextStep, retryDelay, type Verdict } from './settle.ts';

const batch = ['100', '101', '102', '103'].map((sequenceNumber) => ({ sequenceNumber }));
const on = { reportBatchItemFailures: true, tumblingWindows: false };
const off = { reportBatchItemFailures: false, tumblingWindows: false };

const failures = (...identifiers: unknown[]): { value: unknown } => ({
  value: { batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) },
});
const from = (verdict: Verdict): number | 'handled' => (verdict.handled ? 'handled' : verdict.from);

describe('what a response says of its batch', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['an empty object', {}],
    ['an object without the list', { statusCode: 200 }],
    ['a null list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
    ['a string, as older guides return', 'Delivered 4 records'],
    ['a number', 4],
    ['a list', []],
  ])('%s: success', (_, value) => {
    expect(interpret(batch, { value }, on)).toEqual({ handled: true });
  });

  test.each<[string, unknown]>([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a numeric identifier', { batchItemFailures: [{ itemIdentifier: 102 }] }],
    ['a wrong key', { batchItemFailures: [{ sequenceNumber: '102' }] }],
    ['no key', { batchItemFailures: [{}] }],
    ['a null entry', { batchItemFailures: [null] }],
    ['a bare string entry', { batchItemFailures: ['102'] }],
    [
      'a bad identifier after a good one',
      { batchItemFailures: [{ itemIdentifier: '102' }, { itemIdentifier: '' }] },
    ],
    ['an identifier outside the batch', { batchItemFailures: [{ itemIdentifier: '999' }] }],
    [
      'one outside the batch beside one inside',
      { batchItemFailures: [{ itemIdentifier: '102' }, { itemIdentifier: '99' }] },
    ],
    ['an object for a list', { batchItemFailures: { itemIdentifier: '102' } }],
    ['a string for a list', { batchItemFailures: '102' }],
  ])('%s: the whole batch failed', (_, value) => {
    expect(from(interpret(batch, { value }, on))).toBe(0);
  });

  test('the lowest identifier is where the retry starts, in whatever order they come', () => {
    expect(from(interpret(batch, failures('103', '101', '102'), on))).toBe(1);
    expect(from(interpret(batch, failures('103'), on))).toBe(3);
    expect(from(interpret(batch, failures('100', '100'), on))).toBe(0);
  });

  test('sequence numbers are compared whole, beyond what a number holds', () => {
    const long = [
      '49590338271490256608559692538361571095921575989136588898',
      '49590338271490256608559692538361571095921575989136588899',
    ];
    const records = long.map((sequenceNumber) => ({ sequenceNumber }));
    expect(from(interpret(records, failures(long[1]), on))).toBe(1);
  });

  test('an error fails the whole batch, and gives the reason', () => {
    const error = { errorType: 'TypeError', errorMessage: 'no' };
    for (const rules of [on, off]) {
      expect(interpret(batch, { error }, rules)).toEqual({
        handled: false,
        from: 0,
        reason: 'TypeError: no',
      });
    }
  });

  test('a response means nothing when ReportBatchItemFailures is off', () => {
    expect(interpret(batch, failures('101'), off)).toEqual({ handled: true });
    expect(interpret(batch, failures(''), off)).toEqual({ handled: true });
  });

  test('reasons name what was given', () => {
    const reason = (value: unknown): string => {
      const verdict = interpret(batch, { value }, on);
      return verdict.handled ? '' : verdict.reason;
    };
    expect(reason({ batchItemFailures: [{ sequenceNumber: '102' }] })).toContain(
      '(given {"sequenceNumber":"102"})',
    );
    expect(reason({ batchItemFailures: [{ itemIdentifier: '999' }] })).toContain('(given "999")');
    expect(reason(failures('102', '103').value)).toContain('2 of 4 records as failed, the first at 102');
  });
});

describe('what follows an invocation', () => {
  const attempt: Attempt = { start: 10, end: 18, retries: 0 };
  const failed = (position: number): Verdict => ({ handled: false, from: position, reason: 'no' });
  const plain = { maximumRetryAttempts: 2, bisectBatchOnFunctionError: false };
  const bisecting = { maximumRetryAttempts: 2, bisectBatchOnFunctionError: true };

  test('handled: on', () => {
    expect(nextStep(attempt, { handled: true }, plain)).toEqual({
      handled: 18,
      discarded: 18,
      attempts: [],
      delay: 0,
    });
  });

  test('failed: the whole batch again, once more used up', () => {
    expect(nextStep(attempt, failed(0), plain)).toEqual({
      handled: 10,
      discarded: 10,
      attempts: [{ start: 10, end: 18, retries: 1 }],
      delay: 50,
    });
    expect(nextStep({ ...attempt, retries: 1 }, failed(0), plain)).toMatchObject({
      attempts: [{ start: 10, end: 18, retries: 2 }],
      delay: 100,
    });
  });

  test('failed with no retry left: given up', () => {
    expect(nextStep({ ...attempt, retries: 2 }, failed(0), plain)).toEqual({
      handled: 10,
      discarded: 18,
      attempts: [],
      delay: 0,
    });
    expect(nextStep(attempt, failed(0), { ...plain, maximumRetryAttempts: 0 }).discarded).toBe(18);
  });

  test('failed with retries without end: again, however often', () => {
    const step = nextStep({ ...attempt, retries: 123_456 }, failed(0), {
      ...plain,
      maximumRetryAttempts: -1,
    });
    expect(step).toEqual({
      handled: 10,
      discarded: 10,
      attempts: [{ start: 10, end: 18, retries: 123_457 }],
      delay: 1_000,
    });
  });

  test('failed in part: what came before is handled, the rest has its first retry, whatever was used up before', () => {
    for (const retries of [0, 1, 2]) {
      expect(nextStep({ ...attempt, retries }, failed(3), plain)).toEqual({
        handled: 13,
        discarded: 13,
        attempts: [{ start: 13, end: 18, retries: 1 }],
        delay: 50,
      });
    }
  });

  test('failed in part without any retry: the rest is given up', () => {
    expect(nextStep(attempt, failed(3), { ...plain, maximumRetryAttempts: 0 })).toEqual({
      handled: 13,
      discarded: 18,
      attempts: [],
      delay: 0,
    });
  });

  test('bisecting: a failed batch is split in two, at no cost', () => {
    for (const maximumRetryAttempts of [0, 2, -1]) {
      expect(nextStep(attempt, failed(0), { ...bisecting, maximumRetryAttempts })).toEqual({
        handled: 10,
        discarded: 10,
        attempts: [
          { start: 10, end: 14, retries: 0 },
          { start: 14, end: 18, retries: 0 },
        ],
        delay: 50,
      });
    }
    expect(nextStep({ start: 0, end: 3, retries: 0 }, failed(0), bisecting).attempts).toEqual([
      { start: 0, end: 1, retries: 0 },
      { start: 1, end: 3, retries: 0 },
    ]);
  });

  test('bisecting: a batch that failed in part is split where it failed, at no cost', () => {
    expect(nextStep(attempt, failed(3), { ...bisecting, maximumRetryAttempts: 0 })).toEqual({
      handled: 13,
      discarded: 13,
      attempts: [{ start: 13, end: 18, retries: 0 }],
      delay: 50,
    });
  });

  test('bisecting: a single record is retried, then given up alone', () => {
    const single: Attempt = { start: 10, end: 11, retries: 0 };
    expect(nextStep(single, failed(0), bisecting).attempts).toEqual([{ ...single, retries: 1 }]);
    expect(nextStep({ ...single, retries: 2 }, failed(0), bisecting)).toMatchObject({
      discarded: 11,
      attempts: [],
    });
  });

  test('waits double from 50 ms to 1 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 1_000_000].map(retryDelay)).toEqual([
      50, 50, 100, 200, 400, 800, 1_000, 1_000, 1_000,
    ]);
  });
});

/** Runs a batch to its end against a function that fails while a poisonous record is in its batch. */
function run(
  size: number,
  poison: ReadonlySet<number>,
  reports: boolean,
  rules: { maximumRetryAttempts: number; bisectBatchOnFunctionError: boolean },
): { handled: number[]; discarded: number[]; sent: number[][]; deliveries: number[] } {
  const records = Array.from({ length: size }, (_, index) => ({ sequenceNumber: `n${index}` }));
  const handled: number[] = [];
  const discarded: number[] = [];
  const sent: number[][] = [];
  const deliveries = new Array<number>(size).fill(0);
  let attempts: readonly Attempt[] = [{ start: 0, end: size, retries: 0 }];
  while (attempts.length > 0 && sent.length < 10_000) {
    const [attempt, ...later] = attempts as [Attempt, ...Attempt[]];
    const indexes = records.slice(attempt.start, attempt.end).map((_, i) => attempt.start + i);
    sent.push(indexes);
    for (const index of indexes) deliveries[index] = (deliveries[index] ?? 0) + 1;
    const bad = indexes.filter((index) => poison.has(index));
    const response =
      bad.length === 0
        ? { value: null }
        : reports
          ? { value: { batchItemFailures: bad.map((index) => ({ itemIdentifier: `n${index}` })).reverse() } }
          : { error: { errorType: 'Error', errorMessage: 'poison' } };
    const verdict = interpret(records.slice(attempt.start, attempt.end), response, {
      reportBatchItemFailures: reports,
      tumblingWindows: false,
    });
    const step = nextStep(attempt, verdict, rules);
    for (let i = attempt.start; i < step.handled; i++) handled.push(i);
    for (let i = step.handled; i < step.discarded; i++) discarded.push(i);
    attempts = [...step.attempts, ...later];
  }
  return { handled, discarded, sent, deliveries };
}

const someRun = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  poison: fc.uniqueArray(fc.integer({ min: 0, max: 39 })).map((list) => new Set(list)),
  reports: fc.boolean(),
  maximumRetryAttempts: fc.integer({ min: 0, max: 4 }),
});

describe('a batch from its first invocation to its end', () => {
  test('every record is handled or given up, once, in order, and no healthy one is ever lost without its neighbours', () => {
    fc.assert(
      fc.property(someRun, fc.boolean(), ({ size, poison, reports, maximumRetryAttempts }, bisect) => {
        const rules = { maximumRetryAttempts, bisectBatchOnFunctionError: bisect };
        const { handled, discarded } = run(size, poison, reports, rules);
        const all = Array.from({ length: size }, (_, index) => index);
        expect([...handled, ...discarded].sort((a, b) => a - b)).toEqual(all);
        expect(handled).toEqual([...handled].sort((a, b) => a - b));
        expect(handled.filter((index) => poison.has(index))).toEqual([]);
      }),
    );
  });

  test('bisecting, only the poisonous records are given up, each after exactly its retries alone', () => {
    fc.assert(
      fc.property(someRun, ({ size, poison, reports, maximumRetryAttempts }) => {
        const rules = { maximumRetryAttempts, bisectBatchOnFunctionError: true };
        const { discarded, sent } = run(size, poison, reports, rules);
        const bad = [...poison].filter((index) => index < size).sort((a, b) => a - b);
        expect(discarded).toEqual(bad);
        for (const index of bad) {
          const alone = sent.filter((batch) => batch.length === 1 && batch[0] === index);
          // The delivery that shows it to be bad alone, and its retries.
          expect(alone).toHaveLength(1 + maximumRetryAttempts);
        }
      }),
    );
  });

  test('without bisection, a poisonous first record is delivered once and as often again as there are retries', () => {
    fc.assert(
      fc.property(someRun, ({ size, poison, reports, maximumRetryAttempts }) => {
        const rules = { maximumRetryAttempts, bisectBatchOnFunctionError: false };
        const { deliveries, discarded, sent } = run(size, new Set([0, ...poison]), reports, rules);
        expect(deliveries[0]).toBe(1 + maximumRetryAttempts);
        expect(sent).toHaveLength(1 + maximumRetryAttempts);
        expect(discarded).toHaveLength(size);
      }),
    );
  });
});
