import type { StoredSummary } from '../../../telemetry/summary.ts';
import { WINDOW } from '../../../telemetry/topology.ts';
import type { PlacedReading } from '../../check/readings.ts';
import { type Figures, figuresOf, keyOf, type Minute, type Minutes, missed } from './minutes.ts';

const FIGURES = [
  'Readings',
  'Distance',
  'MinMagicPoints',
  'MaxMagicPoints',
  'MinHealthPoints',
  'MaxHealthPoints',
] as const satisfies readonly (keyof Figures)[];

/**
 * What a summary says otherwise than the readings in the stream do, both figures of each, and what that looks like.
 *
 * @returns undefined where they agree
 */
export function differenceOf(
  minute: Minute,
  summary: StoredSummary,
  { all }: Pick<Minutes, 'all'>,
): string | undefined {
  const right = figuresOf(minute.counted);
  const differing = FIGURES.filter((figure) => summary[figure] !== right[figure]);
  if (differing.length === 0) return undefined;
  const figures = differing
    .map((figure) => `${figure} is ${summary[figure] ?? 'absent'}, and by the readings ${right[figure]}`)
    .join('; ');
  const likeness = likenessOf(minute, summary, all) ?? roundingOf(summary.Distance, right.Distance);
  return likeness === undefined ? figures : `${likeness}: ${figures}`;
}

/** Of which other readings it would be right. */
function likenessOf(minute: Minute, summary: StoredSummary, all: Minutes['all']): string | undefined {
  const { counted, repeated } = minute;
  const late = missed(minute);
  const lateRepeated = minute.late.map(({ placed }) => placed);
  const others: Readonly<Record<string, readonly PlacedReading[]>> = {
    'it counts readings that came twice twice': [...counted, ...repeated],
    'it counts readings that came too late': [...counted, ...late],
    'it counts readings that came twice twice, and those that came too late': [
      ...counted,
      ...repeated,
      ...lateRepeated,
    ],
  };
  const like = Object.entries(others).find(
    ([, readings]) => readings.length > counted.length && agree(readings, summary),
  );
  return like?.[0] ?? lengthOf(minute, summary, all);
}

/** Minutes that a longer window has at most. */
const LONGEST = 60;

function lengthOf(minute: Minute, summary: StoredSummary, all: Minutes['all']): string | undefined {
  const readings = [...minute.counted];
  for (let minutes = 2; minutes <= LONGEST; minutes++) {
    const next = all.get(keyOf(minute.name, minute.start + (minutes - 1) * WINDOW.size));
    if (next === undefined) return undefined;
    readings.push(...next.counted);
    if (agree(readings, summary)) return `its window has ${minutes} minutes instead of one`;
  }
  return undefined;
}

function roundingOf(said: number, right: number): string | undefined {
  if (said === right) return undefined;
  for (let places = 0; places < 6; places++) {
    const unit = 10 ** places;
    if ([Math.round, Math.floor, Math.ceil].some((rounded) => rounded(right * unit) / unit === said)) {
      return 'its distance is rounded';
    }
  }
  return undefined;
}

/** Quarters of an hour: local time differs from UTC by whole ones. Source: https://www.iana.org/time-zones */
const QUARTER = 900_000;

/** 14 hours, the most. */
const MOST_QUARTERS = 56;

/** The minute that a summary would be right of in UTC, where its StatusTime is local time; and the milliseconds between. */
export function inLocalTime(
  summary: StoredSummary,
  start: number,
  all: Minutes['all'],
): { readonly minute: Minute; readonly offset: number } | undefined {
  for (let quarters = -MOST_QUARTERS; quarters <= MOST_QUARTERS; quarters++) {
    const offset = quarters * QUARTER;
    const minute = quarters === 0 ? undefined : all.get(keyOf(summary.Name, start - offset));
    if (minute !== undefined && !minute.unclear && agree(minute.counted, summary)) return { minute, offset };
  }
  return undefined;
}

function agree(readings: readonly PlacedReading[], summary: StoredSummary): boolean {
  const figures = figuresOf(readings);
  return FIGURES.every((figure) => figures[figure] === summary[figure]);
}
