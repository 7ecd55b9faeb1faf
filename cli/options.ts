import { resolve } from 'node:path';
import type { Options } from 'yargs';
import { WildRydesError } from '../telemetry/errors.ts';
import { quote } from '../telemetry/excerpt.ts';
import { parseStatusTime } from '../telemetry/status-time.ts';
import { LOCAL } from '../telemetry/topology.ts';

/**
 * Options that several commands share, and the readers of their values. A reader returns the value or throws
 * WildRydesError USAGE with what was given and what is allowed.
 *
 * Help shows no types, choices or defaults of its own accord: each description says what may be given, and what holds
 * when nothing is.
 */

/** An option with one value: repeated, its last one counts. */
export function oneText<const More extends Options>(describe: string, more: More) {
  return { type: 'string', requiresArg: true, coerce: lastOf<string>, describe, ...more } as const;
}

/** An option with one of a few values. */
export function oneOf<const Value extends string, const More extends Options>(
  option: string,
  values: readonly Value[],
  describe: string,
  more: More,
) {
  const coerce = (given: string | string[] | undefined): Value | undefined => {
    const value = lastOf(given);
    if (value === undefined || values.includes(value as Value)) return value as Value | undefined;
    throw new WildRydesError(
      'USAGE',
      `${option} must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)} (given ${quote(value)})`,
    );
  };
  return { ...oneText(describe, more), coerce } as const;
}

/** An option with a region of AWS. */
export function oneRegion<const More extends Options>(describe: string, more: More) {
  const coerce = (given: string | string[] | undefined) => readRegion(lastOf(given));
  return { ...oneText(describe, more), coerce } as const;
}

const WHERE = { group: 'Where:' } as const;

export const PORT_OPTION = {
  ...oneText(`port of the local cloud [default: ${LOCAL.port}]`, WHERE),
  coerce: (given: string | string[] | undefined) => readPort(lastOf(given)),
} as const;

/** A state folder, by a path from the current folder. */
export const DATA_OPTION = {
  ...oneText(`state folder of the local cloud [default: ${LOCAL.state} in the project]`, WHERE),
  coerce: (given: string | string[] | undefined) => readFolder(lastOf(given)),
} as const;

/** Whose names a command means, in a group of its own. */
export function prefixOption<const More extends Options>(more: More) {
  return oneText(
    'before the names of the kit, where people share an account: alice [default: PREFIX of the shell, where it leads; else none]',
    more,
  );
}

export const TARGET_OPTIONS = {
  port: PORT_OPTION,
  endpoint: oneText('any endpoint that speaks the API of AWS, by URL', WHERE),
  aws: { type: 'boolean', ...WHERE, describe: 'AWS, in the region and profile of the environment' },
  region: oneRegion('AWS, in this region', WHERE),
  profile: oneText('AWS, with this profile of your AWS configuration', WHERE),
} as const satisfies Record<string, Options>;

/** A TCP port, 1 to 65535. */
export function readPort(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readInteger('--port', text, 1, 65_535);
}

/**
 * A region of AWS, by the shape that all names of regions have: `us-west-2`, `us-gov-west-1`, `eusc-de-east-1`. Whether there
 * is one of this name, AWS knows.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
function readRegion(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text)) return text;
  throw new WildRydesError('USAGE', `--region must be one such as us-west-2 (given ${quote(text)})`);
}

/** A folder's absolute path. */
function readFolder(text: string | undefined): string | undefined {
  // Nothing would mean the current folder, which hardly anyone wants filled with a cloud's state.
  if (text === '') throw new WildRydesError('USAGE', '--data must name a folder (given nothing)');
  return text === undefined ? undefined : resolve(text);
}

/** A stream's name. Source of the rule: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
export function readStreamName(text: string): string {
  if (/^[a-zA-Z0-9_.-]{1,128}$/.test(text)) return text;
  throw new WildRydesError(
    'USAGE',
    `--stream must be 1 to 128 letters, digits, dots, dashes and underscores (given ${quote(text)})`,
  );
}

/** A whole number within bounds, in plain decimal digits. */
export function readInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new WildRydesError(
      'USAGE',
      `${option} must be a whole number from ${least} to ${most} (given ${quote(text)})`,
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as 90s, 5m or 1.5h, in milliseconds; a bare number is seconds. */
export function readDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const value = match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? Number.NaN) : Number.NaN;
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new WildRydesError(
      'USAGE',
      `${option} must be a length of time such as 90s, 5m or 1h (given ${quote(text)})`,
    );
  }
  return value;
}

/**
 * A moment, as milliseconds since the epoch: a time as StatusTime or ISO-8601 has it, or how long ago.
 *
 * @param words what may be given besides, for the message: `latest, start, `
 */
export function readMoment(option: string, text: string, now: number, words = ''): number {
  const time = parseStatusTime(text);
  if (time !== undefined) return time;
  try {
    return now - readDuration(option, text);
  } catch {
    throw new WildRydesError(
      'USAGE',
      `${option} must be ${words}a UTC time such as 2026-11-21 06:30:00, or how long ago, such as 5m (given ${quote(text)})`,
    );
  }
}

/** The last of several values when an option that takes one was repeated. */
export function lastOf<T>(value: T | readonly T[] | undefined): T | undefined {
  return Array.isArray(value) ? (value.at(-1) as T | undefined) : (value as T | undefined);
}
