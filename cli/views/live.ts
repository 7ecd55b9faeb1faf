import type { ChalkInstance } from 'chalk';
import type { Alert } from '../../telemetry/alert.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import type { Ready, RunView } from '../producer/events.ts';
import { column, printable } from '../terminal.ts';
import type { Print } from './json.ts';
import { alertSentence, countdown, reportLines } from './words.ts';

/** Where the live view draws. */
export interface Screen {
  readonly print: Print;
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly colours: ChalkInstance;
  /** Time of the run, for the window's countdown; real time, for the redraws. */
  readonly clock: Clock;
}

const REDRAW_EVERY = 200;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_TO_END = '\u001b[J';

/** Everything the frame shows; the frame itself is a pure function of it. */
export interface LiveState {
  readonly ready: Ready | undefined;
  /** Last acknowledged reading of each unicorn, in order of first appearance. */
  readonly vitals: ReadonlyMap<string, Reading>;
  readonly unicorns: number;
  readonly acknowledged: number;
  readonly summaries: readonly Summary[];
  readonly alerts: readonly Alert[];
  readonly notices: readonly string[];
  readonly waiting: { readonly what: string; readonly remaining: number | undefined } | undefined;
}

/** One screen, redrawn in place: vitals, the open window, summaries as the table gives them back, alerts. */
export function createLiveView(unicorns: number, screen: Screen): RunView {
  const vitals = new Map<string, Reading>();
  const shown = {
    ready: undefined as Ready | undefined,
    acknowledged: 0,
    waiting: undefined as LiveState['waiting'],
  };
  const summaries: Summary[] = [];
  const alerts: Alert[] = [];
  const notices: string[] = [];
  let drawnRows = 0;

  const draw = () => {
    const size = screen.size();
    const state: LiveState = { ...shown, vitals, unicorns, summaries, alerts, notices };
    const lines = frame(state, size, screen.clock.now(), screen.colours);
    const up = drawnRows > 1 ? `\u001b[${drawnRows - 1}A` : '';
    screen.print(`${up}\r${lines.map((line) => `${line}\u001b[K`).join('\n')}${CLEAR_TO_END}`);
    drawnRows = lines.length;
  };
  screen.print(HIDE_CURSOR);
  const timer = setInterval(draw, REDRAW_EVERY);

  return {
    ready: (event) => {
      shown.ready = event;
      draw();
    },
    reading: ({ reading }) => {
      shown.acknowledged++;
      vitals.set(reading.Name, reading);
    },
    summary: (summary) => {
      summaries.push(summary);
      if (summaries.length > 50) summaries.shift();
    },
    alert: (alert) => {
      alerts.push(alert);
      if (alerts.length > 20) alerts.shift();
    },
    waiting: (what, remaining) => {
      shown.waiting = what === undefined ? undefined : { what, remaining };
    },
    notice: (text) => {
      notices.push(text);
      if (notices.length > 3) notices.shift();
    },
    report: (report) => {
      shown.waiting = undefined;
      draw();
      screen.print(
        `\n\n${reportLines(report)
          .map((line) => ` ${line}`)
          .join('\n')}\n`,
      );
      drawnRows = 0;
    },
    close: () => {
      clearInterval(timer);
      screen.print(drawnRows > 0 ? `\n${SHOW_CURSOR}` : SHOW_CURSOR);
    },
  };
}

/** The lines of one frame, at most as many as the screen has rows. */
export function frame(
  state: LiveState,
  size: { readonly columns: number; readonly rows: number },
  now: number,
  colours: ChalkInstance,
): string[] {
  const columns = Math.max(20, size.columns - 1);
  const rows = Math.max(10, size.rows - 1);
  const cut = (line: string) => column(line, columns).trimEnd();
  const { ready } = state;

  const head = [
    colours.bold(
      cut(` Wild Rydes  ${ready === undefined ? 'starting…' : `${ready.stream} at ${ready.endpoint}`}`),
    ),
    ...(ready === undefined ? [] : [colours.dim(cut(`             ${placeOf(ready)}`))]),
    '',
  ];
  const foot = [
    '',
    cut(` ${state.acknowledged} readings acknowledged   ${windowLine(state, now)}`),
    ...state.notices.map((text) => colours.yellow(cut(` ${printable(text)}`))),
    colours.dim(
      cut(
        ` look further: ./wildrydes query --name ${[...state.vitals.keys()][0] ?? 'Shadowfax'}   ./wildrydes status   ./wildrydes shell`,
      ),
    ),
    colours.dim(cut(' Ctrl-C stops')),
  ];
  const alerts = state.alerts.slice(-4).map((alert) => {
    const line = cut(` ${alertSentence(alert)}`);
    return alert.state === 'firing' ? colours.red(line) : colours.green(line);
  });
  const room = rows - head.length - foot.length - (alerts.length === 0 ? 0 : alerts.length + 2);
  const vitalsRoom = Math.max(1, Math.min(state.vitals.size, Math.ceil(room / 2) - 2));
  const summaryRoom = Math.max(1, room - vitalsRoom - 4);
  return [
    ...head,
    ...vitalsTable(state, vitalsRoom, columns, colours),
    ...summaryTable(state.summaries.slice(-summaryRoom), columns, colours),
    ...(alerts.length === 0 ? [] : ['', colours.bold(' Alerts'), ...alerts]),
    ...foot,
  ].slice(0, rows);
}

function placeOf(ready: Ready): string {
  if (!ready.embedded) return `joined   seed ${ready.seed}`;
  return `started here, ${ready.data === null ? 'nothing is kept' : `state in ${ready.data}`}   seed ${ready.seed}`;
}

function windowLine(state: LiveState, now: number): string {
  if (state.waiting !== undefined) {
    const { what, remaining } = state.waiting;
    return `waiting ${what}${remaining === undefined ? '' : `, about ${countdown(remaining)}`}`;
  }
  const start = Math.floor(now / WINDOW.size) * WINDOW.size;
  return `minute ${formatStatusTime(start).slice(11, 16)} closes in ${countdown(start + WINDOW.size - now)}`;
}

function vitalsTable(state: LiveState, room: number, columns: number, colours: ChalkInstance): string[] {
  const names = nameColumn(columns);
  const more = state.unicorns - Math.min(room, state.vitals.size);
  const heading = ` ${column('Unicorn', names)}  ${right('Magic', 6)} ${right('Health', 6)} ${right('m/s', 7)}  ${right('Latitude', 10)} ${right('Longitude', 11)}`;
  const lines = [...state.vitals.values()].slice(0, room).map((reading) => {
    const magic = right(String(reading.MagicPoints), 6);
    return [
      ` ${column(printable(reading.Name), names)} `,
      reading.MagicPoints < 50 ? colours.red(magic) : magic,
      right(String(reading.HealthPoints), 6),
      `${right(reading.Distance.toFixed(2), 7)} `,
      right(reading.Latitude.toFixed(5), 10),
      right(reading.Longitude.toFixed(5), 11),
    ].join(' ');
  });
  return [
    colours.bold(column(heading, columns).trimEnd()),
    ...lines,
    ...(more > 0 && state.vitals.size > 0 ? [colours.dim(` and ${more} more`)] : []),
  ];
}

function summaryTable(summaries: readonly Summary[], columns: number, colours: ChalkInstance): string[] {
  const names = nameColumn(columns);
  const heading = ` ${column('In the table', names)}  ${column('minute', 6)} ${right('readings', 8)} ${right('metres', 9)}  ${right('magic', 9)} ${right('health', 9)}`;
  if (summaries.length === 0)
    return ['', colours.bold(heading), colours.dim(' the first minute is still open')];
  const lines = summaries.map((summary) =>
    [
      ` ${column(printable(summary.Name), names)} `,
      column(summary.StatusTime.slice(11, 16), 6),
      right(String(summary.Readings), 8),
      `${right(summary.Distance.toFixed(1), 9)} `,
      right(`${summary.MinMagicPoints}–${summary.MaxMagicPoints}`, 9),
      right(`${summary.MinHealthPoints}–${summary.MaxHealthPoints}`, 9),
    ].join(' '),
  );
  return ['', colours.bold(heading), ...lines];
}

function nameColumn(columns: number): number {
  return Math.max(8, Math.min(24, columns - 52));
}

function right(text: string, columns: number): string {
  return column(text, columns, 'right');
}
