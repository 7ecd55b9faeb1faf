import { gunzip, isGzip } from './gzip.ts';

/** A file in an encoding that nobody here reads. */
export class UnreadableFile extends Error {}

/** Encodings that are none, or that the first bytes tell of. */
const READABLE = new Set(['', 'identity', 'aws-chunked', 'gzip', 'x-gzip']);

/**
 * A file's text, plain or gzip. Its name and its Content-Encoding say gzip of what is none, and the other way round: its
 * bytes do not. Whoever stops reading lets go of the pieces.
 *
 * @throws UnreadableFile; DamagedGzip after what could be read; and whatever the pieces throw
 */
export async function* unpacked(
  pieces: AsyncGenerator<Buffer, void, undefined>,
  contentEncoding: string,
): AsyncGenerator<Buffer, void, undefined> {
  let beginning: Buffer = Buffer.alloc(0);
  try {
    while (beginning.length < 2) {
      const { value, done } = await pieces.next();
      if (done) break;
      beginning = beginning.length === 0 ? value : Buffer.concat([beginning, value]);
    }
    const whole = followedBy(beginning, pieces);
    if (isGzip(beginning)) {
      yield* gunzip(whole);
      return;
    }
    for (const encoding of contentEncoding.split(',').map((each) => each.trim().toLowerCase())) {
      if (READABLE.has(encoding)) continue;
      throw new UnreadableFile(`a file must be plain or gzip (given the Content-Encoding ${encoding})`);
    }
    yield* whole;
  } finally {
    await pieces.return();
  }
}

async function* followedBy(
  beginning: Buffer,
  pieces: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  if (beginning.length > 0) yield beginning;
  yield* pieces;
}
