import { formatStatusTime } from '../../telemetry/status-time.ts';
import { partsOf, READINGS_PREFIX, type Span } from './hours.ts';
import { type Question, withTable } from './question.ts';

/** What Athena is told of the archive: a table of its lines, as text, and the table `readings` as a query of that. */

/** Athena's database of the kit. */
export const DATABASE = 'wildrydes';

/** Name of the table over a bucket's archive: another bucket's is another. */
export function linesTable(bucket: string): string {
  return `lines_of_${bucket.replaceAll(/[^a-z0-9]/g, '_')}`;
}

export const CREATE_DATABASE = `CREATE DATABASE IF NOT EXISTS ${DATABASE}`;

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

/**
 * The statement that makes the table of lines. Partitions are projected: an hour is there as soon as its first object
 * is. The columns of partitions are named otherwise than the folders, since a reading has a Year and SQL minds no case.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html and
 * https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
 */
export function createLinesTable(bucket: string): string {
  const location = `s3://${bucket}/${READINGS_PREFIX}`;
  const parts = Object.entries(PARTITION);
  const properties = {
    'projection.enabled': 'true',
    ...Object.fromEntries(
      parts.flatMap(([name, { range, digits }]) => [
        [`projection.${name}.type`, 'integer'],
        [`projection.${name}.range`, range],
        [`projection.${name}.digits`, String(digits)],
      ]),
    ),
    'storage.location.template': `${location}${parts.map(([name, { path }]) => `${path}=\${${name}}/`).join('')}`,
  };
  return `CREATE EXTERNAL TABLE IF NOT EXISTS ${DATABASE}.${linesTable(bucket)} (
  ${ATTRIBUTES.map((name) => `${name.toLowerCase()} string`).join(', ')})
PARTITIONED BY (${parts.map(([name]) => `${name} int`).join(', ')})
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES (${pairs({ 'ignore.malformed.json': 'true', 'case.insensitive': 'TRUE' })})
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
  const points = (name: string) => `TRY_CAST(TRY_CAST(${name} AS double) AS integer) AS ${name}`;
  const typed = [
    'name',
    `${TIME} AS statustime`,
    ...['latitude', 'longitude'].map((name) => `TRY_CAST(${name} AS double) AS ${name}`),
    'TRY_CAST(distance AS decimal(18, 6)) AS distance',
    ...['magicpoints', 'healthpoints'].map(points),
    ...Object.keys(PARTITION),
  ];
  const lines = `SELECT ${typed.join(', ')} FROM ${DATABASE}.${linesTable(bucket)} WHERE ${within(hours)}`;
  const columns = [
    ...ATTRIBUTES.map((name) => name.toLowerCase()),
    ...DATE_PARTS.map((part) => `${part}(statustime) AS ${part}`),
    ...Object.keys(PARTITION),
  ];
  const bounds = [
    ...(since === undefined ? [] : [{ operator: '>=', instant: since }]),
    ...(until === undefined ? [] : [{ operator: '<', instant: until }]),
  ];
  const conditions = ['name IS NOT NULL', 'statustime IS NOT NULL'].concat(
    bounds.map(({ operator }) => `statustime ${operator} CAST(? AS timestamp(3))`),
  );
  const readings = `SELECT ${columns.join(', ')} FROM (${lines}) AS typed WHERE ${conditions.join(' AND ')}`;
  const asked = withTable(sql, 'readings', readings);
  return {
    sql: asked,
    values: asked === sql ? values : [...bounds.map(({ instant }) => formatStatusTime(instant)), ...values],
  };
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
