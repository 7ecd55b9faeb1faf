import type { RunView } from '../producer/events.ts';
import type { Print } from './print.ts';

/** NDJSON, one event a line, each with its kind in `event`; nothing else goes to standard output. */
export function createJsonView(out: Print, err: Print): RunView {
  const emit = (event: string, body: object) => out(`${JSON.stringify({ event, ...body })}\n`);
  return {
    ready: (event) => emit('ready', event),
    reading: (event) => emit('reading', event),
    summary: (summary) => emit('summary', { summary }),
    alert: (alert) => emit('alert', alert),
    waiting: () => {},
    notice: (text) => err(`${text}\n`),
    report: (report) => emit('report', report),
    close: () => {},
  };
}
