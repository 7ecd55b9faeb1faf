import type { ChalkInstance } from 'chalk';
import { column } from '../terminal.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly heading: string;
  /** Terminal columns. */
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => string;
  /** Colours a cell once it is as wide as it shall be. */
  readonly colour?: (row: Row, cell: string) => string;
}

/** Widest that a first column grows, terminal columns. */
const WIDEST = 24;

/**
 * The lines of a table: a heading, then a line for each row. The first column takes what room is left, up to 24 columns,
 * and at least its own width; of the others there are as many as fit.
 *
 * @param columns width of the screen; no line is wider
 */
export function table<Row>(
  rows: readonly Row[],
  [first, ...others]: readonly [Column<Row>, ...Column<Row>[]],
  columns: number,
  colours: ChalkInstance,
): string[] {
  const shown: Column<Row>[] = [];
  let room = columns - 1 - Math.min(first.width, columns - 1);
  for (const other of others) {
    if (other.width + 1 > room) break;
    room -= other.width + 1;
    shown.push(other);
  }
  const name = { ...first, width: Math.max(0, Math.min(WIDEST, columns - 1, first.width + room)) };
  const all = [name, ...shown];
  const line = (cell: (one: Column<Row>) => string) => ` ${all.map(cell).join(' ')}`.trimEnd();
  return [
    colours.bold(line((one) => column(one.heading, one.width, one.align))),
    ...rows.map((row) =>
      line((one) => {
        const cell = column(one.cell(row), one.width, one.align);
        return one.colour?.(row, cell) ?? cell;
      }),
    ),
  ];
}
