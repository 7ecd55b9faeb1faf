import type { Shard } from '@aws-sdk/client-kinesis';
import { decodeReading } from '../../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import type { Summary } from '../../../telemetry/summary.ts';
import { WINDOW } from '../../../telemetry/topology.ts';
import type { PlacedReading } from '../../check/readings.ts';
import type { PlacedRecord } from '../../check/streams.ts';

/** A reading whose minute had closed when it came. */
export interface LateReading {
  readonly placed: PlacedReading;
  /** Milliseconds by which the watermark was past the end of the minute. */
  readonly by: number;
}

/** A unicorn's minute as the stream of readings has it, by the rules of the aggregation. */
export interface Minute {
  readonly name: string;
  /** Its first instant, milliseconds since the epoch. */
  readonly start: number;
  /** One reading for each instant, the one that came first. */
  readonly counted: readonly PlacedReading[];
  /** Those that came with an instant that was there already. */
  readonly repeated: readonly PlacedReading[];
  readonly late: readonly LateReading[];
  /** True where the clock of whoever aggregates may have decided: what came after a silence of its shard. */
  readonly unclear: boolean;
}

/** What the records of a stream come to. */
export interface Minutes {
  /** By `keyOf`. */
  readonly all: ReadonlyMap<string, Minute>;
  /** What belongs into quarantine, and why. */
  readonly broken: readonly { readonly record: PlacedRecord; readonly reason: string }[];
  /** Event time up to which all minutes have closed; undefined before the first reading. */
  readonly watermark: number | undefined;
}

/** What a summary says of a minute. */
export type Figures = Omit<Summary, 'Name' | 'StatusTime'>;

/**
 * Milliseconds of silence after which the clock of whoever aggregates may move a watermark; less than the rule says, and
 * SLACK more of what it may have moved by, since that clock measures from when it reads, not from when a record arrives.
 */
const SILENCE = WINDOW.idle - 5_000;
const SLACK = 5_000;

interface Growing {
  readonly name: string;
  readonly start: number;
  readonly counted: Map<number, PlacedReading>;
  readonly repeated: PlacedReading[];
  readonly late: LateReading[];
  unclear: boolean;
}

/** The watermark of a shard: as its records have it for certain, and as far as a silence may have taken it. */
interface Watermark {
  certain: number;
  possible: number;
}

/**
 * Sorts the records of a stream into minutes, by the rules in aggregation/README.md, and not by its code: this is what the
 * summaries are judged by.
 *
 * @param records shard by shard in sequence order, as `recordsSince` gives them
 * @param shards of the stream, parents before their children
 */
export function minutesOf(records: readonly PlacedRecord[], shards: readonly Shard[]): Minutes {
  const all = new Map<string, Growing>();
  const broken: { record: PlacedRecord; reason: string }[] = [];
  const watermarks = new Map<string, Watermark>();
  const roots = shards.filter((shard) => parentsOf(shard).length === 0).length;
  for (const shard of shards) {
    const { ShardId: id = '' } = shard;
    const own = records.filter(({ shardId }) => shardId === id);
    const watermark = inherited(shard, watermarks);
    // A shard that has given nothing holds no window open: what it gives first may find its minute closed by the others.
    if (roots > 1 && watermark.certain === Number.NEGATIVE_INFINITY && own[0] !== undefined) {
      watermark.possible = own[0].arrival;
    }
    judge(own, watermark, { all, broken });
    watermarks.set(id, watermark);
  }
  const lowest = Math.min(
    ...[...watermarks.values()].map(({ certain }) => certain).filter((certain) => Number.isFinite(certain)),
  );
  return {
    all: new Map([...all].map(([key, { counted, ...rest }]) => [key, { ...rest, counted: inTime(counted) }])),
    broken,
    watermark: Number.isFinite(lowest) ? lowest : undefined,
  };
}

