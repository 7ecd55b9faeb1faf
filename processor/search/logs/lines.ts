import { isBlank, type Line, LineCutter } from '../../objects/lines.ts';
import { unpacked } from '../../objects/unpacked.ts';

/** Longest line that is parsed, bytes: servers cut requests long before. */
export const LONGEST_LINE = 64 * 1024;

/**
 * The lines of a log, plain or gzip, by its first bytes. Blank ones are counted, and left out; of one that is too long the
 * first 64 KiB are there. Holds one piece and its lines at a time, whatever the length of the file.
 *
 * @throws DamagedGzip, UnreadableFile, and what the pieces throw
 */
export async function* linesOf(
  pieces: AsyncGenerator<Buffer, void, undefined>,
  contentEncoding = '',
): AsyncGenerator<Line, void, undefined> {
  const cutter = new LineCutter({ longest: LONGEST_LINE, kept: LONGEST_LINE });
  for await (const piece of unpacked(pieces, contentEncoding)) {
    for (const line of cutter.cut(piece)) if (!isBlank(line)) yield line;
  }
  const rest = cutter.rest();
  if (rest !== undefined && !isBlank(rest)) yield rest;
}
