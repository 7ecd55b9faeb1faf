import { LOCAL } from '../../../../telemetry/topology.ts';

/** Who a stream is: the table whose changes it holds, and when it began, milliseconds since the epoch. */
export interface StreamIdentity {
  readonly tableName: string;
  readonly id: number;
}

const ARN = /^arn:aws[^:]*:dynamodb:[^:]*:(\d{12}):table\/([a-zA-Z0-9_.-]+)\/stream\/([^/]+)$/;

/** How a stream's beginning is written in its ARN: `2026-01-01T00:00:00.000`. */
export function labelOf(id: number): string {
  return new Date(id).toISOString().slice(0, -1);
}

/** The beginning that a label names; undefined for any other text. */
export function idOf(label: string): number | undefined {
  const id = Date.parse(`${label}Z`);
  return Number.isNaN(id) || labelOf(id) !== label ? undefined : id;
}

export function streamArnOf({ tableName, id }: StreamIdentity): string {
  return `arn:aws:dynamodb:${LOCAL.region}:${LOCAL.accountId}:table/${tableName}/stream/${labelOf(id)}`;
}

/**
 * What a stream's ARN says, of whatever region: all regions see the same. Undefined for what is no stream's ARN; its id
 * is NaN where it cannot be one of ours.
 */
export function parseStreamArn(arn: string): StreamIdentity | undefined {
  const [, accountId, tableName, label = ''] = ARN.exec(arn) ?? [];
  if (tableName === undefined) return undefined;
  return { tableName, id: (accountId === LOCAL.accountId ? idOf(label) : undefined) ?? Number.NaN };
}

/** What TABLE/LABEL says. */
export function parseStreamName(name: string): StreamIdentity {
  const [tableName = '', label = ''] = name.split('/');
  return { tableName, id: idOf(label) ?? Number.NaN };
}
