import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STACK_NAMES } from '../stack-names.ts';
import { byService, type EstimateRequest, estimate } from './estimate.ts';
import { SIZES } from './sizes.ts';

/**
 * Worked out by hand with the sizes of today: a reading is 160 bytes, a summary 181, a GB is 1,073,741,824 bytes and a
 * month 730 h. `h` stands for the hours.
 */
const GB = 1_073_741_824;

test('the sizes that the cases were worked out with are those of today', () => {
  expect(SIZES).toEqual({ reading: 160, summary: 181, key: 10 });
});

/** Amounts of a stack by item, `Kinesis: requests`; those that come twice are added up. */
function amountsOf(request: EstimateRequest, stack: string): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const row of estimate(request).rows) {
    if (row.stack !== stack) continue;
    const key = `${row.service}: ${row.item}`;
    amounts[key] = (amounts[key] ?? 0) + row.amount;
  }
  return amounts;
}

function expectAmounts(found: Record<string, number>, worked: Record<string, number>) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(worked).sort());
  for (const [item, amount] of Object.entries(worked)) expect(found[item], item).toBeCloseTo(amount, 10);
}

describe('one unicorn for an hour', () => {
  const request = { unicorns: 1, hours: 1, stacks: STACK_NAMES };

  test('one shard of each stream, a record a second, a summary a minute', () => {
    expectAmounts(amountsOf(request, 'Streaming'), {
      'Kinesis: readings, shard hours': 0.015,
      'Kinesis: summaries, shard hours': 0.015,
      'Kinesis: quarantine, shard hours': 0.015,
      'Kinesis: readings, payload units': 0.0000504, // 3,600 × 0.014 / 1,000,000
      'Kinesis: summaries, payload units': 0.00000084, // 60 × 0.014 / 1,000,000
      // Readings: the producer, the aggregation and four other stacks, 6. Summaries: 1 + 2. Quarantine: 1.
      'KMS: requests': 0.00036, // 10 × 12 × 0.03 / 10,000
    });
  });

  test('one KPU that works and one that orchestrates', () => {
    expectAmounts(amountsOf(request, 'Aggregation'), {
      'Managed Flink: running, KPU hours': 0.11,
      'Managed Flink: orchestration, KPU hours': 0.11,
      'Managed Flink: GB-months running': (50 * 0.1) / 730,
      'Managed Flink: GB-months saved': ((5_000 * 10) / GB / 730) * 0.023,
      'CloudWatch: GB of logs': (1_000_000 / GB) * 0.5,
      'CloudWatch: GB-months of logs': (1_000_000 / GB / 2 / 730) * 0.03, // half of it on average
    });
  });

  test('a call a minute stores its summaries', () => {
    expectAmounts(amountsOf(request, 'Processing'), {
      'Lambda: requests': 0.000012, // 60 × 0.2 / 1,000,000
      // 60 × (20 ms + 1 × 0.5 ms) = 1.23 s, of a quarter of a GB: 0.3075
      'Lambda: GB-seconds on arm64': 0.3075 * 0.0000133334,
      'CloudWatch: GB of logs': ((60 * 900) / GB) * 0.5,
      'CloudWatch: GB-months of logs': ((60 * 900) / GB / 2 / 730) * 0.03,
      'CloudWatch: metric-months': (3 / 730) * 0.3,
      'DynamoDB: write units': 0.0000375, // 60 × 0.625 / 1,000,000
      'DynamoDB: GB-months stored': ((60 * 281) / GB / 2 / 730) * 0.25,
      'DynamoDB: GB-months of backup': ((60 * 281) / GB / 2 / 730) * 0.2,
    });
  });

  test('a call a second looks for low magic', () => {
    expectAmounts(amountsOf(request, 'Alerting'), {
      'Lambda: requests': 0.00072, // 3,600 × 0.2 / 1,000,000
      // 3,600 × (20 ms + 0.05 ms) = 72.18 s, of a quarter of a GB: 18.045
      'Lambda: GB-seconds on arm64': 18.045 * 0.0000133334,
      'CloudWatch: GB of logs': ((3_600 * 900) / GB) * 0.5,
      'CloudWatch: GB-months of logs': ((3_600 * 900) / GB / 2 / 730) * 0.03,
      'CloudWatch: metric-months': (7 / 730) * 0.3,
      'DynamoDB: write units': 0.000000075, // 0.02 × 6 × 0.625 / 1,000,000
      'DynamoDB: read units': 0.000000125,
      'SNS: messages published': 0.00000003, // 0.02 × 3 × 0.5 / 1,000,000
      'SNS: mails': 0.0000012, // 0.02 × 3 × 2 / 100,000
    });
  });

  test('an object a minute in the archive, of readings that count 5 KB each', () => {
    expectAmounts(amountsOf(request, 'Archive'), {
      'Firehose: GB taken, by full 5 KB': ((3_600 * 5_120) / GB) * 0.029,
      'Lambda: requests': 0.000012,
      // 60 × 20 ms + 3,600 × 0.05 ms = 1.38 s, of a quarter of a GB: 0.345
      'Lambda: GB-seconds on arm64': 0.345 * 0.0000133334,
      'CloudWatch: GB of logs': ((60 * 900) / GB) * 0.5,
      'CloudWatch: GB-months of logs': ((60 * 900) / GB / 2 / 730) * 0.03,
      'CloudWatch: metric-months': (2 / 730) * 0.3,
      'S3: PUT requests': 0.0003, // 60 × 0.005 / 1,000
      'S3: GB-months stored': ((3_600 * 25) / GB / 2 / 730) * 0.023,
    });
  });

  test('the rest', () => {
    const search = amountsOf(request, 'Search');
    expect(search['OpenSearch: t3.small.search hours']).toBe(0.036);
    expect(search['OpenSearch: GB-months of gp3']).toBeCloseTo((10 * 0.122) / 730, 12);
    // 3,600 × (20 ms + 0.5 ms) = 73.8 s, of a quarter of a GB: 18.45
    expect(search['Lambda: readings, GB-seconds on arm64']).toBeCloseTo(18.45 * 0.0000133334, 12);
    expect(search['Lambda: table, requests']).toBeCloseTo(0.000012, 12);
    const files = amountsOf(request, 'Files');
    expect(files['DynamoDB: write units']).toBeCloseTo(0.000625, 12); // 1,000 × 0.625 / 1,000,000
    // One call of 20 ms + 1,000 × 0.5 ms = 0.52 s, of half a GB
    expect(files['Lambda: GB-seconds on arm64']).toBeCloseTo(0.26 * 0.0000133334, 12);
    // The one unicorn, each minute, half a unit
    expectAmounts(amountsOf(request, 'Dashboard'), { 'DynamoDB: read units': (30 * 0.125) / 1_000_000 });
    expectAmounts(amountsOf(request, 'Observability'), {
      'CloudWatch: alarm-months': (55 * 0.1) / 730,
      'CloudWatch: dashboard-months': 3 / 730,
    });
  });

  test('a search in a domain that exists is without one of its own', () => {
    const own = amountsOf(request, 'Search');
    const elsewhere = amountsOf({ ...request, ownSearch: false }, 'Search');
    const domain = ['OpenSearch: t3.small.search hours', 'OpenSearch: GB-months of gp3'];
    expect(Object.keys(own).filter((name) => !(name in elsewhere))).toEqual(domain);
    expect(elsewhere).toEqual(
      Object.fromEntries(Object.entries(own).filter(([name]) => !domain.includes(name))),
    );
    expect(estimate({ ...request, unicorns: 100_000, ownSearch: false }).notes.join()).not.toContain(
      'domain',
    );
    expect(estimate({ ...request, unicorns: 100_000 }).notes.join()).toContain('domain');
  });

  test('a month of it, and a month of nothing', () => {
    // What stands there: 3 shards, 2 KPU with 50 GB, a search node with 10 GB, alarms on 55 metrics and a dashboard …
    const standing = 3 * 730 * 0.015 + 2 * 730 * 0.11 + 5 + 730 * 0.036 + 1.22 + 5.5 + 3;
    // … 10 × 12 requests to KMS and a megabyte of Flink's log each hour, of which the last week is kept. Together 235.06
    const kms = (120 * 730 * 0.03) / 10_000;
    const logs = ((730 * 1_000_000) / GB) * 0.5;
    const kept = ((1_000_000 * (168 * 84 + 168 * 562)) / GB / 730) * 0.03;
    const snapshots = (50_000 / GB) * 0.023;
    const { month } = estimate(request);
    expect(month.hours).toBe(730);
    expect(month.idle).toBeCloseTo(standing + kms + logs + kept + snapshots, 9);
    expect(month.riding).toBeCloseTo(estimate({ ...request, hours: 730 }).total, 9);
  });
});

