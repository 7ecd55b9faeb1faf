import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBType, Json } from '@duckdb/node-api';
import { partsOf, type Span } from '../../infra/archive/hours.ts';
import type { Question } from '../../infra/archive/question.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { printable } from '../terminal.ts';
import type { AnswerPage, Kind } from './answer.ts';
import type { DuckDb } from './duckdb-package.ts';
import type { FetchedObject } from './objects.ts';

/**
 * A DuckDB that holds readings and can reach nothing else: its tables are in a file of a folder that goes with it.
 * Settings: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export interface Readings {
  /** For files that are to be added; goes with everything else. */
  readonly folder: string;
  /**
   * Adds the readings of files, and removes the files.
   *
   * @param onUnreadable told of a file that cannot be read at all, and was left out
   * @returns how many lines are no readings, and were left out
   */
  add(files: readonly FetchedObject[], onUnreadable: (key: string, reason: string) => void): Promise<number>;
  /**
   * Answers a question about the table `readings`. From the first one on, files and settings are out of reach.
   *
   * @throws WildRydesError USAGE for SQL that DuckDB does not take; AbortError
   */
  ask(question: Question, signal: AbortSignal): AsyncGenerator<AnswerPage>;
  close(): Promise<void>;
}

const TABLE = `CREATE TABLE readings (
  Name VARCHAR, StatusTime TIMESTAMP, Latitude DOUBLE, Longitude DOUBLE, Distance DECIMAL(18, 6),
  MagicPoints INTEGER, HealthPoints INTEGER, "Year" INTEGER, "Month" INTEGER, "Day" INTEGER, "Hour" INTEGER,
  "Minute" INTEGER, arrived_year INTEGER, arrived_month INTEGER, arrived_day INTEGER, arrived_hour INTEGER)`;

/**
 * Times and distances are read from their text: the reader of JSON would pass over an offset from UTC, and a sum of
 * doubles is not the sum of the decimals. A line that is no JSON object comes as NULLs.
 */
const readLines = (paths: readonly string[]) => `CREATE OR REPLACE TEMP TABLE lines AS
  SELECT *, date_trunc('milliseconds', TRY_CAST(StatusTime AS TIMESTAMPTZ) AT TIME ZONE 'UTC') AS time
  FROM read_json([${paths.map(literal).join()}], format = 'newline_delimited', compression = 'uncompressed',
    ignore_errors = true, columns = {Name: 'VARCHAR', StatusTime: 'VARCHAR', Latitude: 'DOUBLE',
    Longitude: 'DOUBLE', Distance: 'VARCHAR', MagicPoints: 'INTEGER', HealthPoints: 'INTEGER'})`;

const COUNT_LEFT_OUT = 'SELECT COUNT(*) FROM lines WHERE Name IS NULL OR time IS NULL';

const ADD = `INSERT INTO readings
  SELECT Name, time, Latitude, Longitude, TRY_CAST(Distance AS DECIMAL(18, 6)), MagicPoints, HealthPoints,
    year(time), month(time), day(time), hour(time), minute(time), $year, $month, $day, $hour
  FROM lines
  WHERE Name IS NOT NULL AND time IS NOT NULL
    AND ($since IS NULL OR time >= CAST($since AS TIMESTAMP))
    AND ($until IS NULL OR time < CAST($until AS TIMESTAMP))`;

/**
 * Opens an empty one.
 *
 * @param span readings outside of it are left out
 */
export async function openReadings(duckdb: DuckDb, span: Span): Promise<Readings> {
  const folder = await mkdtemp(join(tmpdir(), 'wildrydes-archive-'));
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  const close = async () => {
    connection?.closeSync();
    instance?.closeSync();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    instance = await duckdb.DuckDBInstance.create(join(folder, 'archive.duckdb'), {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // What does not fit into memory goes here, and not into the current folder.
      temp_directory: join(folder, 'spill'),
    });
    connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(TABLE);
  } catch (error) {
    await close();
    throw error;
  }
  const opened = connection;
  let isLocked = false;
  return {
    folder,
    add: (files, onUnreadable) => add(opened, files, span, onUnreadable),
    async *ask(question, signal) {
      if (!isLocked) {
        await opened.run('SET enable_external_access = false');
        await opened.run('SET lock_configuration = true');
        isLocked = true;
      }
      yield* ask(duckdb, opened, question, signal);
    },
    close,
  };
}

