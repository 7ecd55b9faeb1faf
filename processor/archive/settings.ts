import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { WildRydesError } from '../../telemetry/errors.ts';
import { oneOf, required } from '../environment.ts';
import type { Item } from '../table-writer.ts';

/** What the environment says of the function. */
export interface ArchiverSettings {
  readonly events: 'readings' | 'any';
  readonly table: { readonly name: string; readonly keyOf: (item: Item) => string } | undefined;
  /** Whether each event and the answer are logged: of use where one learns, and nowhere else. */
  readonly logEvents: boolean;
}

/**
 * Reads the environment: EVENTS is `readings` or `any` (default); TABLE_NAME names the table that each event is written
 * to (default: none), TABLE_KEY its key attributes, partition key first, with a comma between; LOG_EVENTS is `true` or
 * `false` (default).
 *
 * @throws WildRydesError USAGE, naming the variable, what was given and what is allowed
 */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): ArchiverSettings {
  const events = oneOf(variables, 'EVENTS', ['any', 'readings']);
  const logEvents = oneOf(variables, 'LOG_EVENTS', ['false', 'true']) === 'true';
  const name = variables.TABLE_NAME;
  if (!name) return { events, table: undefined, logEvents };
  const keys = required(variables, 'TABLE_KEY')
    .split(',')
    .map((key) => key.trim());
  if (keys.length > 2 || keys.includes('')) {
    throw new WildRydesError(
      'USAGE',
      `TABLE_KEY must name one or two attributes, with a comma between (given ${variables.TABLE_KEY})`,
    );
  }
  const keyOf = (item: Item) => JSON.stringify(keys.map((key) => keyText(item[key])));
  return { events, table: { name, keyOf }, logEvents };
}

/** A number of the event and the NumberValue that comes back for it from the table are one key. */
function keyText(value: unknown): unknown {
  if (value instanceof NumberValue) return ['N', Number(value.value) === 0 ? '0' : value.value];
  if (typeof value === 'number') return ['N', String(value)];
  return value instanceof Uint8Array ? ['B', Buffer.from(value).toString('base64')] : value;
}
