import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as duckdb from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { readingOf } from '../../infra/archive/fixture.ts';
import type { Span } from '../../infra/archive/hours.ts';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { ndjson } from './answer.ts';
import { openReadings, type Readings } from './duckdb.ts';

const HOUR = Date.parse('2026-05-01T09:00:00Z');
const never = new AbortController().signal;

async function opened(span: Span = { since: undefined, until: undefined }) {
  const readings = await openReadings(duckdb, span);
  onTestFinished(() => readings.close());
  return readings;
}

async function file(readings: Readings, name: string, text: string | Uint8Array) {
  const path = join(readings.folder, name);
  await writeFile(path, text);
  return { key: name, hour: HOUR, path };
}

const unreadable = (key: string, reason: string) => {
  throw new Error(`${key}: ${reason}`);
};

async function answer(
  readings: Readings,
  sql: string,
  ...values: string[]
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const page of readings.ask({ sql, values }, never)) {
    rows.push(...ndjson(page).map((line) => JSON.parse(line) as Record<string, unknown>));
  }
  return rows;
}

test('a reading: its attributes, its date parts, and the hour in which it came', async () => {
  const readings = await opened();
  const late = readingOf({ StatusTime: '2026-04-30 23:59:58.125', Distance: 29.1234565 });
  await readings.add([await file(readings, 'a', `${JSON.stringify(late)}\n`)], unreadable);
  expect(await answer(readings, 'SELECT * FROM readings')).toEqual([
    {
      ...late,
      Distance: 29.123457,
      ...{ Year: 2026, Month: 4, Day: 30, Hour: 23, Minute: 59 },
      ...{ arrived_year: 2026, arrived_month: 5, arrived_day: 1, arrived_hour: 9 },
    },
  ]);
});

/** Texts of StatusTime that are good, with the kit's own form of each. */
const times = fc
  .record({
    instant: fc.integer({ min: Date.parse('1970-01-01'), max: Date.parse('2100-01-01') }),
    form: fc.constantFrom('own', 'Z', '+02:00', '-11:30', 'long'),
  })
  .map(({ instant, form }) => {
    const iso = (offset: number) => new Date(instant + offset * 60_000).toISOString().slice(0, -1);
    if (form === 'own') return formatStatusTime(instant);
    if (form === 'long') return `${iso(0)}9999Z`;
    return `${iso(form === 'Z' ? 0 : form === '+02:00' ? 120 : -690)}${form}`;
  });

const valid = fc
  .record({
    Name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    StatusTime: times,
    Latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    Distance: fc.integer({ min: 0, max: 1_000_000_000 }).map((micrometres) => micrometres / 1e3),
    MagicPoints: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  })
  .map((given) => JSON.stringify({ ...readingOf(given), More: { of: ['it'] } }));

const junk = fc.constantFrom(
  '{bad',
  '[1]',
  '"x"',
  'null',
  '',
  '{"Name":"cut',
  '{"element_class":"like"}',
  '{"Name":"A"}',
  '{"Name":"A","StatusTime":"never"}',
  '{"Name":"A","StatusTime":"2026-02-30 00:00:00.000"}',
);

test('of any lines, exactly the readings are there, as our own decoder reads them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(valid, junk), { maxLength: 60 }), async (lines) => {
      const readings = await openReadings(duckdb, { since: undefined, until: undefined });
      try {
        const expected = lines.flatMap((line) => {
          const decoded = decodeReading(Buffer.from(line));
          if (!decoded.ok) return [];
          const { Name, Latitude, MagicPoints } = decoded.reading;
          const Distance = decoded.micrometres / 1e6;
          return [{ Name, StatusTime: formatStatusTime(decoded.instant), Latitude, Distance, MagicPoints }];
        });
        const leftOut = await readings.add(
          [await file(readings, 'a', lines.map((line) => `${line}\n`).join(''))],
          unreadable,
        );
        const found = await answer(
          readings,
          'SELECT Name, StatusTime, Latitude, Distance, MagicPoints FROM readings',
        );
        const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
        expect(sorted(found)).toEqual(sorted(expected));
        expect(leftOut).toBe(lines.filter((line) => line !== '').length - expected.length);
      } finally {
        await readings.close();
      }
    }),
    { numRuns: 25 },
  );
});

test('an object with a line longer than any record is told, and keeps no other from being read', async () => {
  const readings = await opened();
  const good = `${JSON.stringify(readingOf())}\n`;
  const long = `{"Name":"${'x'.repeat(20_000_000)}"}`;
  const files = [];
  for (const [name, text] of Object.entries({ a: good, b: long, c: good })) {
    files.push(await file(readings, name, text));
  }
  const told: string[] = [];
  await readings.add(files, (key, reason) => told.push(`${key}: ${reason}`));
  expect(await answer(readings, 'SELECT COUNT(*) AS n FROM readings')).toEqual([{ n: 2 }]);
  expect(told).toEqual([expect.stringMatching(/^b: .*exceeded/)]);
});

