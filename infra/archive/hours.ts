/**
 * Where in the archive to look: objects lie by the UTC hour in which their records came, under
 * `readings/year=2026/month=05/day=01/hour=09/`. Such keys sort by time.
 */

/** What the keys of all readings begin with. */
export const READINGS_PREFIX = 'readings/';

const HOUR = 3_600_000;

/**
 * How far the hour of an object may be from the times of the readings in it, either way, and they are still found: a
 * reading may be five minutes ahead of its arrival, and Firehose names an object by the oldest record that it buffered.
 */
const SLACK = HOUR;

/** From which hour to which, both included; an hour is told by its first millisecond. */
export interface Hours {
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** The readings that are asked for, by StatusTime, milliseconds since the epoch; undefined leaves a side open. */
export interface Span {
  /** The first that counts. */
  readonly since: number | undefined;
  /** The first that no longer counts. */
  readonly until: number | undefined;
}

/** The hours to look into for the readings of a span. */
export function hoursOf({ since, until }: Span): Hours {
  return {
    first: since === undefined ? undefined : hourOf(since - SLACK),
    last: until === undefined ? undefined : hourOf(until + SLACK),
  };
}

/** The first millisecond of the hour that a moment lies in. */
export function hourOf(moment: number): number {
  return Math.floor(moment / HOUR) * HOUR;
}

/** Year, month, day and hour, UTC, as numbers. */
export function partsOf(hour: number): readonly [number, number, number, number] {
  const time = new Date(hour);
  return [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()];
}

/** What the keys of an hour begin with. */
export function prefixOf(hour: number): string {
  const [year, month, day, hours] = partsOf(hour).map((part, at) =>
    String(part).padStart(at === 0 ? 4 : 2, '0'),
  );
  return `${READINGS_PREFIX}year=${year}/month=${month}/day=${day}/hour=${hours}/`;
}

/** The hour that a key tells; undefined for a key that is none of the archive's. */
export function hourOfKey(key: string): number | undefined {
  const parts = /^readings\/year=(\d{4})\/month=(\d\d)\/day=(\d\d)\/hour=(\d\d)\/./.exec(key);
  if (parts === null) return undefined;
  const hour = Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:00:00Z`);
  return Number.isNaN(hour) ? undefined : hour;
}
