/**
 * The books of the pipeline: what happened to every delivered record, in records.
 * A tally is kept per unicorn and in total; both aggregation engines publish it in this form.
 */
export interface Tally {
  /** Records that the aggregation read from the stream. */
  readonly delivered: number;
  /** Readings merged into a window that has closed. */
  readonly summarised: number;
  /** Readings whose name and instant were already in the open window. */
  readonly duplicates: number;
  /** Readings whose window had closed for their shard. */
  readonly late: number;
  /** Records that are not valid readings, or from too far in the future. */
  readonly quarantined: number;
  /** Readings merged into a window that is still open. */
  readonly open: number;
  /** Windows closed: the number of summaries emitted. Not part of the balance. */
  readonly summaries: number;
}

export const EMPTY_TALLY: Tally = {
  delivered: 0,
  summarised: 0,
  duplicates: 0,
  late: 0,
  quarantined: 0,
  open: 0,
  summaries: 0,
};

/** What one run has to its name since `before`, counter by counter. */
export function since(before: Tally, after: Tally): Tally {
  return {
    delivered: after.delivered - before.delivered,
    summarised: after.summarised - before.summarised,
    duplicates: after.duplicates - before.duplicates,
    late: after.late - before.late,
    quarantined: after.quarantined - before.quarantined,
    open: after.open - before.open,
    summaries: after.summaries - before.summaries,
  };
}

/** What the sending side of a run counted, in records. */
export interface Sent {
  /** Records accepted by the stream, each with a sequence number. */
  readonly acknowledged: number;
  /** Attempts to send a record that got no answer: it may be in the stream once more than acknowledged. */
  readonly uncertain: number;
}

/**
 * Every delivered record has exactly one fate.
 *
 *     delivered = summarised + duplicates + late + quarantined + open
 */
export function everyRecordHasOneFate(tally: Tally): boolean {
  return (
    tally.delivered === tally.summarised + tally.duplicates + tally.late + tally.quarantined + tally.open
  );
}

/**
 * The balance of a run: every delivered record has one fate, and nothing acknowledged is missing.
 *
 *     acknowledged <= delivered <= acknowledged + uncertain
 */
export function isBalanced(sent: Sent, tally: Tally): boolean {
  return (
    everyRecordHasOneFate(tally) &&
    sent.acknowledged <= tally.delivered &&
    tally.delivered <= sent.acknowledged + sent.uncertain
  );
}
