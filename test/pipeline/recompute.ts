/**
 * The summaries of some readings, computed anew: by grouping in memory and adding with BigInt. The oracle for the
 * whole pipeline: it imports nothing of it, on purpose.
 */
export interface PlainReading {
  readonly Name: string;
  readonly StatusTime: string;
  readonly Distance: number;
  readonly MagicPoints: number;
  readonly HealthPoints: number;
}

export function recompute(readings: readonly PlainReading[]): object[] {
  const groups = new Map<string, Map<string, PlainReading>>();
  for (const reading of readings) {
    const key = JSON.stringify([reading.Name, reading.StatusTime.slice(0, 16)]);
    const group = groups.get(key) ?? new Map<string, PlainReading>();
    groups.set(key, group);
    if (!group.has(reading.StatusTime)) group.set(reading.StatusTime, reading);
  }
  return [...groups].map(([key, group]) => {
    const [Name, minute] = JSON.parse(key) as [string, string];
    const members = [...group.values()];
    const micrometres = members.reduce((sum, { Distance }) => sum + BigInt(Math.round(Distance * 1e6)), 0n);
    const magic = members.map((reading) => reading.MagicPoints);
    const health = members.map((reading) => reading.HealthPoints);
    return {
      Name,
      StatusTime: `${minute}:00.000`,
      Distance: Number(micrometres) / 1e6,
      MinMagicPoints: Math.min(...magic),
      MaxMagicPoints: Math.max(...magic),
      MinHealthPoints: Math.min(...health),
      MaxHealthPoints: Math.max(...health),
      Readings: members.length,
    };
  });
}

/** Puts summaries into one order, so that two lists of them can be compared. */
export function inOrder<T extends object>(summaries: readonly T[]): T[] {
  const key = (summary: T) => {
    const { Name, StatusTime } = summary as { Name?: string; StatusTime?: string };
    return `${StatusTime} ${Name}`;
  };
  return [...summaries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
