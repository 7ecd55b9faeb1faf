import { formatStatusTime } from '../../telemetry/status-time.ts';
import { athenaNamesOf } from './athena-names.ts';
import { partsOf, READINGS_PREFIX, type Span } from './hours.ts';
import { type Question, withTable } from './question.ts';

/** What Athena is told of the archive: a table of its lines, as text, and the table `readings` as a query of that. */

/** Name of the table over a bucket's archive: another bucket's is another. */
export function linesTable(bucket: string): string {
  return `lines_of_${bucket.replaceAll(/[^a-z0-9]/g, '_')}`;
}

/** The statement that makes the database of a bucket's archive. */
export function createDatabase(bucket: string): string {
  return `CREATE DATABASE IF NOT EXISTS ${athenaNamesOf(bucket).database}`;
}

/** The table of lines with its database, as queries name it. */
function linesOf(bucket: string): string {
  return `${athenaNamesOf(bucket).database}.${linesTable(bucket)}`;
}

/** From which hour to which, both included, each by its first millisecond. */
export interface Bounds {
  readonly first: number;
  readonly last: number;
}

/** Attributes of a reading. */
const ATTRIBUTES = ['Name', 'StatusTime', 'Latitude', 'Longitude', 'Distance', 'MagicPoints', 'HealthPoints'];

/** Where a partition lies, by parts of the hour: values that the projection may take, and their digits. */
const PARTITION = {
  arrived_year: { path: 'year', range: '2000,2199', digits: 4 },
  arrived_month: { path: 'month', range: '1,12', digits: 2 },
  arrived_day: { path: 'day', range: '1,31', digits: 2 },
  arrived_hour: { path: 'hour', range: '0,23', digits: 2 },
} as const;

/** The table of lines, as Athena and Glue are told it. */
export interface LinesDefinition {
  /** All of them text: what is no number must not break a query. */
  readonly columns: readonly string[];
  /** Columns of partitions, each a number, in the order of their folders. */
  readonly partitions: readonly string[];
  readonly location: string;
  readonly serde: string;
  readonly serdeParameters: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * The table of lines over a bucket. Partitions are projected: an hour is there as soon as its first object is. The
 * columns of partitions are named otherwise than the folders, since a reading has a Year and SQL minds no case.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html and
 * https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
 */
export function linesDefinition(bucket: string): LinesDefinition {
  const location = `s3://${bucket}/${READINGS_PREFIX}`;
  const parts = Object.entries(PARTITION);
  return {
    columns: ATTRIBUTES.map((name) => name.toLowerCase()),
    partitions: parts.map(([name]) => name),
    location,
    serde: 'org.openx.data.jsonserde.JsonSerDe',
    serdeParameters: { 'ignore.malformed.json': 'true', 'case.insensitive': 'TRUE' },
    properties: {
      'projection.enabled': 'true',
      ...Object.fromEntries(
        parts.flatMap(([name, { range, digits }]) => [
          [`projection.${name}.type`, 'integer'],
          [`projection.${name}.range`, range],
          [`projection.${name}.digits`, String(digits)],
        ]),
      ),
      'storage.location.template': `${location}${parts.map(([name, { path }]) => `${path}=\${${name}}/`).join('')}`,
    },
  };
}

/** The statement that makes the table of lines. */
export function createLinesTable(bucket: string): string {
  const { columns, partitions, location, serde, serdeParameters, properties } = linesDefinition(bucket);
  return `CREATE EXTERNAL TABLE IF NOT EXISTS ${linesOf(bucket)} (
  ${columns.map((name) => `${name} string`).join(', ')})
PARTITIONED BY (${partitions.map((name) => `${name} int`).join(', ')})
ROW FORMAT SERDE '${serde}'
WITH SERDEPROPERTIES (${pairs(serdeParameters)})
LOCATION '${location}'
TBLPROPERTIES (${pairs(properties)})`;
}

function pairs(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `'${name}'='${value}'`)
    .join(', ');
}

/**
 * A StatusTime in UTC, cut to milliseconds. With a space it is the kit's own, with a T it is ISO-8601 with an offset.
 * Source: https://trino.io/docs/current/functions/datetime.html
 */
