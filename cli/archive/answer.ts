import type { ChalkInstance } from 'chalk';
import { pad, printable, widthOf } from '../terminal.ts';
import { type Column, table } from '../views/table.ts';

/** What a column of an answer holds, as far as printing it goes: `json` is JSON already. */
export type Kind = 'number' | 'text' | 'json';

export interface AnswerColumn {
  readonly name: string;
  readonly kind: Kind;
}

/** A part of an answer. Values are text whatever their type, so that no digit is lost; null is SQL's NULL. */
export interface AnswerPage {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Lines of NDJSON, an object a row. Numbers keep their digits; what JSON has no number for (NaN) is a string. */
export function ndjson({ columns, rows }: AnswerPage): string[] {
  const keys = distinct(columns.map(({ name }) => name)).map((name) => JSON.stringify(name));
  const value = (text: string, kind: Kind) =>
    kind === 'json' || (kind === 'number' && JSON_NUMBER.test(text)) ? text : JSON.stringify(text);
  return rows.map((row) => {
    const members = row.map(
      (cell, at) => `${keys[at]}:${cell === null ? 'null' : value(cell, columns[at]!.kind)}`,
    );
    return `{${members.join()}}`;
  });
}

/** SQL lets columns share a name, an object does not: the second `a` is `a_2`. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free) || (free !== name && names.includes(free)); count++) {
      free = `${name}_${count}`;
    }
    taken.add(free);
    return free;
  });
}

/** Widest that a column of a table is, terminal columns. */
const WIDEST = 32;

/**
 * Prints an answer as a table, a page at a time. The first page decides how wide the columns are.
 *
 * @param screen terminal columns
 * @param onHidden told once how many columns there is no room for, if any
 */
export function tablePrinter(
  screen: number,
  colours: ChalkInstance,
  onHidden: (count: number) => void,
): (page: AnswerPage) => string[] {
  let widths: number[] | undefined;
  return ({ columns, rows }) => {
    const isFirst = widths === undefined;
    const fitted = columns.map(({ name }, at) =>
      Math.min(WIDEST, Math.max(1, ...[name, ...rows.map((row) => shown(row[at]))].map(widthOf))),
    );
    widths ??= fitted;
    const known = widths;
    const [first, ...others] = columns.map(
      ({ name, kind }, at): Column<readonly (string | null)[]> => ({
        heading: printable(name),
        width: known[at]!,
        align: kind === 'number' ? 'right' : 'left',
        cell: (row) => shown(row[at]),
      }),
    );
    if (first === undefined) return [];
    const ends = known.map((_, at) => known.slice(0, at + 1).reduce((sum, width) => sum + width + 1, 0));
    const fitting = ends.filter((end) => end <= screen);
    const hidden = ends.length - Math.max(1, fitting.length);
    if (isFirst && hidden > 0) onHidden(hidden);
    // No wider than its columns are: a table would give its first one the room that is left.
    const lines = table(rows, [first, ...others], fitting.at(-1) ?? screen, colours);
    return isFirst ? lines : lines.slice(1);
  };
}

function shown(cell: string | null | undefined): string {
  return cell === null || cell === undefined ? '' : printable(cell);
}

/** Lines that list names with what they mean. */
export function listing(entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...entries.map(([name]) => widthOf(name)));
  return entries.map(([name, meaning]) => `  ${pad(name, width)}  ${meaning}`);
}
