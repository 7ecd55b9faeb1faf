import type { RunView } from '../producer/events.ts';
import type { Print } from './json.ts';
import { alertSentence, countdown, reportLines, summarySentence } from './words.ts';

/** How often the plain view says how many readings were acknowledged, milliseconds. */
const PROGRESS_EVERY = 10_000;

/** Lines of text for a pipe or a log: no colours, no redrawing. */
export function createPlainView(out: Print, err: Print, monotonic: () => number): RunView {
  let acknowledged = 0;
  let progressAt = monotonic() + PROGRESS_EVERY;
  let waitingFor: string | undefined;
  return {
    ready: (event) => {
      const state = event.embedded
        ? ` (started here, ${event.data === null ? 'nothing is kept' : `state in ${event.data}`})`
        : '';
      out(`ready: ${event.stream} at ${event.endpoint}${state}, seed ${event.seed}\n`);
    },
    reading: () => {
      acknowledged++;
      if (acknowledged === 1) out('first reading acknowledged\n');
      if (monotonic() < progressAt) return;
      progressAt = monotonic() + PROGRESS_EVERY;
      out(`${acknowledged} readings acknowledged\n`);
    },
    summary: (summary) => out(`summary: ${summarySentence(summary)}\n`),
    alert: (alert) => out(`alert: ${alertSentence(alert)}\n`),
    waiting: (what, remaining) => {
      if (what === waitingFor) return;
      waitingFor = what;
      if (what !== undefined)
        out(`waiting ${what}${remaining === undefined ? '' : `, about ${countdown(remaining)}`}\n`);
    },
    notice: (text) => err(`${text}\n`),
    report: (report) => out(`${reportLines(report).join('\n')}\n`),
    close: () => {},
  };
}
