import type { DecodedReading } from '../../telemetry/reading.ts';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import type { Workbench } from '../workbench.ts';
import { type PlacedRecord, recordsSince } from './streams.ts';

/** A reading, and the record that it came in. */
export interface PlacedReading extends DecodedReading {
  readonly record: PlacedRecord;
}

/** What has come into a stream of readings: those that are valid, and what else there is. */
export interface Readings {
  readonly valid: readonly PlacedReading[];
  readonly invalid: readonly { readonly reason: string; readonly record: PlacedRecord }[];
}

/**
 * Readings that have come into a stream, shard by shard in sequence order.
 *
 * @param since milliseconds since the epoch; undefined: all that the stream still has
 */
export async function readingsSince(
  at: Workbench,
  stream: string,
  since: number | undefined,
): Promise<Readings> {
  const valid: PlacedReading[] = [];
  const invalid: { reason: string; record: PlacedRecord }[] = [];
  for (const record of await recordsSince(at, stream, since)) {
    const decoded = decodeReading(record.data);
    if (decoded.ok) valid.push({ ...decoded, record });
    else invalid.push({ reason: decoded.reason, record });
  }
  return { valid, invalid };
}

/** The readings of each unicorn. */
export function byName(readings: readonly PlacedReading[]): Map<string, PlacedReading[]> {
  const names = new Map<string, PlacedReading[]>();
  for (const each of readings) {
    const { Name } = each.reading;
    const own = names.get(Name);
    if (own === undefined) names.set(Name, [each]);
    else own.push(each);
  }
  return names;
}
