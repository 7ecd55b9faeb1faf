import type { Readable } from 'node:stream';

/** Bytes thrown away after the answer to a body that is too large, so that its sender gets to read the answer. */
const DISCARDED_AT_MOST = 64 * 1024 * 1024;

/** A body read whole; or that it is larger than allowed; or that its sender went away before its end. */
export type Body = Buffer | 'too large' | 'aborted';

/**
 * Reads a body whole, and calls `done` once. A body longer than `limit` bytes is reported as soon as it is known to
 * be; the rest is read and dropped, up to a bound, because a sender that finds its connection closed while it
 * writes never sees why.
 *
 * @param declaredLength the Content-Length header, if any
 */
export function readBody(
  source: Readable,
  declaredLength: string | undefined,
  limit: number,
  done: (body: Body) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  let settled = false;

  const settle = (body: Body) => {
    if (settled) return;
    settled = true;
    chunks = [];
    done(body);
  };

  source.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (settled) {
      if (length > limit + DISCARDED_AT_MOST) source.destroy();
    } else if (length > limit) {
      settle('too large');
    } else {
      chunks.push(chunk);
    }
  });
  source.on('end', () => settle(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
  source.on('error', () => settle('aborted'));
  source.on('close', () => settle('aborted'));

  if (Number(declaredLength) > limit) settle('too large');
}