describe('1,000 unicorns for 8 hours', () => {
  const request = { unicorns: 1_000, hours: 8, stacks: STACK_NAMES };

  test('fill one shard to the brim', () => {
    expectAmounts(amountsOf(request, 'Streaming'), {
      'Kinesis: readings, shard hours': 0.12,
      'Kinesis: summaries, shard hours': 0.12,
      'Kinesis: quarantine, shard hours': 0.12,
      'Kinesis: readings, payload units': 0.4032, // 28,800,000 × 0.014 / 1,000,000
      'Kinesis: summaries, payload units': 0.00672, // 480,000 × 0.014 / 1,000,000
      'KMS: requests': 0.00288, // 10 × 12 × 8 × 0.03 / 10,000
    });
  });

  test('are stored in 12 calls a minute: 10 full ones and 2 that found little', () => {
    const worked = amountsOf(request, 'Processing');
    expect(worked['Lambda: requests']).toBeCloseTo(0.001152, 12); // 5,760 × 0.2 / 1,000,000
    // 5,760 × 20 ms + 480,000 × 0.5 ms = 355.2 s, of a quarter of a GB: 88.8
    expect(worked['Lambda: GB-seconds on arm64']).toBeCloseTo(88.8 * 0.0000133334, 12);
    expect(worked['DynamoDB: write units']).toBeCloseTo(0.3, 12); // 480,000 × 0.625 / 1,000,000
    // 60,000 summaries an hour of 281 bytes grow for 8 h: 60,000 × 281 × 8 × 8 / 2
    expect(worked['DynamoDB: GB-months stored']).toBeCloseTo((539_520_000 / GB / 730) * 0.25, 12);
  });

  test('are looked at in one call a second, and indexed in two, of 500', () => {
    expect(amountsOf(request, 'Alerting')['Lambda: requests']).toBeCloseTo(0.00576, 12); // 28,800 × 0.2 / 1,000,000
    expect(amountsOf(request, 'Search')['Lambda: readings, requests']).toBeCloseTo(0.01152, 12);
  });

  test('cost most in Firehose, which counts 5 KB for each of 28,800,000 readings', () => {
    const worked = amountsOf(request, 'Archive');
    expect(worked['Firehose: GB taken, by full 5 KB']).toBeCloseTo(3.98254, 5); // 137.329 GB × 0.029
    // 28,800,000 × 160 bytes in calls of 1 MB: 4,394.53
    expect(worked['Lambda: requests']).toBeCloseTo((4_394.53125 * 0.2) / 1_000_000, 12);
    expect(byService(estimate(request).rows)[0]!.service).toBe('Firehose');
  });

  test('say what the search cannot do, and what Athena takes', () => {
    const notes = estimate(request).notes.join('\n');
    expect(notes).toMatch(/search domain.* not 1,000/);
    expect(notes).toContain('Athena takes $5 for each TB');
  });
});

