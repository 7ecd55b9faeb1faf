import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { ARCHIVE_DELIVERY } from '../../processor/archive/delivery.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { athenaNamesOf } from './athena-names.ts';
import { athenaQuestion, createLinesTable, linesTable, standingQuery } from './athena-tables.ts';
import { readingOf } from './fixture.ts';
import { parametersOf, preparedSql, SAVED_QUERIES } from './saved-queries.ts';

/**
 * There is no Athena here. Its SQL is close enough to DuckDB's for the queries to run there once two of Trino's names
 * are defined; what a statement of Hive's says is compared with what the delivery stream does.
 */
const BUCKET = 'wildrydes-archive-123456789012-us-east-1';
const { database: DATABASE } = athenaNamesOf(BUCKET);
const NINE = Date.parse('2026-05-01T09:00:00Z');
const NEXT_YEAR = Date.parse('2027-01-02T03:00:00Z');

async function stand(
  lines: readonly (readonly [hour: number, line: Partial<Record<keyof Reading, unknown>>])[],
) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const run = (sql: string) => connection.run(sql);
  await run("SET TimeZone = 'UTC'");
  await run('CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)');
  await run(`CREATE SCHEMA ${DATABASE}`);
  await run(`CREATE TABLE ${DATABASE}.${linesTable(BUCKET)} (name VARCHAR, statustime VARCHAR, latitude VARCHAR,
    longitude VARCHAR, distance VARCHAR, magicpoints VARCHAR, healthpoints VARCHAR, arrived_year INTEGER,
    arrived_month INTEGER, arrived_day INTEGER, arrived_hour INTEGER)`);
  const attributes = Object.keys(readingOf()) as (keyof Reading)[];
  for (const [hour, line] of lines) {
    const time = new Date(hour);
    const parts = [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()];
    const values = attributes.map((name) => (line[name] === undefined ? null : String(line[name])));
    await connection.run(
      `INSERT INTO ${DATABASE}.${linesTable(BUCKET)} VALUES (${[...values, ...parts].map(() => '?').join()})`,
      [...values, ...parts],
    );
  }
  const answer = async ({ sql, values }: Asked) =>
    (await connection.runAndReadAll(sql, [...values])).getRowObjectsJson();
  const ask = async (...[question, hours, span]: [Asked, Hours?, Span?]) => {
    const everything = { first: NINE, last: NEXT_YEAR };
    const nothing = { since: undefined, until: undefined };
    return answer(athenaQuestion(question, BUCKET, hours ?? everything, span ?? nothing));
  };
  return Object.assign(ask, { answer });
}
interface Asked {
  readonly sql: string;
  readonly values: readonly string[];
}
type Hours = Parameters<typeof athenaQuestion>[2];
type Span = Parameters<typeof athenaQuestion>[3];

test('readings have the columns that they have in DuckDB', async () => {
  const ask = await stand([
    [NINE, { ...readingOf(), MagicPoints: '150.0', Distance: '29.123457' }],
    [NINE, { ...readingOf(), StatusTime: '2026-05-01T01:30:00.1239+02:00', Name: 'B' }],
    [NINE, { ...readingOf(), StatusTime: 'never' }],
    [NINE, {}],
  ]);
  const rows = await ask({ sql: 'SELECT * FROM readings ORDER BY StatusTime DESC', values: [] });
  expect(rows).toMatchObject([
    {
      ...{ name: 'Rocinante', statustime: '2026-05-01 09:00:00', latitude: 40.749167, longitude: -73.985184 },
      ...{ distance: '29.123457', magicpoints: 150, healthpoints: 150 },
      ...{ arrived_year: 2026, arrived_month: 5, arrived_day: 1, arrived_hour: 9 },
    },
    { name: 'B' },
  ]);
  expect(rows).toHaveLength(2);
  const parts = 'SELECT Year, Month, Day, Hour, Minute FROM readings WHERE Name = ?';
  const [row] = await ask({ sql: parts, values: ['B'] });
  expect(Object.values(row ?? {}).map(Number)).toEqual([2026, 4, 30, 23, 30]);
});

