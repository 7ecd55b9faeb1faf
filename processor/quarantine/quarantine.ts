import { encodeQuarantineEntry, quarantineEntry } from '../../telemetry/quarantine-codec.ts';
import type { StreamRecord } from '../records.ts';
import type { Effort } from '../resend.ts';

/** A record that can never be used, and why. */
export interface RefusedRecord {
  readonly record: StreamRecord;
  /** In words meant for a person. */
  readonly reason: string;
}

/** Sequence numbers of the records that are in quarantine now, and why the others are not. */
export interface Quarantined {
  readonly acknowledged: ReadonlySet<string>;
  readonly reason: string | undefined;
}

export type Quarantine = (refused: readonly RefusedRecord[]) => Promise<Quarantined>;

/** Where refused records are kept. Keeping one again changes nothing, or can be told by its position. Never rejects. */
export type QuarantinePlace = (refused: readonly RefusedRecord[], effort: Effort) => Promise<Quarantined>;

/** Stands for a shard that the event did not tell: an entry names one in any case. */
export const UNKNOWN_SHARD = 'unknown';

/** Keys of all quarantine objects begin so: what a function may write to, and nothing else of the bucket. */
export const QUARANTINE_PREFIX = 'quarantine/';

/** The entry of a refused record, as one JSON object and a newline. */
export function entryText({ record, reason }: RefusedRecord): string {
  const { stream, shardId = UNKNOWN_SHARD, sequenceNumber, data } = record;
  return encodeQuarantineEntry(quarantineEntry({ stream, shardId, sequenceNumber, reason, data }));
}