describe('100,000 unicorns for an hour', () => {
  const request = { unicorns: 100_000, hours: 1, stacks: STACK_NAMES };

  test('need 125 shards at 800 a second each, 3 for 1,667 summaries a second, and 2 KPU at 50,000 each', () => {
    const { shards, kpus } = estimate(request);
    expect(shards).toEqual({ readings: 125, summaries: 3, quarantine: 1 });
    expect(kpus).toBe(3);
    const streaming = amountsOf(request, 'Streaming');
    expect(streaming['Kinesis: readings, shard hours']).toBeCloseTo(1.875, 12);
    expect(streaming['Kinesis: summaries, shard hours']).toBeCloseTo(0.045, 12);
    expect(streaming['Kinesis: readings, payload units']).toBeCloseTo(5.04, 12); // 360,000,000
    // (125 × 6 + 3 × 3 + 1) × 12 = 9,120
    expect(streaming['KMS: requests']).toBeCloseTo(0.02736, 12);
    const aggregation = amountsOf(request, 'Aggregation');
    expect(aggregation['Managed Flink: running, KPU hours']).toBeCloseTo(0.22, 12);
    expect(aggregation['Managed Flink: orchestration, KPU hours']).toBeCloseTo(0.11, 12);
    expect(aggregation['Managed Flink: GB-months running']).toBeCloseTo((100 * 0.1) / 730, 12);
  });

  test('are called for once a second in each shard, and stored 100 at a time', () => {
    expect(amountsOf(request, 'Alerting')['Lambda: requests']).toBeCloseTo(0.09, 12); // 450,000
    // (1,000 + 3 × 2) × 60 = 60,360
    expect(amountsOf(request, 'Processing')['Lambda: requests']).toBeCloseTo(0.012072, 12);
    expect(amountsOf(request, 'Processing')['DynamoDB: write units']).toBeCloseTo(3.75, 12); // 6,000,000
  });

  test('on-demand, pay by what goes through', () => {
    expectAmounts(amountsOf({ ...request, onDemand: true }, 'Streaming'), {
      'Kinesis: streams, on-demand hours': 0.12,
      'Kinesis: readings, GB in, by full KB': ((360_000_000 * 1_024) / GB) * 0.08,
      'Kinesis: summaries, GB in, by full KB': ((6_000_000 * 1_024) / GB) * 0.08,
      'Kinesis: readings, GB out': ((360_000_000 * 160 * 5) / GB) * 0.04,
      'Kinesis: summaries, GB out': ((6_000_000 * 181 * 2) / GB) * 0.04,
      'KMS: requests': ((125 * 6 + 4 * 3 + 4) * 12 * 0.03) / 10_000,
    });
  });

  test('with fewer shards than they need, are told so', () => {
    const { shards, notes } = estimate({ ...request, shards: 20 });
    expect(shards).toEqual({ readings: 20, summaries: 20, quarantine: 20 });
    expect(notes[0]).toContain('20 shards will not take so many readings: 125 are needed');
    expect(estimate({ ...request, shards: 125 }).notes.join()).not.toContain('shards will not');
  });
});

