import { setTimeout as pause } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetTableMetadataCommand,
  InvalidRequestException,
  MetadataException,
  paginateGetQueryResults,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { athenaNamesOf, MOST_SCANNED } from '../../infra/archive/athena-names.ts';
import { createDatabase, createLinesTable, linesTable } from '../../infra/archive/athena-tables.ts';
import type { Question } from '../../infra/archive/question.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { printable } from '../terminal.ts';
import type { AnswerPage, Kind } from './answer.ts';

/**
 * Where Athena leaves its answers: at `s3://BUCKET/PREFIX/`, or where a workgroup says, which also says how much a query
 * may read.
 */
export type AnswersTo = { readonly output: string } | { readonly workGroup: string };

/** How to reach Athena, and where it leaves what it answers. */
export interface AthenaOptions {
  readonly client: AthenaClient;
  readonly answersTo: AnswersTo;
  /** Milliseconds from one look at a query to the next: the first, doubled each time up to the longest. */
  readonly patience?: { readonly first: number; readonly longest: number };
}

const PATIENCE = { first: 200, longest: 2_000 };

/**
 * Makes database and table for a bucket's archive, once.
 *
 * @throws what the client does; WildRydesError; AbortError
 */
export async function prepareAthena(
  options: AthenaOptions,
  bucket: string,
  signal: AbortSignal,
): Promise<void> {
  const { database } = athenaNamesOf(bucket);
  try {
    await options.client.send(
      new GetTableMetadataCommand({
        CatalogName: 'AwsDataCatalog',
        DatabaseName: database,
        TableName: linesTable(bucket),
      }),
      { abortSignal: signal },
    );
    return;
  } catch (error) {
    if (!(error instanceof MetadataException)) throw error;
  }
  await execute(options, { sql: createDatabase(bucket), values: [] }, undefined, signal);
  await execute(options, { sql: createLinesTable(bucket), values: [] }, database, signal);
}

/**
 * Asks Athena, waits, and reads the answer a page at a time. An abort also stops the query there, which costs by what
 * it reads.
 *
 * @param database in which it looks for tables that the question names alone
 * @throws WildRydesError USAGE for SQL that Athena does not take, UNREACHABLE when it fails otherwise; what the client
 *   does; AbortError
 */
export async function* askAthena(
  options: AthenaOptions,
  question: Question,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<AnswerPage> {
  const { QueryExecutionId, StatementType } = await execute(options, question, database, signal);
  // Only an answer of rows has its columns' names as its first row.
  let headings = StatementType === 'DML' ? 1 : 0;
  const pages = paginateGetQueryResults(
    { client: options.client },
    { QueryExecutionId },
    { abortSignal: signal },
  );
  for await (const { ResultSet } of pages) {
    const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => ({
      name: Name,
      kind: kindOf(Type),
    }));
    const rows = (ResultSet?.Rows ?? []).slice(headings);
    headings = 0;
    yield {
      columns,
      rows: rows.map(({ Data = [] }) => columns.map((_, at) => Data[at]?.VarCharValue ?? null)),
    };
  }
}

/** Runs a statement to its end. */
async function execute(
  options: AthenaOptions,
  { sql, values }: Question,
  database: string | undefined,
  signal: AbortSignal,
): Promise<QueryExecution> {
  const { client, answersTo, patience = PATIENCE } = options;
  const { QueryExecutionId } = await client
    .send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        ...(database === undefined ? {} : { QueryExecutionContext: { Database: database } }),
        ...(values.length === 0 ? {} : { ExecutionParameters: values.map(literal) }),
        ...('workGroup' in answersTo
          ? { WorkGroup: answersTo.workGroup }
          : { ResultConfiguration: { OutputLocation: answersTo.output } }),
      }),
      { abortSignal: signal },
    )
    .catch((error: unknown) => {
      throw error instanceof InvalidRequestException ? notTaken(error.message, error) : error;
    });
  try {
    for (let wait = patience.first; ; wait = Math.min(2 * wait, patience.longest)) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }), {
        abortSignal: signal,
      });
      const { State, StateChangeReason = 'no reason told', AthenaError } = QueryExecution?.Status ?? {};
      if (State === 'SUCCEEDED') return QueryExecution ?? {};
      if (State === 'FAILED' && AthenaError?.ErrorCategory === USERS_ERROR) throw notTaken(StateChangeReason);
      if (State === 'FAILED' || State === 'CANCELLED') {
        throw new WildRydesError('UNREACHABLE', `Athena gave up the query: ${printable(StateChangeReason)}`, {
          next: State === 'CANCELLED' && 'workGroup' in answersTo ? LIMITED : REFUSED,
        });
      }
      await pause(wait, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) await stop(client, QueryExecutionId);
    throw error;
  }
}

const REFUSED =
  'Check what your credentials allow: Athena, Glue, reading the bucket and writing to --athena-output.';

/** A workgroup cancels a query that has read too much. */
const LIMITED = `A query may read ${MOST_SCANNED / 1e9} GB here: ask for less with --since and --until, or without a limit with --athena-output.`;

/**
 * Whose error it is.
 * Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html
 */
const USERS_ERROR = 2;

function notTaken(reason: string, cause?: unknown): WildRydesError {
  return new WildRydesError('USAGE', `Athena does not take this query: ${printable(reason)}`, {
    next: 'What there is to ask: ./wildrydes query --archive',
    cause,
  });
}

/** The command ends in any case: that the query goes on is told, and costs what it would have cost. */
async function stop(client: AthenaClient, QueryExecutionId: string | undefined): Promise<void> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId }));
  } catch (error) {
    process.stderr.write(
      `the query ${QueryExecutionId} may still run: ${printable((error as Error).message)}\n`,
    );
  }
}

/**
 * A value as Athena takes it, which is as SQL has it: text in quotes.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
 */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Source of the names: https://docs.aws.amazon.com/athena/latest/ug/data-types.html */
function kindOf(type: string): Kind {
  if (type === 'boolean') return 'json';
  return /^(?:tinyint|smallint|integer|int|bigint|float|real|double|decimal)\b/.test(type)
    ? 'number'
    : 'text';
}
