import type { ChalkInstance } from 'chalk';
import type { Alert } from '../../telemetry/alert.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { LOW_MAGIC, WINDOW } from '../../telemetry/topology.ts';
import type { Ready } from '../producer/events.ts';
import { cut, grouped, printable, widthOf } from '../terminal.ts';
import type { Size } from './screen.ts';
import { type Column, table } from './table.ts';
import { alertSentence, countdown } from './words.ts';

/** Everything that a frame shows; the frame itself is a pure function of it. */
export interface FrameState {
  readonly ready: Ready | undefined;
  /** Last acknowledged readings, one of each unicorn, of the first of them: there may be far more unicorns than room. */
  readonly vitals: readonly Reading[];
  /** Unicorns in the run. */
  readonly unicorns: number;
  readonly acknowledged: number;
  /** Readings acknowledged per second of late; undefined before that is known. */
  readonly rate: number | undefined;
  /** Oldest first. */
  readonly summaries: readonly Summary[];
  /** Oldest first. */
  readonly alerts: readonly Alert[];
  /** Oldest first. */
  readonly notices: readonly string[];
  readonly waiting: { readonly what: string; readonly remaining: number | undefined } | undefined;
  /** Commands for whoever wants to know more, most useful first; as many are shown as there is room for. */
  readonly commands: readonly string[];
  /** True once the run was asked to finish. */
  readonly stopping: boolean;
  /** True for the frame that stays behind when the run is over. */
  readonly over: boolean;
}

/** Rows from which there is room for air: empty lines, where the cloud is, how to look further. */
const ROOMY = 16;

/** Most rows that alerts and notices take from the tables. */
const MOST = { alerts: 4, notices: 3 } as const;

/**
 * The lines of one frame: no more of them than the screen has rows, none wider than its columns. On a small screen the
 * tables lose columns, then rows, and what only helps goes first.
 *
 * @param now the run's time, milliseconds since the epoch
 */
export function frame(state: FrameState, size: Size, now: number, colours: ChalkInstance): string[] {
  const { columns, rows } = size;
  const roomy = rows >= ROOMY;
  const fitted = (text: string) => cut(text, columns);
  const air = roomy ? [''] : [];

  const alerts = last(state.alerts, roomy ? MOST.alerts : 1).map((alert) => {
    const line = fitted(` ${alertSentence(alert)}`);
    return alert.state === 'recovered' ? colours.green(line) : colours.red(line);
  });
  const notices = last(state.notices, roomy ? MOST.notices : 1).map((text) =>
    colours.yellow(fitted(` ${printable(text)}`)),
  );
  const head = [
    colours.bold(fitted(titleOf(state.ready))),
    ...(roomy && state.ready !== undefined ? [colours.dim(fitted(placeOf(state.ready)))] : []),
    ...air,
  ];
  const foot = [
    ...(alerts.length === 0 ? [] : [...air, ...(roomy ? [colours.bold(fitted(' Alerts'))] : []), ...alerts]),
    ...air,
    fitted(progressLine(state, now, columns)),
    ...notices,
    ...(state.over ? [] : helpLines(state, columns, roomy).map((line) => colours.dim(line))),
  ];

  const room = rows - head.length - foot.length;
  // Of the room, the summaries get what the vitals leave, and half of it for certain.
  const summaryRows = Math.max(1, Math.min(state.summaries.length, 10)) + 1 + air.length;
  const forSummaries = Math.min(summaryRows, Math.floor(room / 2));
  const vitals = vitalsLines(state, room - forSummaries, columns, colours);
  const summaries = summaryLines(state.summaries, room - vitals.length, roomy, columns, colours);
  return [...head, ...vitals, ...summaries, ...foot].slice(0, rows);
}

function titleOf(ready: Ready | undefined): string {
  return ` Wild Rydes  ${ready === undefined ? 'starting…' : `${ready.stream} at ${ready.endpoint}`}`;
}

function placeOf(ready: Ready): string {
  const kept = ready.data === null ? 'nothing is kept' : `state in ${ready.data}`;
  return `             ${ready.embedded ? `started here, ${kept}` : 'joined'}   seed ${ready.seed}`;
}

function progressLine(state: FrameState, now: number, columns: number): string {
  const rate =
    state.unicorns > 1 && state.rate !== undefined && !state.over ? ` (${grouped(state.rate)}/s)` : '';
  const count = grouped(state.acknowledged);
  const [long, short] = windowWords(state, now);
  return firstThatFits(columns, [
    ` ${count} ${state.acknowledged === 1 ? 'reading' : 'readings'} acknowledged${rate}   ${long}`,
    // What it waits for, and how to end that, matters more than a count that no longer changes.
    ...(state.waiting === undefined ? [] : [` ${long}`]),
    ` ${count} acknowledged${rate}   ${short}`,
    ` ${count}   ${short}`,
  ]);
}

