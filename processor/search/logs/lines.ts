import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line of a file, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Its bytes; of a line that is too long only the first ones. */
  readonly bytes: Uint8Array;
  readonly tooLong: boolean;
}

/** Bytes of a line that are kept: servers cut requests long before. */
export const LONGEST_LINE = 64 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a file, plain or gzip, by its first bytes. Empty ones are counted, and left out. Holds one chunk and one
 * line at a time, whatever the length of the file.
 *
 * @throws what the source throws, and zlib's errors for gzip that is broken
 */
export async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 1;
  let held: Uint8Array[] = [];
  let length = 0;
  const finish = (): Line | undefined => {
    const bytes = Buffer.concat(held);
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    const line = { number: number++, bytes: bytes.subarray(0, end), tooLong: length > LONGEST_LINE };
    held = [];
    length = 0;
    return end === 0 ? undefined : line;
  };
  const hold = (part: Uint8Array): void => {
    const room = LONGEST_LINE - length;
    if (room > 0 && part.length > 0) held.push(part.length > room ? part.subarray(0, room) : part);
    length += part.length;
  };
  for await (const chunk of unzipped(source)) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      hold(chunk.subarray(from, at));
      from = at + 1;
      const line = finish();
      if (line !== undefined) yield line;
    }
    hold(chunk.subarray(from));
  }
  const last = finish();
  if (last !== undefined) yield last;
}

const GZIP = [0x1f, 0x8b] as const;

async function* unzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const first = await startOf(chunks);
    const whole = withStart(first, chunks);
    if (first[0] === GZIP[0] && first[1] === GZIP[1]) yield* gunzipped(whole);
    else yield* whole;
  } finally {
    await chunks.return?.(); // whoever stops reading lets the connection go
  }
}

/** Enough of the beginning to tell gzip by. */
async function startOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start = Buffer.alloc(0);
  while (start.length < GZIP.length) {
    const next = await chunks.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* withStart(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* gunzipped(zipped: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const input = Readable.from(zipped);
  // Passes the source's error on: a pipe would not.
  input.on('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}
