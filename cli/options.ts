import type { Options } from 'yargs';
import { WildRydesError } from '../telemetry/errors.ts';
import { LOCAL } from '../telemetry/topology.ts';

/**
 * Options that several commands share, and the readers of their values. A reader returns the value or throws
 * WildRydesError USAGE with what was given and what is allowed.
 */
export const TARGET_OPTIONS = {
  endpoint: {
    type: 'string',
    requiresArg: true,
    group: 'Where:',
    describe: 'any Kinesis-compatible endpoint, by URL',
  },
  port: {
    type: 'string',
    requiresArg: true,
    group: 'Where:',
    describe: `port of the local cloud [default: ${LOCAL.port}]`,
    coerce: (text: string | undefined) => readPort(text),
  },
  aws: {
    type: 'boolean',
    group: 'Where:',
    describe: 'talk to AWS, in the region and profile of the environment',
  },
  region: { type: 'string', requiresArg: true, group: 'Where:', describe: 'talk to AWS in this region' },
  profile: {
    type: 'string',
    requiresArg: true,
    group: 'Where:',
    describe: 'talk to AWS with this profile of your AWS configuration',
  },
} as const satisfies Record<string, Options>;

/** A TCP port, 1 to 65535. */
export function readPort(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readInteger('--port', text, 1, 65_535);
}

/** A whole number within bounds, in plain decimal digits. */
export function readInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new WildRydesError(
      'USAGE',
      `${option} must be a whole number from ${least} to ${most} (given ${text})`,
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as 90s, 5m or 1.5h, in milliseconds; a bare number is seconds. */
export function readDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const value = match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? Number.NaN) : Number.NaN;
  if (!(value > 0)) {
    throw new WildRydesError(
      'USAGE',
      `${option} must be a length of time such as 90s, 5m or 1h (given ${text})`,
    );
  }
  return value;
}

/** The last of several values when an option that takes one was repeated. */
export function lastOf<T>(value: T | readonly T[] | undefined): T | undefined {
  return Array.isArray(value) ? (value.at(-1) as T | undefined) : (value as T | undefined);
}