test.each([
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0x4e, 0xff, 0x22, 0x7d])],
  ['zeroes', Buffer.alloc(1000)],
])('%s keep no other object from being read', async (_, bytes) => {
  const readings = await opened();
  const good = `${JSON.stringify(readingOf())}\n`;
  const leftOut = await readings.add(
    [await file(readings, 'a', good), await file(readings, 'b', bytes), await file(readings, 'c', good)],
    unreadable,
  );
  expect(await answer(readings, 'SELECT COUNT(*) AS n FROM readings')).toEqual([{ n: 2 }]);
  expect(leftOut).toBeGreaterThan(0);
});

test('a span, by StatusTime: its first millisecond counts, its end does not', async () => {
  const readings = await opened({ since: HOUR, until: HOUR + 2 });
  const at = (time: number) => `${JSON.stringify(readingOf({ StatusTime: formatStatusTime(time) }))}\n`;
  const text = [HOUR - 1, HOUR, HOUR + 1, HOUR + 2].map(at).join('');
  expect(await readings.add([await file(readings, 'a', text)], unreadable)).toBe(0);
  expect(await answer(readings, 'SELECT StatusTime FROM readings ORDER BY 1')).toEqual([
    { StatusTime: '2026-05-01 09:00:00.000' },
    { StatusTime: '2026-05-01 09:00:00.001' },
  ]);
});

test('types: no digit is lost, times have their milliseconds, nested values are JSON', async () => {
  const readings = await opened();
  const sql = `SELECT 9007199254740993 AS big, 1.10 AS exact, 'a"b' AS text, true AS yes, [1, NULL] AS list, NULL AS nothing,
    TIMESTAMP '2026-05-01 09:00:00' AS time, TIMESTAMP '2026-05-01 09:00:00.1234' AS micros, 'nan'::DOUBLE AS nan, 1 AS nan`;
  const pages = [];
  for await (const page of readings.ask({ sql, values: [] }, never)) pages.push(page);
  expect(pages.flatMap(ndjson)).toEqual([
    '{"big":9007199254740993,"exact":1.10,"text":"a\\"b","yes":true,"list":[1,null],"nothing":null,' +
      '"time":"2026-05-01 09:00:00.000","micros":"2026-05-01 09:00:00.1234","nan":"NaN","nan_2":1}',
  ]);
});

test('values are bound, never part of the SQL', async () => {
  const readings = await opened();
  const [row] = await answer(
    readings,
    'SELECT ? AS a, CAST(? AS TIMESTAMP) AS b',
    "'; DROP",
    '2026-05-01 09:00',
  );
  expect(row).toEqual({ a: "'; DROP", b: '2026-05-01 09:00:00.000' });
});

test.each([
  ["SELECT * FROM read_text('/etc/hostname')", /file system operations are disabled/],
  ["COPY readings TO '/tmp/wildrydes-leak.csv'", /file system operations are disabled/],
  ["ATTACH '/tmp/wildrydes-leak.db'", /file system operations are disabled/],
  ['INSTALL httpfs', /disabled/],
  ['SET enable_external_access = true', /locked|Cannot/],
  ['SET lock_configuration = false', /locked/],
  ['SELECT 1; SELECT 2', /one statement can be asked at a time \(given 2\)/],
  ['SELEC 1', /syntax error at or near "SELEC"/],
  ['SELECT * FROM nowhere', /nowhere does not exist/],
])('%s: not taken', async (sql, message) => {
  const readings = await opened();
  const asking = answer(readings, sql);
  await expect(asking).rejects.toMatchObject({ code: 'USAGE' });
  await expect(asking).rejects.toThrow(message);
  expect(existsSync('/tmp/wildrydes-leak.csv')).toBe(false);
});

test('an abort ends a query that would take days', async () => {
  const readings = await opened();
  const controller = new AbortController();
  const sql = 'SELECT COUNT(*) FROM range(100000000000) AS a(n) WHERE n % 7 = 3';
  const asking = readings.ask({ sql, values: [] }, controller.signal).next();
  setImmediate(() => controller.abort());
  await expect(asking).rejects.toThrow(/abort/i);
});

test('files go as soon as they are read, and the folder at the end', async () => {
  const readings = await openReadings(duckdb, { since: undefined, until: undefined });
  await readings.add([await file(readings, 'a', `${JSON.stringify(readingOf())}\n`)], unreadable);
  expect(await readdir(readings.folder)).not.toContain('a');
  await readings.close();
  expect(existsSync(readings.folder)).toBe(false);
});
