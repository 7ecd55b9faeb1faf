import { randomUUID } from 'node:crypto';

/** Stands for a number that is known as it was written. Its one key is unknown outside this process, so that no JSON can hold it. */
export type NumberText = Readonly<Record<typeof KEY, string>>;

const KEY = randomUUID();

/** A string, or a number, which outside of strings is wherever a digit is. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Parses JSON, and gives each number as a NumberText: where 300, 300.0 and 3e2 differ, JSON.parse is of no use.
 *
 * @throws SyntaxError if it is not JSON
 */
export function parseKeepingNumbers(json: string): unknown {
  JSON.parse(json);
  return JSON.parse(
    json.replace(TOKEN, (token) => (token.startsWith('"') ? token : `{"${KEY}":"${token}"}`)),
  );
}

export function isNumberText(value: unknown): value is NumberText {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, KEY);
}

/** A number as it was written; undefined for anything else, also for a number of which that is not known. */
export function writtenNumber(value: unknown): string | undefined {
  return isNumberText(value) ? value[KEY] : undefined;
}

/** A number's value, whichever way it was parsed; undefined for anything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const text = writtenNumber(value);
  return text === undefined ? undefined : Number(text);
}
