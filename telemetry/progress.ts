import type { Tally } from './balance.ts';

/** What an aggregation engine publishes of itself: one interface for both engines, read by status, runs and the dashboard. */
export interface AggregationProgress {
  /** The books of the names asked for, or of everything when none were named. */
  readonly tally: Tally;
  /** Lowest watermark of all shards, milliseconds since the epoch; windows ending at or before it are closed. Null before the first record. */
  readonly watermark: number | null;
  /** Closed summaries and quarantine entries that are checkpointed but not yet acknowledged by their stream. */
  readonly outbox: number;
  /** Windows now open. */
  readonly openWindows: number;
  /** Per shard of the input stream: the last sequence number judged, and how far behind the tip the last read was. */
  readonly shards: readonly ShardProgress[];
  /** Why the engine is not making progress, or null. */
  readonly trouble: string | null;
}

export interface ShardProgress {
  readonly shardId: string;
  readonly sequenceNumber: string | null;
  readonly millisBehindLatest: number;
  /** This shard's watermark, milliseconds since the epoch. */
  readonly watermark: number | null;
}
