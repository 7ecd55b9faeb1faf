import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import {
  clientConfig,
  describeTarget,
  resolveTarget,
  type Target,
  type TargetFlags,
} from '../infra/target.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { TABLES } from '../telemetry/topology.ts';
import { explainTarget } from './advice.ts';
import { onInterrupt } from './interrupt.ts';
import { readMoment } from './options.ts';
import { unread } from './output.ts';
import { prefixAt } from './shell/prefix.ts';
import { column, printable } from './terminal.ts';

export interface QueryFlags extends TargetFlags {
  readonly name: string | undefined;
  readonly since?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Prints the summaries of one unicorn, oldest first, as many as there are or until Ctrl-C.
 *
 * @throws WildRydesError USAGE, UNREACHABLE, or NOT_FOUND when the table does not exist
 */
export async function query(flags: QueryFlags): Promise<void> {
  const target = resolveTarget(flags, process.env);
  const name = flags.name ?? '';
  const table = prefixAt(target, process.env, flags.prefix) + TABLES.summaries.name;
  const since = readSince(flags.since, Date.now());
  const line = flags.json ? (summary: Summary) => JSON.stringify(summary) : summaryRow;
  const interrupt = onInterrupt();
  let printed = 0;
  try {
    for await (const page of readTable(target, table, name, since, interrupt.signal)) {
      const heading = printed === 0 && page.length > 0 && !flags.json ? [HEADING] : [];
      printed += page.length;
      const lines = [...heading, ...page.map(line)];
      process.stdout.write(lines.map((each) => `${each}\n`).join(''));
      await unread(process.stdout, interrupt.signal);
      if (interrupt.signal.aborted) return;
    }
  } finally {
    interrupt.release();
  }
  if (printed === 0) {
    process.stderr.write(
      `no summaries of ${printable(name)} in ${table} at ${describeTarget(target)}` +
        `${flags.since === undefined ? '' : ` since ${since.slice(0, 16)}`}; a minute is there once it is over\n`,
    );
  }
}

async function* readTable(
  target: Target,
  table: string,
  name: string,
  since: string,
  signal: AbortSignal,
): AsyncGenerator<Summary[]> {
  const client = new DynamoDBClient({
    ...clientConfig(target),
    ...(target.kind === 'aws' ? {} : { maxAttempts: 1 }),
  });
  try {
    const pages = paginateQuery(
      { client: DynamoDBDocumentClient.from(client) },
      {
        TableName: table,
        KeyConditionExpression: '#name = :name AND #time >= :since',
        // Name is a reserved word of DynamoDB.
        ExpressionAttributeNames: { '#name': 'Name', '#time': 'StatusTime' },
        ExpressionAttributeValues: { ':name': name, ':since': since },
      },
      { abortSignal: signal },
    );
    for await (const page of pages) yield (page.Items ?? []) as Summary[];
  } catch (error) {
    if (signal.aborted) return;
    throw explainTarget(
      error,
      target,
      (cause) =>
        new WildRydesError('NOT_FOUND', `there is no table ${table} at ${describeTarget(target)}`, {
          next: whereItIsMade(target, table),
          cause,
        }),
    );
  } finally {
    client.destroy();
  }
}

function whereItIsMade({ kind }: Target, table: string): string {
  if (kind === 'aws')
    return 'It is deployed by ./wildrydes deploy: with --prefix where people share an account.';
  return table === TABLES.summaries.name
    ? 'The pipeline creates it: ./wildrydes start without --empty, or ./producer.'
    : 'What begins with a prefix is made by whoever has it, in the workshop: the table of the pipeline has none.';
}

/** The StatusTime to begin with. Windows begin on minutes: the one that a moment lies in counts. */
function readSince(text: string | undefined, now: number): string {
  // Before any time, and DynamoDB takes no empty key.
  if (text === undefined) return ' ';
  const instant = readMoment('--since', text, now);
  // So long ago that there is no way to write it.
  if (instant < EARLIEST) return ' ';
  return `${formatStatusTime(instant).slice(0, 16)}:00.000`;
}

/** The first moment that a StatusTime can tell. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

const HEADING = row('minute (UTC)', 'readings', 'metres', 'magic', 'health');

/** Items that others wrote may lack attributes. */
function summaryRow(item: Partial<Summary>): string {
  return row(
    printable(String(item.StatusTime ?? '')).slice(0, 16),
    shown(item.Readings),
    shown(item.Distance, 1),
    `${shown(item.MinMagicPoints)}–${shown(item.MaxMagicPoints)}`,
    `${shown(item.MinHealthPoints)}–${shown(item.MaxHealthPoints)}`,
  );
}

function row(minute: string, readings: string, metres: string, magic: string, health: string): string {
  return [
    column(minute, 16),
    column(readings, 8, 'right'),
    column(metres, 10, 'right'),
    column(magic, 10, 'right'),
    column(health, 10, 'right'),
  ].join(' ');
}

function shown(value: unknown, digits = 0): string {
  return typeof value === 'number' ? value.toFixed(digits) : '?';
}
