import type { Invalid } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { compareSequenceNumbers, type EventRecord } from '../records.ts';
import type { Effort } from '../resend.ts';
import type { Verdict } from '../settle.ts';
import { keyOf, type WriteSummaries } from './summary-table.ts';

/** A record of the stream `wildrydes-aggregated`, decoded. */
export type SummaryRecord = EventRecord<{ readonly ok: true; readonly summary: Summary } | Invalid>;

/** Records of one key. All of them settle as the newest does, the only one that is written. */
interface SameKey {
  newest: { readonly sequenceNumber: string; readonly summary: Summary };
  readonly places: number[];
}

/**
 * Writes a batch of summaries to the table: of each key the record with the highest sequence number, since one request
 * must not hold a key twice, and what came last stands.
 *
 * @returns one verdict per record, in the order of the records; those that hold no summary are refused. Never rejects.
 */
export async function storeSummaries(
  records: readonly SummaryRecord[],
  write: WriteSummaries,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length);
  const keys = new Map<string, SameKey>();
  for (const [place, { decoded, sequenceNumber }] of records.entries()) {
    if (!decoded.ok) {
      verdicts[place] = { outcome: 'refused', reason: decoded.reason };
      continue;
    }
    const record = { sequenceNumber, summary: decoded.summary };
    const same = keys.get(keyOf(record.summary));
    if (same === undefined) {
      keys.set(keyOf(record.summary), { newest: record, places: [place] });
      continue;
    }
    same.places.push(place);
    if (compareSequenceNumbers(sequenceNumber, same.newest.sequenceNumber) > 0) same.newest = record;
  }

  const items = [...keys.values()];
  const written = await write(
    items.map(({ newest }) => newest.summary),
    effort,
  );
  for (const [at, { places }] of items.entries()) {
    for (const place of places) verdicts[place] = written[at]!;
  }
  return verdicts;
}
