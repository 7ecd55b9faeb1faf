import { LARGEST_PAYLOAD } from '../../telemetry/quarantine-codec.ts';

/** Longest line that can be a record, bytes without its end: as long as a record of a stream may be. */
export const LONGEST_LINE = 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** How much of a line is held, bytes. */
export interface LineBound {
  /** Longest line that is held whole. */
  readonly longest: number;
  /** What is held of one that is longer, at least. */
  readonly kept: number;
}

const USUAL: LineBound = { longest: LONGEST_LINE, kept: LARGEST_PAYLOAD };

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end, LF or CRLF; of one that is too long no more than its beginning. */
  readonly bytes: Buffer;
  /** Of the whole line, without its end. */
  readonly length: number;
}

/**
 * Cuts a text into lines, whatever pieces it comes in. A byte order mark before the first line is not part of it.
 * Of a line that is too long no more is held than its quarantine keeps; the others share memory with their pieces.
 *
 * @param bound default: 1 MiB, and 512 KiB of what is longer
 */
export class LineCutter {
  #pieces: Buffer[] = [];
  #length = 0;
  /** Whether only the beginning of the line is held. */
  #isCut = false;
  #number = 1;
  readonly #bound: LineBound;

  constructor(bound = USUAL) {
    this.#bound = bound;
  }

  /** The line that the text stands in: the next one to end. */
  get number(): number {
    return this.#number;
  }

  /** @returns the lines that end in this piece */
  cut(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, from)) {
      this.#add(piece.subarray(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    this.#add(piece.subarray(from));
    return lines;
  }

  /** @returns what stands behind the last end of a line; undefined if nothing does */
  rest(): Line | undefined {
    return this.#length === 0 ? undefined : this.#take();
  }

  #add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    const { longest, kept } = this.#bound;
    // A line a little longer may still be none too long: without its byte order mark and the return of a CRLF.
    if (this.#length <= longest + BYTE_ORDER_MARK.length + 1) this.#pieces.push(piece);
    else if (!this.#isCut) {
      this.#pieces = [Buffer.concat([...this.#pieces, piece], kept + BYTE_ORDER_MARK.length)];
      this.#isCut = true;
    }
  }

  #take(): Line {
    let bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    let length = this.#length;
    if (this.#number === 1 && BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length))) {
      bytes = bytes.subarray(BYTE_ORDER_MARK.length);
      length -= BYTE_ORDER_MARK.length;
    }
    if (bytes.length === length && bytes[length - 1] === RETURN) {
      bytes = bytes.subarray(0, --length);
    }
    this.#pieces = [];
    this.#length = 0;
    this.#isCut = false;
    return { number: this.#number++, bytes, length };
  }
}

/** Whether a line holds nothing but spaces and tabs. */
export function isBlank({ bytes, length }: Line): boolean {
  return bytes.length === length && bytes.every((byte) => byte === 0x20 || byte === 0x09);
}
