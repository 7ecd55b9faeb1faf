import type { Alert } from '../../telemetry/alert.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';

/** What a run tells whoever watches it; each output format is one implementation. */
export interface RunView {
  ready(event: Ready): void;
  /** A reading that the stream acknowledged. */
  reading(event: {
    readonly reading: Reading;
    readonly shardId: string;
    readonly sequenceNumber: string;
  }): void;
  /** A summary read back from the table. */
  summary(summary: Summary): void;
  alert(alert: Alert): void;
  /** What the run is waiting for, undefined once it is not; `remaining` in milliseconds of the run's clock, when known. */
  waiting(what: string | undefined, remaining?: number): void;
  /** Something a person should know, such as a target slower than the fleet. */
  notice(text: string): void;
  report(report: Report): void;
  /** Gives the terminal back. Called once, whatever happened. */
  close(): void;
}

export interface Ready {
  readonly endpoint: string;
  /** True when the cloud runs inside this process. */
  readonly embedded: boolean;
  readonly stream: string;
  readonly seed: string;
  /** State folder of an embedded cloud; null when nothing is kept, or when the cloud is elsewhere. */
  readonly data: string | null;
}

/**
 * The books of one run, in records. A counter is null where the target cannot tell: only the kit's own cloud
 * publishes what its aggregation did.
 */
export interface Report {
  /** Readings simulated. */
  readonly produced: number;
  /** Records handed to the stream after faults: without the missing ones, with the duplicates. */
  readonly attempted: number;
  readonly acknowledged: number;
  /** Attempts that got no answer: such a record may be in the stream once more than acknowledged. */
  readonly uncertain: number;
  /** Records given up on after every attempt. */
  readonly failed: number;
  readonly delivered: number | null;
  readonly summarised: number | null;
  readonly duplicates: number | null;
  readonly late: number | null;
  readonly quarantined: number | null;
  readonly open: number | null;
  /** Windows closed. */
  readonly summaries: number | null;
  /** Summaries of this run's windows found in the table. */
  readonly stored: number | null;
  /** Messages of the alert heard: an episode opened, lasts, ended. */
  readonly alerts: number | null;
  readonly balanced: boolean;
}
