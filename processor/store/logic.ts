import { NumberValue } from '@aws-sdk/lib-dynamodb';
import type { Invalid } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { compareSequenceNumbers, type EventRecord } from '../records.ts';
import type { Effort } from '../resend.ts';
import type { Verdict } from '../settle.ts';
import type { Item, WriteItems } from '../table-writer.ts';

/** A record of the stream `wildrydes-aggregated`, decoded. */
export type SummaryRecord = EventRecord<{ readonly ok: true; readonly summary: Summary } | Invalid>;

/** Records of one key. All of them settle as the newest does, the only one that is written. */
interface SameKey {
  newest: { readonly sequenceNumber: string; readonly summary: Summary; readonly bytes: number };
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
  write: WriteItems,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length);
  const keys = new Map<string, SameKey>();
  for (const [place, { decoded, sequenceNumber, data }] of records.entries()) {
    if (!decoded.ok) {
      verdicts[place] = { outcome: 'refused', reason: decoded.reason };
      continue;
    }
    const record = { sequenceNumber, summary: decoded.summary, bytes: data.length };
    const same = keys.get(summaryKey(record.summary));
    if (same === undefined) {
      keys.set(summaryKey(record.summary), { newest: record, places: [place] });
      continue;
    }
    same.places.push(place);
    if (compareSequenceNumbers(sequenceNumber, same.newest.sequenceNumber) > 0) same.newest = record;
  }

  const items = [...keys.values()];
  const written = await write(
    items.map(({ newest: { summary, bytes } }) => ({ item: itemOf(summary), bytes })),
    effort,
  );
  for (const [at, { places }] of items.entries()) {
    for (const place of places) verdicts[place] = written[at]!;
  }
  return verdicts;
}

/** Identifies an item of the table: StatusTime has a fixed length, so that no two keys read the same. */
export function summaryKey({ Name, StatusTime }: Item | Pick<Summary, 'Name' | 'StatusTime'>): string {
  return `${StatusTime}${Name}`;
}

/** Only the attributes of a summary, whatever else was in its record. */
function itemOf(summary: Summary): Item {
  const { Name, StatusTime, Distance, MinMagicPoints, MaxMagicPoints } = summary;
  const { MinHealthPoints, MaxHealthPoints, Readings } = summary;
  return {
    Name,
    StatusTime,
    // The shortest decimal that reads back as the same number is the decimal that the summary was written with.
    Distance: Distance > Number.MAX_SAFE_INTEGER ? NumberValue.from(String(Distance)) : Distance,
    MinMagicPoints,
    MaxMagicPoints,
    MinHealthPoints,
    MaxHealthPoints,
    Readings,
  };
}