test('a span comes before the values of the query; hours outside are not looked into', async () => {
  const at = (Name: string, StatusTime: string) => readingOf({ Name, StatusTime });
  const ask = await stand([
    [NINE - 3_600_000, at('A', '2026-05-01 09:00:00.001')],
    [NINE, at('A', '2026-05-01 08:59:59.999')],
    [NINE, at('A', '2026-05-01 09:00:00.000')],
    [NINE, at('B', '2026-05-01 09:00:00.000')],
    [NEXT_YEAR, at('A', '2027-01-02 03:00:00.000')],
    [NEXT_YEAR, at('A', '2027-01-02 03:00:00.001')],
    [NEXT_YEAR + 3_600_000, at('A', '2027-01-02 03:00:00.000')],
  ]);
  const question = {
    sql: 'WITH a AS (SELECT * FROM readings WHERE Name = ?) SELECT COUNT(*) AS n FROM a',
    values: ['A'],
  };
  const span = { since: NINE, until: NEXT_YEAR + 1 };
  expect(await ask(question, { first: NINE, last: NEXT_YEAR }, span)).toEqual([{ n: '2' }]);
  expect(await ask(question, { first: NINE, last: NINE })).toEqual([{ n: '2' }]);
});

describe('a query that stands', () => {
  const LINES = `${DATABASE}.${linesTable(BUCKET)}`;
  const DAY = 86_400_000;

  test.each(Object.entries(SAVED_QUERIES))(
    '%s, of the last days, today and any other day',
    async (_, saved) => {
      const now = Date.now();
      const ago = (days: number) => now - days * DAY;
      const ride = (at: number, Name: string) =>
        [at, readingOf({ Name, StatusTime: formatStatusTime(at), MagicPoints: 10 })] as const;
      const { answer } = await stand([
        ride(now, 'Now'),
        ride(ago(89), 'Old'),
        ride(ago(92), 'Gone'),
        ride(ago(400), 'Long gone'),
      ]);
      const values = { name: 'Old', since: '2000-01-01 00:00:00.000' };
      const rows = await answer({
        sql: standingQuery(preparedSql(saved), LINES, 90),
        values: parametersOf(saved).map((parameter) => values[parameter]),
      });
      const isOfOne = parametersOf(saved).includes('name');
      expect(rows).toHaveLength(isOfOne ? 1 : 2);
      if (!isOfOne) expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(['Now', 'Old']));
    },
  );
});

test('within one day, each column alone rules partitions out', () => {
  const question = { sql: 'SELECT 1', values: [] };
  const nothing = { since: undefined, until: undefined };
  const { sql } = athenaQuestion(question, BUCKET, { first: NINE, last: NINE + 7_200_000 }, nothing);
  for (const part of [
    'year BETWEEN 2026 AND 2026',
    'month BETWEEN 5 AND 5',
    'day BETWEEN 1 AND 1',
    'hour BETWEEN 9 AND 11',
  ]) {
    expect(sql).toContain(`arrived_${part}`);
  }
});

test('the table lies where the delivery stream puts objects, partitions as it names them', () => {
  const statement = createLinesTable(BUCKET);
  const template = /'storage\.location\.template'='([^']+)'/.exec(statement)?.[1];
  const parts: Record<string, string> = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour' };
  expect(template).toBe(
    `s3://${BUCKET}/${ARCHIVE_DELIVERY.prefix.replace(
      /!\{timestamp:(\w+)\}/g,
      (_, part: string) => `\${arrived_${parts[part]}}`,
    )}`,
  );
  // SQL minds no case, and a reading has a Year of its own.
  const columns = [...statement.matchAll(/(\w+) (?:string|int)\b/g)].map((match) => match[1]?.toLowerCase());
  expect(new Set(columns).size).toBe(columns.length);
});
