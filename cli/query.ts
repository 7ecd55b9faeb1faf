import { DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { clientConfig, describeTarget, resolveTarget } from '../infra/target.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { formatStatusTime, parseStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { TABLES } from '../telemetry/topology.ts';
import type { QueryFlags } from './commands/query.ts';
import { lastOf, readDuration } from './options.ts';
import { column } from './terminal.ts';

/**
 * Prints the summaries of one unicorn, oldest first.
 *
 * @throws WildRydesError USAGE, UNREACHABLE, or NOT_FOUND when the table does not exist
 */
export async function query(flags: QueryFlags): Promise<void> {
  const target = resolveTarget(flags, process.env);
  const client = new DynamoDBClient({
    ...clientConfig(target),
    ...(target.kind === 'aws' ? {} : { maxAttempts: 1 }),
  });
  const table = TABLES.summaries.name;
  let printed = 0;
  try {
    const pages = paginateQuery(
      { client: DynamoDBDocumentClient.from(client) },
      {
        TableName: table,
        KeyConditionExpression: '#name = :name AND #time >= :since',
        // Name is a reserved word of DynamoDB.
        ExpressionAttributeNames: { '#name': 'Name', '#time': 'StatusTime' },
        ExpressionAttributeValues: {
          ':name': lastOf(flags.name) ?? '',
          ':since': readSince(flags.since, Date.now()),
        },
      },
    );
    for await (const page of pages) {
      for (const item of (page.Items ?? []) as Summary[]) {
        if (printed++ === 0 && !flags.json) process.stdout.write(`${HEADING}\n`);
        process.stdout.write(`${flags.json ? JSON.stringify(item) : summaryRow(item)}\n`);
      }
    }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw new WildRydesError('NOT_FOUND', `there is no table ${table} at ${describeTarget(target)}`);
    }
    if (isRefusedConnection(error)) {
      throw new WildRydesError('UNREACHABLE', `nothing listens at ${describeTarget(target)}`, {
        next: 'Start the local cloud with ./wildrydes start, or read from AWS with --aws.',
        cause: error,
      });
    }
    throw error;
  } finally {
    client.destroy();
  }
  if (printed === 0) process.stderr.write(`no summaries of ${JSON.stringify(flags.name)} in ${table} yet\n`);
}

function readSince(text: string | undefined, now: number): string {
  if (text === undefined) return ' ';
  const instant = parseStatusTime(text);
  return formatStatusTime(instant ?? now - readDuration('--since', text));
}

const HEADING = `${column('minute (UTC)', 16)} ${'readings'} ${column('metres', 10, 'right')} ${column('magic', 10, 'right')} ${column('health', 10, 'right')}`;

function summaryRow(summary: Summary): string {
  return [
    column(summary.StatusTime.slice(0, 16), 16),
    column(String(summary.Readings), 8, 'right'),
    column(summary.Distance.toFixed(1), 10, 'right'),
    column(`${summary.MinMagicPoints}–${summary.MaxMagicPoints}`, 10, 'right'),
    column(`${summary.MinHealthPoints}–${summary.MaxHealthPoints}`, 10, 'right'),
  ].join(' ');
}

function isRefusedConnection(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    code === 'ECONNREFUSED' || (error instanceof AggregateError && error.errors.some(isRefusedConnection))
  );
}