/** What the run is at, at length and in short. */
function windowWords(state: FrameState, now: number): [string, string] {
  if (state.over) return ['', ''];
  if (state.waiting !== undefined) {
    const { what, remaining } = state.waiting;
    if (remaining === undefined) return [`waiting ${what}`, 'waiting'];
    return [`waiting ${what}, about ${countdown(remaining)}`, `waiting, about ${countdown(remaining)}`];
  }
  const start = Math.floor(now / WINDOW.size) * WINDOW.size;
  const minute = formatStatusTime(start).slice(11, 16);
  const left = countdown(start + WINDOW.size - now);
  return [`minute ${minute} ends in ${left}`, `${minute} ends in ${left}`];
}

function helpLines({ commands, stopping }: FrameState, columns: number, roomy: boolean): string[] {
  const stop = cut(stopping ? ' stopping; Ctrl-C again leaves at once' : ' Ctrl-C stops', columns);
  if (!roomy) return [stop];
  const shown: string[] = [];
  const line = () => ` look further: ${shown.join('   ')}`;
  for (const command of commands) {
    shown.push(command);
    if (widthOf(line()) > columns) {
      shown.pop();
      break;
    }
  }
  return shown.length === 0 ? [stop] : [line(), stop];
}

const VITALS: readonly [Column<Reading>, ...Column<Reading>[]] = [
  { heading: 'Unicorn', width: 8, cell: (reading) => printable(reading.Name) },
  {
    heading: 'Magic',
    width: 6,
    align: 'right',
    cell: (reading) => String(reading.MagicPoints),
  },
  { heading: 'Health', width: 6, align: 'right', cell: (reading) => String(reading.HealthPoints) },
  { heading: 'm/s', width: 7, align: 'right', cell: (reading) => reading.Distance.toFixed(2) },
  { heading: 'Latitude', width: 11, align: 'right', cell: (reading) => reading.Latitude.toFixed(5) },
  { heading: 'Longitude', width: 11, align: 'right', cell: (reading) => reading.Longitude.toFixed(5) },
];

function vitalsLines(state: FrameState, room: number, columns: number, colours: ChalkInstance): string[] {
  if (room < 2) return [];
  const all = state.unicorns + 1 <= room && state.vitals.length === state.unicorns;
  const shown = state.vitals.slice(0, all ? room - 1 : Math.max(1, room - 2));
  const more = state.unicorns - shown.length;
  const coloured = VITALS.map((one) =>
    one.heading === 'Magic'
      ? {
          ...one,
          colour: (reading: Reading, cell: string) =>
            reading.MagicPoints < LOW_MAGIC.fire ? colours.red(cell) : cell,
        }
      : one,
  ) as [Column<Reading>, ...Column<Reading>[]];
  return [
    ...table(shown, coloured, columns, colours),
    ...(more > 0 && shown.length > 0 && shown.length + 1 < room
      ? [colours.dim(cut(` and ${grouped(more)} more`, columns))]
      : []),
  ];
}

const SUMMARIES: readonly [Column<Summary>, ...Column<Summary>[]] = [
  { heading: 'In the table', width: 8, cell: (summary) => printable(summary.Name) },
  { heading: 'minute', width: 6, cell: (summary) => summary.StatusTime.slice(11, 16) },
  { heading: 'readings', width: 8, align: 'right', cell: (summary) => grouped(summary.Readings) },
  { heading: 'metres', width: 9, align: 'right', cell: (summary) => summary.Distance.toFixed(1) },
  {
    heading: 'magic',
    width: 9,
    align: 'right',
    cell: (summary) => `${summary.MinMagicPoints}–${summary.MaxMagicPoints}`,
  },
  {
    heading: 'health',
    width: 9,
    align: 'right',
    cell: (summary) => `${summary.MinHealthPoints}–${summary.MaxHealthPoints}`,
  },
];

function summaryLines(
  summaries: readonly Summary[],
  room: number,
  roomy: boolean,
  columns: number,
  colours: ChalkInstance,
): string[] {
  const air = roomy ? [''] : [];
  const rows = room - 1 - air.length;
  if (rows < 1) return [];
  const lines = table(last(summaries, rows), SUMMARIES, columns, colours);
  const none = summaries.length === 0 ? [colours.dim(cut(' the first minute is still open', columns))] : [];
  return [...air, ...lines, ...none];
}

/** The first of several wordings, long to short, that fits; the last is cut if need be. */
function firstThatFits(columns: number, wordings: readonly string[]): string {
  const trimmed = wordings.map((wording) => wording.trimEnd());
  return trimmed.find((wording) => widthOf(wording) <= columns) ?? cut(trimmed.at(-1) ?? '', columns);
}

function last<T>(list: readonly T[], count: number): readonly T[] {
  return list.slice(Math.max(0, list.length - count));
}
