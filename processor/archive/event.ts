import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { excerpt } from '../../telemetry/excerpt.ts';
import type { Invalid } from '../../telemetry/reading.ts';
import type { Item } from '../table-writer.ts';

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** One JSON object of a record, as text in one line without the newline. */
export interface EventLine {
  readonly text: string;
}

/**
 * The events of a Firehose record: JSON objects, one in each line, or a single one over several lines, as a file may hold
 * them that somebody puts as it is. All of a record's lines must be events: a record is delivered or fails as a whole.
 *
 * @returns the lines, at least one, exact to the digit; or why they are none. Never throws.
 */
export function eventsIn(
  bytes: Uint8Array,
): { readonly ok: true; readonly events: readonly EventLine[] } | Invalid {
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    return { ok: false, reason: `a record must be JSON in UTF-8 (given ${excerpt(bytes)})` };
  }
  if (isObject(text)) return { ok: true, events: [{ text: inOneLine(text) }] };
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const bad = lines.findIndex((line) => !isObject(line));
  if (lines.length === 0 || bad !== -1) {
    const where = lines.length > 1 ? `, in line ${bad + 1} of ${lines.length}` : '';
    const given = lines.length === 0 ? 'nothing' : excerpt(Buffer.from(lines[bad]!));
    return { ok: false, reason: `a record must be JSON objects, one a line (given ${given}${where})` };
  }
  return { ok: true, events: lines.map((line) => ({ text: line })) };
}

function isObject(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Line ends stand between the tokens of JSON only: in a string they are escaped. */
function inOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/\s*[\r\n]+\s*/g, ' ') : text;
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** No JSON text of an event holds it: there it is escaped. */
const MARK = '\u0000number:';

/**
 * An event as an item of a table. Numbers that a double cannot keep are NumberValues, digit by digit.
 *
 * @param text of one JSON object
 */
export function itemOf({ text }: EventLine): Item {
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || survives(token) ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? NumberValue.from(value.slice(MARK.length)) : value,
  ) as Item;
}

/** Significant digits that every double keeps. */
const DIGITS = 15;

function survives(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+/, '');
  const value = Number(number);
  return (
    digits.length <= DIGITS && Math.abs(value) <= Number.MAX_SAFE_INTEGER && (value !== 0 || digits === '')
  );
}