function judge(
  records: readonly PlacedRecord[],
  watermark: Watermark,
  into: { readonly all: Map<string, Growing>; readonly broken: { record: PlacedRecord; reason: string }[] },
): void {
  let before: number | undefined;
  for (const record of records) {
    const silence = record.arrival - (before ?? record.arrival);
    before = record.arrival;
    if (silence >= SILENCE) {
      watermark.possible = Math.max(watermark.possible, watermark.certain + silence + SLACK);
    }
    const decoded = decodeReading(record.data);
    if (!decoded.ok) {
      into.broken.push({ record, reason: decoded.reason });
      continue;
    }
    const { instant, reading } = decoded;
    if (instant > record.arrival + WINDOW.future) {
      const reason = `StatusTime is ${Math.round((instant - record.arrival) / 1_000)} s after its arrival`;
      into.broken.push({ record, reason });
      continue;
    }
    const placed: PlacedReading = { ...decoded, record };
    const start = instant - modulo(instant, WINDOW.size);
    const end = start + WINDOW.size;
    const minute = growing(into.all, reading.Name, start);
    if (end <= watermark.certain) {
      minute.late.push({ placed, by: watermark.certain - end });
      continue;
    }
    if (end <= watermark.possible) minute.unclear = true;
    else watermark.certain = Math.max(watermark.certain, instant - WINDOW.lateness);
    if (minute.counted.has(instant)) minute.repeated.push(placed);
    else minute.counted.set(instant, placed);
  }
}

/** The figures that a summary of some readings has; distances are summed in whole micrometres. */
export function figuresOf(readings: readonly PlacedReading[]): Figures {
  const magic = readings.map(({ reading }) => reading.MagicPoints);
  const health = readings.map(({ reading }) => reading.HealthPoints);
  return {
    Distance: readings.reduce((sum, { micrometres }) => sum + micrometres, 0) / 1e6,
    MinMagicPoints: Math.min(...magic),
    MaxMagicPoints: Math.max(...magic),
    MinHealthPoints: Math.min(...health),
    MaxHealthPoints: Math.max(...health),
    Readings: readings.length,
  };
}

/** Late readings of a minute whose instant is not in it, each instant once. */
export function missed({ counted, late }: Minute): PlacedReading[] {
  const there = new Set(counted.map(({ instant }) => instant));
  const left = new Map<number, PlacedReading>();
  for (const { placed } of late) {
    if (!there.has(placed.instant) && !left.has(placed.instant)) left.set(placed.instant, placed);
  }
  return inTime(left);
}

export function keyOf(name: string, start: number): string {
  return `${formatStatusTime(start)} ${name}`;
}

/** How a minute is told to a person: `2026-01-31 12:03 of Rocinante`. */
export function minuteText({ name, start }: Pick<Minute, 'name' | 'start'>): string {
  return `${formatStatusTime(start).slice(0, 16)} of ${name}`;
}

function growing(all: Map<string, Growing>, name: string, start: number): Growing {
  const key = keyOf(name, start);
  let minute = all.get(key);
  if (minute === undefined) {
    minute = { name, start, counted: new Map(), repeated: [], late: [], unclear: false };
    all.set(key, minute);
  }
  return minute;
}

/** A child starts at the lowest watermark of its parents. */
function inherited(shard: Shard, watermarks: ReadonlyMap<string, Watermark>): Watermark {
  const parents = parentsOf(shard)
    .map((id) => watermarks.get(id))
    .filter((watermark) => watermark !== undefined && Number.isFinite(watermark.certain));
  if (parents.length === 0) return { certain: Number.NEGATIVE_INFINITY, possible: Number.NEGATIVE_INFINITY };
  return {
    certain: Math.min(...parents.map((parent) => parent?.certain ?? 0)),
    possible: Math.max(...parents.map((parent) => parent?.possible ?? 0)),
  };
}

function parentsOf({ ParentShardId, AdjacentParentShardId }: Shard): string[] {
  return [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined);
}

function inTime(readings: ReadonlyMap<number, PlacedReading>): PlacedReading[] {
  return [...readings.values()].sort((a, b) => a.instant - b.instant);
}

/** Never negative: before the epoch minutes begin before, too. */
function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
