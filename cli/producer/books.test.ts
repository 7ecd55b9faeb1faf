import { expect, test } from 'vitest';
import type { AggregationQuery, CloudStatus } from '../../infra/local/control/api.ts';
import { fleetNames } from '../../simulator/names.ts';
import { EMPTY_TALLY, type Tally } from '../../telemetry/balance.ts';
import { openBooks } from './books.ts';

const NEVER = new AbortController().signal;

/** A status of which only the two figures are looked at. */
function statusWith(records: number, delivered: number): CloudStatus {
  const progress = { watermark: null, outbox: 0, openWindows: 0, shards: [], trouble: null };
  return {
    health: {} as CloudStatus['health'],
    streams: [{ streamName: 'wildrydes', shards: 1, records, bytes: 0 }],
    mappings: [],
    aggregation: { tally: { ...EMPTY_TALLY, delivered }, ...progress },
    faults: [],
  };
}

/** A cloud with as many delivered records to each name as it is told; what it was asked for is kept. */
function cloud() {
  const delivered = new Map<string, number>();
  const asked: AggregationQuery[] = [];
  return {
    delivered,
    asked,
    control: {
      status: async () => statusWith(0, 0),
      async aggregation(query: AggregationQuery) {
        asked.push(query);
        const names = query.names ?? [...delivered.keys()];
        const count = names.reduce((sum, name) => sum + (delivered.get(name) ?? 0), 0);
        const tally: Tally = { ...EMPTY_TALLY, delivered: count, open: count };
        return { tally, watermark: 60_000, outbox: 0, openWindows: 0, shards: [], trouble: null };
      },
    },
  };
}

test('what a run has is what has come since its books were opened', async () => {
  const { delivered, control } = cloud();
  delivered.set('A', 5).set('B', 7);
  const books = await openBooks(control, ['A'], 60_000, NEVER);
  expect(books.watermark).toBe(60_000);
  expect(await books.read()).toEqual(EMPTY_TALLY);
  delivered.set('A', 8).set('B', 100);
  expect(await books.read()).toEqual({ ...EMPTY_TALLY, delivered: 3, open: 3 });
});

test('of everything, where nobody else feeds', async () => {
  const { delivered, asked, control } = cloud();
  const books = await openBooks(control, undefined, 60_000, NEVER);
  delivered.set('A', 8).set('B', 100);
  expect((await books.read()).delivered).toBe(108);
  expect(asked).toEqual([{}, {}]);
});

test('of a fleet too large for one request: in parts that add up', async () => {
  const names = [
    ...fleetNames(50_000),
    ...Array.from({ length: 1_000 }, (_, i) => `${'🦄'.repeat(250)}${i}`),
  ];
  const { delivered, asked, control } = cloud();
  const books = await openBooks(control, names, 60_000, NEVER);
  for (const name of names) delivered.set(name, 1);
  asked.length = 0;
  expect((await books.read()).delivered).toBe(names.length);
  expect(asked.flatMap((query) => query.names)).toEqual(names);
  expect(asked.length).toBeGreaterThan(2);
  for (const query of asked) expect(Buffer.byteLength(JSON.stringify(query))).toBeLessThan(1024 * 1024);
});

test("a window that an earlier run left open is not this run's, whether it is still open or has closed", async () => {
  let tally: Tally = { ...EMPTY_TALLY, delivered: 30, open: 30 };
  let watermark = 60_000;
  const control = {
    status: async () => statusWith(0, 0),
    aggregation: async () => ({ tally, watermark, outbox: 0, openWindows: 1, shards: [], trouble: null }),
  };
  // The run begins two minutes later: its first window ends at 240,000.
  const books = await openBooks(control, ['A'], 190_000, NEVER);
  tally = { ...tally, delivered: 50, open: 20, summarised: 30, summaries: 1 };
  watermark = 205_000;
  expect(await books.read()).toMatchObject({ delivered: 20, open: 20, summarised: 0 });
  tally = { ...tally, delivered: 90, open: 5, summarised: 85, summaries: 2 };
  watermark = 245_000;
  expect(await books.read()).toMatchObject({ delivered: 60, open: 5, summarised: 55 });
});

test('what an earlier run left unread is waited for, and is not this run’s', async () => {
  const { delivered, asked, control } = cloud();
  let judge = () => {};
  const judged = new Promise<void>((resolve) => {
    judge = resolve;
  });
  const books = openBooks(
    {
      status: async () => statusWith(3, 0),
      async aggregation(query) {
        if (query.caughtUp) await judged;
        return control.aggregation(query);
      },
    },
    ['A'],
    60_000,
    NEVER,
  );
  delivered.set('A', 3);
  judge();
  const { behind, read } = await books;
  expect(behind).toBe(false);
  delivered.set('A', 5);
  expect((await read()).delivered).toBe(2);
  expect(asked[0]).toEqual({ caughtUp: true, names: [] });
});

test('an aggregation that does not get on is not waited for any longer when the run is to end', async () => {
  const { control } = cloud();
  const books = await openBooks(
    {
      status: async () => statusWith(3, 0),
      aggregation: (query) => (query.caughtUp ? new Promise(() => {}) : control.aggregation(query)),
    },
    ['A'],
    60_000,
    AbortSignal.abort(),
  );
  expect(books.behind).toBe(true);
});
