import { invalidToken } from './errors.ts';

/** Where an event stands among those of its group, in the order in which they are answered. */
export interface Position {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Milliseconds since the epoch. */
  readonly ingestionTime: number;
  /** Number of the stream within the group. */
  readonly stream: number;
  /** Of the event within the stream, from 0. */
  readonly sequence: number;
}

/** Before everything. */
export const BEGINNING: Position = { timestamp: 0, ingestionTime: 0, stream: 0, sequence: 0 };

/** After everything. No event is there, so that it is never written into a token. */
export const END: Position = { ...BEGINNING, timestamp: Number.POSITIVE_INFINITY };

/** Negative if `a` comes first; 0 if they are the same. */
export function comparePositions(a: Position, b: Position): number {
  return (
    a.timestamp - b.timestamp ||
    a.ingestionTime - b.ingestionTime ||
    a.stream - b.stream ||
    a.sequence - b.sequence
  );
}

/** The boundary right after an event. */
export function after({ timestamp, ingestionTime, stream, sequence }: Position): Position {
  return { timestamp, ingestionTime, stream, sequence: sequence + 1 };
}

const DIGITS = 14;

/** As 56 digits, the length that AWS's event ids and tokens have. Positions and their digits are in the same order. */
export function writePosition({ timestamp, ingestionTime, stream, sequence }: Position): string {
  return [timestamp, ingestionTime, stream, sequence]
    .map((part) => String(part).padStart(DIGITS, '0'))
    .join('');
}

/** @param digits 56 of them */
function readPosition(digits: string): Position {
  const part = (n: number) => Number(digits.slice(n * DIGITS, (n + 1) * DIGITS));
  return { timestamp: part(0), ingestionTime: part(1), stream: part(2), sequence: part(3) };
}

export const DIRECTIONS = { forward: 'f', backward: 'b' } as const;

export type Direction = keyof typeof DIRECTIONS;

/** A boundary between two events, and the way on from there. */
export interface Cursor {
  readonly direction: Direction;
  /** Forward: the first position to read. Backward: the one after the last to read. */
  readonly boundary: Position;
}

/** A token of GetLogEvents, in AWS's form: `f/56 digits/s`. */
export function writeCursor({ direction, boundary }: Cursor): string {
  return `${DIRECTIONS[direction]}/${writePosition(boundary)}/s`;
}

/** @throws ServiceError InvalidParameterException for what is no such token */
export function readCursor(token: string): Cursor {
  const [, letter, digits] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (letter === undefined || digits === undefined) throw invalidToken();
  return { direction: letter === 'f' ? 'forward' : 'backward', boundary: readPosition(digits) };
}
