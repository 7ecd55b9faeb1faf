import type { ChalkInstance } from 'chalk';
import type { Alert } from '../../telemetry/alert.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Summary } from '../../telemetry/summary.ts';
import type { RunView } from '../producer/events.ts';
import { type FrameState, frame } from './frame.ts';
import type { Print } from './print.ts';
import type { Screen } from './screen.ts';
import { reportLines } from './words.ts';

export interface LiveViewOptions {
  /** Takes the terminal over; `changed` is to be called when the screen must be drawn at once. */
  readonly openScreen: (changed: () => void) => Screen;
  /** Where the last frame and the report stay. */
  readonly print: Print;
  readonly colours: ChalkInstance;
  /** Time of the run, for the window's countdown; real time, for the rate. */
  readonly clock: Clock;
  /** Unicorns in the run. */
  readonly unicorns: number;
  /** Has the run been asked to finish? */
  readonly stopping: () => boolean;
  /** Commands for whoever wants to know more, most useful first. */
  readonly commands: readonly string[];
}

/** Milliseconds between two drawings. */
const DRAW_EVERY = 200;

/** Milliseconds over which the rate is taken. */
const RATE_OVER = 2_000;

/** What is kept of what was told: no screen shows more, however large the fleet and long the run. */
const KEPT = { vitals: 100, summaries: 100, alerts: 10, notices: 3 } as const;

/** One screen, redrawn in place: vitals, the open window, summaries as the table gives them back, alerts. */
export function createLiveView(options: LiveViewOptions): RunView {
  const { colours, clock, print } = options;
  const vitals = new Map<string, Reading>();
  const rate = createRate(clock.monotonic);
  const summaries: Summary[] = [];
  const alerts: Alert[] = [];
  const notices: string[] = [];
  const shown = {
    ready: undefined as FrameState['ready'],
    acknowledged: 0,
    waiting: undefined as FrameState['waiting'],
    over: false,
  };

  const lines = () =>
    frame(
      {
        ...shown,
        vitals: [...vitals.values()],
        unicorns: options.unicorns,
        rate: rate(shown.acknowledged),
        summaries,
        alerts,
        notices,
        stopping: options.stopping(),
        commands: options.commands,
      },
      screen.size(),
      clock.now(),
      colours,
    );
  const draw = () => screen.draw(lines());
  const screen = options.openScreen(() => draw());
  const timer = setInterval(draw, DRAW_EVERY);
  const close = () => {
    clearInterval(timer);
    screen.close();
  };

  return {
    ready: (event) => {
      shown.ready = event;
      draw();
    },
    reading: ({ reading }) => {
      shown.acknowledged++;
      if (vitals.size < KEPT.vitals || vitals.has(reading.Name)) vitals.set(reading.Name, reading);
    },
    summary: (summary) => keep(summaries, summary, KEPT.summaries),
    alert: (alert) => keep(alerts, alert, KEPT.alerts),
    waiting: (what, remaining) => {
      shown.waiting = what === undefined ? undefined : { what, remaining };
    },
    notice: (text) => {
      // What is told again is news only once.
      if (notices.includes(text)) notices.splice(notices.indexOf(text), 1);
      keep(notices, text, KEPT.notices);
    },
    report: (report) => {
      shown.waiting = undefined;
      shown.over = true;
      const { columns } = screen.size();
      const last = lines();
      close();
      const told = reportLines(report, columns - 1).map((line) => ` ${line}`);
      print(`${[...last, '', ...told].join('\n')}\n`);
    },
    close,
  };
}

function keep<T>(list: T[], entry: T, most: number): void {
  list.push(entry);
  if (list.length > most) list.shift();
}

/** Tells, each time it is given a count, how fast the count has grown of late: per second, and undefined at first. */
function createRate(monotonic: () => number): (count: number) => number | undefined {
  const samples: { readonly count: number; readonly at: number }[] = [];
  return (count) => {
    const at = monotonic();
    samples.push({ count, at });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= RATE_OVER) samples.shift();
    const first = samples[0];
    if (first === undefined || at - first.at < RATE_OVER / 2) return undefined;
    return Math.round(((count - first.count) / (at - first.at)) * 1_000);
  };
}