const TIME = [
  "CASE WHEN substr(statustime, 11, 1) = ' ' THEN TRY_CAST(substr(statustime, 1, 23) AS timestamp(3))",
  "ELSE TRY(CAST(from_iso8601_timestamp(statustime) AT TIME ZONE 'UTC' AS timestamp(3))) END",
].join(' ');

const DATE_PARTS = ['year', 'month', 'day', 'hour', 'minute'];

/**
 * A question about `readings` as one that Athena can answer.
 *
 * @param hours the only ones that are looked into: without bounds Athena would look for every hour of two centuries
 */
export function athenaQuestion(
  { sql, values }: Question,
  bucket: string,
  hours: Bounds,
  { since, until }: Span,
): Question {
  const bounds = [
    ...(since === undefined ? [] : [{ operator: '>=', instant: since }]),
    ...(until === undefined ? [] : [{ operator: '<', instant: until }]),
  ];
  const conditions = bounds.map(({ operator }) => `statustime ${operator} CAST(? AS timestamp(3))`);
  const asked = withTable(sql, 'readings', readings(linesOf(bucket), within(hours), conditions));
  return {
    sql: asked,
    values: asked === sql ? values : [...bounds.map(({ instant }) => formatStatusTime(instant)), ...values],
  };
}

/**
 * A query of `readings` as one that stays true: of what has come in the last days, whenever it is asked.
 *
 * @param lines the table of lines, with its database
 * @param days before today, UTC
 */
export function standingQuery(sql: string, lines: string, days: number): string {
  return withTable(sql, 'readings', readings(lines, withinDays(days), []));
}

/** The query that makes readings of lines, on one line. */
function readings(lines: string, hours: string, conditions: readonly string[]): string {
  const points = (name: string) => `TRY_CAST(TRY_CAST(${name} AS double) AS integer) AS ${name}`;
  const typed = [
    'name',
    `${TIME} AS statustime`,
    ...['latitude', 'longitude'].map((name) => `TRY_CAST(${name} AS double) AS ${name}`),
    'TRY_CAST(distance AS decimal(18, 6)) AS distance',
    ...['magicpoints', 'healthpoints'].map(points),
    ...Object.keys(PARTITION),
  ];
  const columns = [
    ...ATTRIBUTES.map((name) => name.toLowerCase()),
    ...DATE_PARTS.map((part) => `${part}(statustime) AS ${part}`),
    ...Object.keys(PARTITION),
  ];
  const valid = ['name IS NOT NULL', 'statustime IS NOT NULL', ...conditions].join(' AND ');
  const rows = `SELECT ${typed.join(', ')} FROM ${lines} WHERE ${hours}`;
  return `SELECT ${columns.join(', ')} FROM (${rows}) AS typed WHERE ${valid}`;
}

/** Bounds of partitions in words that mean other days tomorrow: the year alone first, which is what rules most out. */
function withinDays(days: number): string {
  const [first, last] = [`current_date - INTERVAL '${days}' DAY`, 'current_date'];
  const number = (date: string) => `(year(${date}) * 100 + month(${date})) * 100 + day(${date})`;
  const [year, month, day] = Object.keys(PARTITION);
  return [
    `${year} BETWEEN year(${first}) AND year(${last})`,
    `(${year} * 100 + ${month}) * 100 + ${day} BETWEEN ${number(first)} AND ${number(last)}`,
  ].join(' AND ');
}

/**
 * Bounds of partitions: first each column alone as far as that can be said, which is what rules partitions out, then
 * exactly.
 */
function within({ first, last }: Bounds): string {
  const names = Object.keys(PARTITION);
  const [from, to] = [partsOf(first), partsOf(last)];
  const conditions: string[] = [];
  for (const [at, name] of names.entries()) {
    conditions.push(`${name} BETWEEN ${from[at]} AND ${to[at]}`);
    if (from[at] !== to[at]) break;
  }
  const number = ([year, month, day, hour]: ReturnType<typeof partsOf>) =>
    ((year * 100 + month) * 100 + day) * 100 + hour;
  const [year, month, day, hour] = names;
  conditions.push(
    `((${year} * 100 + ${month}) * 100 + ${day}) * 100 + ${hour} BETWEEN ${number(from)} AND ${number(to)}`,
  );
  return conditions.join(' AND ');
}
