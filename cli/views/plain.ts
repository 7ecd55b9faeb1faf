import type { RunView } from '../producer/events.ts';
import { grouped, printable } from '../terminal.ts';
import type { Print } from './print.ts';
import { alertSentence, countdown, reportLines, summarySentence } from './words.ts';

/** How often the plain view says how many readings were acknowledged, milliseconds. */
const PROGRESS_EVERY = 10_000;

/** Waiting that takes no longer than this is not worth a line, milliseconds. */
const WAITING_TOLD_AFTER = 1_000;

/** Summaries of one minute that are told; a large fleet's others are counted. */
const SUMMARIES_TOLD = 20;

/** Lines of text for a pipe or a log: no colours, no redrawing. */
export function createPlainView(out: Print, err: Print, monotonic: () => number): RunView {
  let acknowledged = 0;
  let progressAt = monotonic() + PROGRESS_EVERY;
  let waiting: { readonly what: string; readonly since: number; told: boolean } | undefined;
  const minute = { statusTime: '', summaries: 0 };

  const endMinute = () => {
    const untold = minute.summaries - SUMMARIES_TOLD;
    if (untold > 0) out(`summary: and ${grouped(untold)} more unicorns ${minute.statusTime.slice(0, 16)}\n`);
    minute.summaries = 0;
  };

  return {
    ready: (event) => {
      const state = event.embedded
        ? ` (started here, ${event.data === null ? 'nothing is kept' : `state in ${event.data}`})`
        : '';
      out(`ready: ${event.stream} at ${event.endpoint}${state}, seed ${printable(event.seed)}\n`);
    },
    reading: () => {
      acknowledged++;
      if (acknowledged === 1) out('first reading acknowledged\n');
      if (monotonic() < progressAt) return;
      progressAt = monotonic() + PROGRESS_EVERY;
      out(`${grouped(acknowledged)} readings acknowledged\n`);
    },
    summary: (summary) => {
      if (summary.StatusTime !== minute.statusTime) endMinute();
      minute.statusTime = summary.StatusTime;
      if (++minute.summaries <= SUMMARIES_TOLD) out(`summary: ${summarySentence(summary)}\n`);
    },
    alert: (alert) => out(`alert: ${alertSentence(alert)}\n`),
    waiting: (what, remaining) => {
      if (what !== waiting?.what) {
        waiting = what === undefined ? undefined : { what, since: monotonic(), told: false };
      }
      if (waiting === undefined || waiting.told || monotonic() - waiting.since < WAITING_TOLD_AFTER) return;
      waiting.told = true;
      out(`waiting ${waiting.what}${remaining === undefined ? '' : `, about ${countdown(remaining)}`}\n`);
    },
    notice: (text) => err(`${text}\n`),
    report: (report) => {
      endMinute();
      out(`${reportLines(report).join('\n')}\n`);
    },
    close: () => {},
  };
}