async function add(
  connection: DuckDBConnection,
  files: readonly FetchedObject[],
  { since, until }: Span,
  onUnreadable: (key: string, reason: string) => void,
): Promise<number> {
  const bounds = { since: timeOf(since), until: timeOf(until) };
  const addTogether = async (some: readonly FetchedObject[], hour: number): Promise<number> => {
    const [year, month, day, hours] = partsOf(hour);
    try {
      await connection.run(readLines(some.map(({ path }) => path)));
    } catch (error) {
      const { message } = error as Error;
      // One file can keep all from being read: with a line that is longer than any record. Which one, each tells alone.
      if (!message.startsWith('Invalid Input Error')) throw error;
      if (some.length > 1) return addEach(some, hour);
      for (const { key } of some) onUnreadable(key, message.split('\n')[0] ?? '');
      return 0;
    }
    await connection.run(ADD, { year, month, day, hour: hours, ...bounds });
    const counted = await connection.runAndReadAll(COUNT_LEFT_OUT);
    return Number(counted.getRowsJson()[0]?.[0]);
  };
  const addEach = async (some: readonly FetchedObject[], hour: number) => {
    let leftOut = 0;
    for (const one of some) leftOut += await addTogether([one], hour);
    return leftOut;
  };
  let leftOut = 0;
  for (const hour of new Set(files.map((file) => file.hour))) {
    const ofHour = files.filter((file) => file.hour === hour);
    leftOut += await addTogether(ofHour, hour);
    await Promise.all(ofHour.map(({ path }) => rm(path, { force: true })));
  }
  return leftOut;
}

function timeOf(instant: number | undefined): string | null {
  return instant === undefined ? null : formatStatusTime(instant);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function* ask(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  { sql, values }: Question,
  signal: AbortSignal,
): AsyncGenerator<AnswerPage> {
  const stop = () => connection.interrupt();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    const { count } = await connection.extractStatements(sql);
    if (count !== 1) throw new Error(`one statement can be asked at a time (given ${count})`);
    const result = await connection.stream(sql, [...values]);
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, at) => ({ name, kind: kindOf(duckdb, types[at]!) }));
    let isEmpty = true;
    for await (const rows of result.yieldRowsJson()) {
      isEmpty = false;
      yield { columns, rows: rows.map((row) => row.map((cell, at) => textOf(duckdb, cell, types[at]!))) };
    }
    if (isEmpty) yield { columns, rows: [] };
  } catch (error) {
    signal.throwIfAborted();
    throw new WildRydesError('USAGE', `DuckDB does not take this query: ${printableLines(error)}`, {
      next: 'What there is to ask: ./wildrydes query --archive',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function printableLines(error: unknown): string {
  const { message } = error as Error;
  return message.split('\n').map(printable).join('\n');
}

function kindOf({ DuckDBTypeId: Id }: DuckDb, { typeId }: DuckDBType): Kind {
  const numbers: readonly number[] = [
    ...[Id.TINYINT, Id.SMALLINT, Id.INTEGER, Id.BIGINT, Id.HUGEINT, Id.BIGNUM],
    ...[Id.UTINYINT, Id.USMALLINT, Id.UINTEGER, Id.UBIGINT, Id.UHUGEINT],
    ...[Id.FLOAT, Id.DOUBLE, Id.DECIMAL],
  ];
  const nested: readonly number[] = [Id.BOOLEAN, Id.LIST, Id.STRUCT, Id.MAP, Id.ARRAY, Id.UNION];
  return numbers.includes(typeId) ? 'number' : nested.includes(typeId) ? 'json' : 'text';
}

function textOf(duckdb: DuckDb, cell: Json, { typeId }: DuckDBType): string | null {
  if (cell === null) return null;
  if (typeof cell !== 'string') return JSON.stringify(cell);
  if (typeId !== duckdb.DuckDBTypeId.TIMESTAMP) return cell;
  // As StatusTime is written everywhere: with its milliseconds, also when there are none.
  const [seconds = '', fraction = ''] = cell.split('.');
  return /\d$/.test(seconds) ? `${seconds}.${fraction.padEnd(3, '0')}` : cell;
}
