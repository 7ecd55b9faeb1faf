import { decodeReading } from '../../telemetry/reading-codec.ts';
import { decodeSummary } from '../../telemetry/summary-codec.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import { type Line, LONGEST_LINE } from '../objects/lines.ts';
import { itemOf } from '../store/logic.ts';
import type { Item } from '../table-writer.ts';

/** What a line holds: an item, or why there is none. */
export type LineRecord =
  | {
      readonly ok: true;
      readonly item: Item;
      /** True for a reading of a whole minute: a summary may have the same key, and then goes before it. */
      readonly yields: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** An attribute that every summary has and no reading, as it usually stands in a line. */
const OF_SUMMARIES = Buffer.from('"MinMagicPoints"');

const BACKSLASH = 0x5c;

/**
 * Reads a line as a summary or as a reading, whichever it is by its attributes; one that has those of both is a summary.
 *
 * @returns the item for the table, StatusTime in canonical form and only the attributes of its kind. Never throws.
 */
export function decodeLine({ bytes, length }: Line): LineRecord {
  if (length > LONGEST_LINE) {
    return { ok: false, reason: `a line must have at most ${LONGEST_LINE} bytes (given ${length})` };
  }
  // A guess that is right for nearly every line saves reading it twice. Names may also be written with escapes.
  const maySummarize = bytes.includes(OF_SUMMARIES) || bytes.includes(BACKSLASH);
  if (!maySummarize) return asReading(bytes);
  const decoded = decodeSummary(bytes);
  if (decoded.ok) return { ok: true, item: itemOf(decoded.summary), yields: false };
  const reading = asReading(bytes);
  return reading.ok || !bytes.includes(OF_SUMMARIES) ? reading : decoded;
}

function asReading(bytes: Buffer): LineRecord {
  const decoded = decodeReading(bytes);
  if (!decoded.ok) return decoded;
  const { reading, instant } = decoded;
  return { ok: true, item: { ...reading }, yields: instant % WINDOW.size === 0 };
}
