import { median, shown } from './contest.ts';
import type { Machine } from './machine.ts';
import type { Figure, Judgement, Row, RowResult, Skipped } from './row.ts';
import { PACE } from './yardstick.ts';

/** One row's outcome; a row that broke off has an error in place of a result. */
export type Outcome = { readonly row: Row } & (
  | {
      readonly result: RowResult;
      /** What the yardstick showed before and after, on average. */
      readonly speed: number;
      readonly seconds: number;
    }
  | Skipped
  | { readonly error: string }
);

export interface Session {
  readonly command: string;
  readonly date: string;
  readonly machine: Machine;
  /** Load averages before and after: what else the machine did. */
  readonly load: { readonly before: string; readonly after: string };
  /** How much of it was measured while nobody else used the machine. */
  readonly quiet: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly outcomes: readonly Outcome[];
}

/** The whole session as Markdown. */
export function markdown(session: Session): string {
  const { machine, load, rounds, versions } = session;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${[
    '# Results',
    '',
    `Written by \`${session.command}\`, which repeats it: every figure is from one run, ours and its peers in turns.`,
    ...(session.quick
      ? ['', '**Quick: fewer and shorter rounds, to see that it works. Not to be quoted.**']
      : []),
    '',
    `- ${session.date}, ${machine.cores} cores of ${machine.cpu}, ${machine.memory}, ${machine.system}, Node ${machine.node}`,
    `- load averages ${load.before} before, ${load.after} after; ${session.quiet}`,
    `- medians of ${rounds} rounds; ratios are medians of the rounds' ratios`,
    `- the machine's speed differs from minute to minute: each row says what JSON.parse alone made of a reading just before and after. The reaches in absolute figures were set where that was ${shown(PACE)} a second; a rate below its reach is also judged as it were at that pace, and says so`,
    `- ${peers.join(', ')}`,
    '',
    ...table(
      ['row', 'reach', 'got', 'met'],
      session.outcomes.map((outcome) => [
        `[${outcome.row.what}](#${outcome.row.name})`,
        outcome.row.reach,
        got(outcome),
        verdict(outcome),
      ]),
    ),
    ...session.outcomes.flatMap(section),
  ].join('\n')}\n`;
}

/** One row's outcome as text for a terminal. */
export function rowText(outcome: Outcome): string {
  const { row } = outcome;
  if ('error' in outcome) return `${row.name}: broke off\n  ${outcome.error}\n`;
  if ('skipped' in outcome) return `${row.name}: skipped: ${outcome.skipped}\n`;
  const { figures, judgements } = outcome.result;
  const width = Math.max(...figures.map(({ who }) => who.length));
  return [
    `${row.name}: ${row.what}`,
    ...figures.map((figure) => `  ${figure.who.padEnd(width)}  ${middle(figure)} (${range(figure)})`),
    ...judgements
      .map((judgement) => atPace(judgement, outcome.speed))
      .map(({ reach, got, met }) => `  ${met ? 'met' : 'NOT MET'}: ${reach}: ${got}`),
    `  yardstick: JSON.parse of a reading ${shown(outcome.speed)}/s`,
    '',
  ].join('\n');
}

function section(outcome: Outcome): string[] {
  const { row } = outcome;
  const head = ['', `## ${row.name}`, '', `${row.what}. To reach: ${row.reach}.`, ''];
  if ('error' in outcome) return [...head, `Broke off: ${outcome.error.split('\n')[0]}`];
  if ('skipped' in outcome) return [...head, `Skipped: ${outcome.skipped}`];
  const { conditions, figures, judgements } = outcome.result;
  return [
    ...head,
    ...conditions.map((condition) => `- ${condition}`),
    `- yardstick: JSON.parse of a reading ${shown(outcome.speed)}/s on one core`,
    '',
    ...table(
      ['who', 'median', 'from', 'to'],
      figures.map((figure) => [
        figure.who,
        middle(figure),
        shown(Math.min(...figure.samples)),
        shown(Math.max(...figure.samples)),
      ]),
    ),
    '',
    ...table(
      ['asked', 'got', 'met'],
      judgements
        .map((judgement) => atPace(judgement, outcome.speed))
        .map(({ reach, got, met, extra }) => [extra ? `${reach} (beyond the reach)` : reach, got, yes(met)]),
    ),
  ];
}

function got(outcome: Outcome): string {
  if ('error' in outcome) return 'broke off';
  if ('skipped' in outcome) return 'skipped';
  const { figures, judgements } = outcome.result;
  const first = figures[0]!;
  return [
    `${first.who}: ${middle(first)}`,
    ...judgements.filter(({ extra }) => !extra).map((judgement) => atPace(judgement, outcome.speed).got),
  ].join('; ');
}

function verdict(outcome: Outcome): string {
  if ('error' in outcome) return yes(false);
  if ('skipped' in outcome) return '-';
  const { result, speed } = outcome;
  return yes(result.judgements.every((judgement) => judgement.extra || atPace(judgement, speed).met));
}

/** A rate that misses its reach on a machine that is slow just now, judged as if that had gone at the usual pace. */
function atPace(judgement: Judgement, speed: number): Judgement {
  const { rate, got, met } = judgement;
  if (met || rate === undefined || speed >= PACE) return judgement;
  const scaled = (rate.got * PACE) / speed;
  return {
    ...judgement,
    got: `${got} (${shown(scaled)} at the yardstick's pace)`,
    met: scaled >= rate.least,
  };
}

function yes(met: boolean): string {
  return met ? 'yes' : '**no**';
}

function middle({ samples, unit }: Figure): string {
  return `${shown(median(samples))} ${unit}`;
}

function range({ samples }: Figure): string {
  return `${shown(Math.min(...samples))} to ${shown(Math.max(...samples))}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