test('what is paid by the hour is paid for each hour begun, and Flink for ten minutes at least', () => {
  const request = { unicorns: 1, hours: 0.05, stacks: STACK_NAMES };
  expect(amountsOf(request, 'Streaming')['Kinesis: readings, shard hours']).toBe(0.015);
  expect(amountsOf(request, 'Search')['OpenSearch: t3.small.search hours']).toBe(0.036);
  expect(amountsOf(request, 'Aggregation')['Managed Flink: running, KPU hours']).toBeCloseTo(0.11 / 6, 12);
});

describe('whatever is asked for', () => {
  const requests = fc.record({
    unicorns: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 1_000_000 })),
    hours: fc.double({ min: 0.01, max: 8_760, noNaN: true }),
    stacks: fc.subarray([...STACK_NAMES], { minLength: 1 }),
    onDemand: fc.boolean(),
  });
  /** Sums of many terms are equal up to their rounding. */
  const atLeast = (more: number, less: number) => expect(more).toBeGreaterThanOrEqual(less * (1 - 1e-12));

  test('the sum is that of its rows, each its quantity at its price, all of stacks that were asked for', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { rows, total, month } = estimate(request);
        let sum = 0;
        for (const { stack, quantity, unitPrice, amount } of rows) {
          expect(request.stacks).toContain(stack);
          expect(amount).toBe((quantity * unitPrice.usd) / unitPrice.per);
          expect(quantity).toBeGreaterThan(0);
          sum += amount;
        }
        expect(total).toBe(sum);
        const services = byService(rows).reduce((all, { amount }) => all + amount, 0);
        expect(Math.abs(services - total)).toBeLessThanOrEqual(total * 1e-12);
        atLeast(month.riding, month.idle);
      }),
    );
  });

  test('more unicorns never cost less', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 1_000_000 }), (request, unicorns) => {
        const [fewer, more] = [request.unicorns, unicorns].sort((a, b) => a - b) as [number, number];
        const less = estimate({ ...request, unicorns: fewer });
        const dear = estimate({ ...request, unicorns: more });
        atLeast(dear.total, less.total);
        atLeast(dear.month.idle, less.month.idle);
      }),
    );
  });

  test('more hours never cost less', () => {
    fc.assert(
      fc.property(requests, fc.double({ min: 0.01, max: 8_760, noNaN: true }), (request, hours) => {
        const [shorter, longer] = [request.hours, hours].sort((a, b) => a - b) as [number, number];
        atLeast(
          estimate({ ...request, hours: longer }).total,
          estimate({ ...request, hours: shorter }).total,
        );
      }),
    );
  });

  test('another stack never makes it cheaper', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom(...STACK_NAMES), (request, stack) => {
        const more = { ...request, stacks: [...request.stacks, stack] };
        atLeast(estimate(more).total, estimate(request).total);
      }),
    );
  });
});

test.each([
  [{ unicorns: 0 }, 'unicorns must be a whole number from 1 to 1000000 (given 0)'],
  [{ unicorns: 1.5 }, 'unicorns must be a whole number from 1 to 1000000 (given 1.5)'],
  [{ unicorns: 1_000_001 }, 'unicorns must be a whole number from 1 to 1000000 (given 1000001)'],
  [{ hours: 0 }, 'hours must be a number above 0, to 8760 (given 0)'],
  [{ hours: Number.NaN }, 'hours must be a number above 0, to 8760 (given NaN)'],
  [{ hours: 9_000 }, 'hours must be a number above 0, to 8760 (given 9000)'],
  [{ shards: 0 }, 'shards must be a whole number from 1 to 10000 (given 0)'],
  [{ shards: 2, onDemand: true }, 'on-demand streams have no number of shards (given 2)'],
  [{ stacks: [] }, 'Dashboard or Observability (given none)'],
  [{ stacks: ['Streaming', 'streams'] }, 'Dashboard or Observability (given streams)'],
])('refuses %j', (wrong, message) => {
  const estimating = () => estimate({ unicorns: 1, hours: 1, stacks: ['Streaming'], ...wrong });
  expect(estimating).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
  );
});
