import { isBalanced, type Sent, type Tally } from '../../telemetry/balance.ts';
import { EXIT_STATUS } from '../../telemetry/errors.ts';
import type { Report } from './events.ts';

/** What a run did and what became of it. */
export interface Outcome {
  readonly produced: { readonly produced: number; readonly attempted: number };
  readonly sent: Sent & { readonly failed: number };
  /** The run's books; undefined where nobody keeps them. */
  readonly tally: Tally | undefined;
  /** Windows read back from the table, and those fed but not read back. */
  readonly windows: { readonly stored: number; readonly pending: number };
  /** Alerts and recoveries heard; null where nobody listens. */
  readonly alerts: number | null;
}

/** Draws up a run's report. */
export function reportOf({ produced, sent, tally, windows, alerts }: Outcome): Report {
  const settled = produced.attempted === sent.acknowledged + sent.failed;
  return {
    produced: produced.produced,
    attempted: produced.attempted,
    acknowledged: sent.acknowledged,
    uncertain: sent.uncertain,
    failed: sent.failed,
    ...(tally ?? UNKNOWN),
    stored: windows.stored,
    alerts,
    balanced:
      settled &&
      (tally === undefined || (isBalanced(sent, tally) && everythingStored(tally, windows.pending))),
  };
}

const UNKNOWN = {
  delivered: null,
  summarised: null,
  duplicates: null,
  late: null,
  quarantined: null,
  open: null,
  summaries: null,
} as const;

/**
 * Is every closed window that the run fed in the table? One may be missing only if all that it was fed came late or was
 * quarantined, or if it is still open.
 */
function everythingStored(tally: Tally, pending: number): boolean {
  return pending <= tally.late + tally.quarantined + tally.open;
}

/** The exit status that a report ends the command with. */
export function exitStatus(report: Report): number {
  if (!report.balanced) return EXIT_STATUS.UNBALANCED;
  return report.failed > 0 ? EXIT_STATUS.UNREACHABLE : 0;
}

/** What else may explain a report that does not balance, for a person; undefined if nothing does. */
export function explanationOf(report: Report, names: readonly string[]): string | undefined {
  if (report.balanced || report.delivered === null) return undefined;
  if (report.delivered <= report.acknowledged + report.uncertain) return undefined;
  const who = names.length === 1 ? names[0] : 'these unicorns';
  return `more was delivered than this run sent: does another producer ride as ${who}?`;
}
