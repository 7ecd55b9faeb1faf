import { NumberValue } from '@aws-sdk/lib-dynamodb';
import type { Invalid } from '../../telemetry/reading.ts';
import type { StoredSummary } from '../../telemetry/summary.ts';
import { compareSequenceNumbers, type EventRecord } from '../records.ts';
import type { Effort } from '../resend.ts';
import type { Verdict } from '../settle.ts';
import type { Item, Put, WriteItems } from '../table-writer.ts';

/** A record of the stream `wildrydes-aggregated`, decoded. */
export type SummaryRecord = EventRecord<{ readonly ok: true; readonly summary: StoredSummary } | Invalid>;

/**
 * Writes a batch of summaries to the table, in the order of their sequence numbers: what came last under a key stands.
 *
 * @returns one verdict per record, in the order of the records; those that hold no summary are refused. Never rejects.
 */
export async function storeSummaries(
  records: readonly SummaryRecord[],
  write: WriteItems,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length);
  const puts: { readonly place: number; readonly sequenceNumber: string; readonly put: Put }[] = [];
  for (const [place, { decoded, sequenceNumber, data }] of records.entries()) {
    if (decoded.ok) {
      puts.push({ place, sequenceNumber, put: { item: itemOf(decoded.summary), bytes: data.length } });
    } else {
      verdicts[place] = { outcome: 'refused', reason: decoded.reason };
    }
  }
  puts.sort((a, b) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber));
  const written = await write(
    puts.map(({ put }) => put),
    effort,
  );
  for (const [at, { place }] of puts.entries()) verdicts[place] = written[at]!;
  return verdicts;
}

/** Identifies an item of the table: StatusTime has a fixed length, so that no two keys read the same. */
export function summaryKey({ Name, StatusTime }: Item | Pick<StoredSummary, 'Name' | 'StatusTime'>): string {
  return `${StatusTime}${Name}`;
}

/** Only the attributes of a summary, whatever else was in its record. */
export function itemOf(summary: StoredSummary): Item {
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
    ...(Readings === undefined ? {} : { Readings }),
  };
}
