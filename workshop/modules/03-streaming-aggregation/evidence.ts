import { parseStatusTime } from '../../../telemetry/status-time.ts';
import type { StoredSummary } from '../../../telemetry/summary.ts';
import { decodeSummary } from '../../../telemetry/summary-codec.ts';
import { WINDOW } from '../../../telemetry/topology.ts';
import { activeStream, type PlacedRecord, recordsSince, shardsOf } from '../../check/streams.ts';
import { couldNotCheck, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { differenceOf, inLocalTime } from './differences.ts';
import { keyOf, type Minute, type Minutes, minutesOf, minuteText } from './minutes.ts';

/** A minute, and a summary of it that agrees with the readings. */
export interface Agreement {
  readonly minute: Minute;
  readonly summary: StoredSummary;
}

/** What the streams hold of the last half hour. */
export interface Evidence extends Minutes {
  /** In the order of the stream of summaries. */
  readonly agreements: readonly Agreement[];
  /** Keys of the minutes that have a summary, judged or not. */
  readonly summarised: ReadonlySet<string>;
}

/** Milliseconds that are looked back: a summary that was wrong, and is mended, is forgotten after that. */
export const LOOK_BACK = 30 * 60_000;

/** Milliseconds of readings before the first minute that is judged: they say where the watermark was. */
const LEAD = 2 * WINDOW.size;

/** Readings of one shard that are looked at: a fleet's half hour may have more, and then none of it can be judged. */
const MOST = 200_000;

/**
 * Reads summaries and readings, and judges each summary anew by the readings.
 *
 * @throws Unmet when one of the streams is missing; when a summary is not what the readings come to
 */
export async function evidenceOf(at: Workbench): Promise<Evidence> {
  const { readings, summaries, quarantine } = at.names;
  const stream = await activeStream(at, readings);
  await activeStream(at, summaries);
  await activeStream(at, quarantine);
  const created = stream.StreamCreationTimestamp?.getTime() ?? 0;
  // Creation is dated in whole seconds on AWS, and what was summarised of an earlier stream of this name cannot be judged.
  const since = Math.max(at.clock.now() - LOOK_BACK, created - 1_000);
  // Summaries first: all that they are made of is in the stream by then.
  const said = await recordsSince(at, summaries, since);
  const records = await recordsSince(at, readings, since, MOST);
  insistOnFew(at, records);
  const minutes = minutesOf(records, await shardsOf(at, readings));
  const judgedFrom = since > created ? since + LEAD : Number.NEGATIVE_INFINITY;
  const agreements: Agreement[] = [];
  const summarised = new Map<string, PlacedRecord>();
  for (const record of said) {
    const { summary, start } = read(at, record);
    const key = keyOf(summary.Name, start);
    summarised.set(key, record);
    const minute = minutes.all.get(key);
    if (minute === undefined) insistOnUtc(at, summary, start, minutes);
    if (start < judgedFrom || minute?.unclear) continue;
    if (minute === undefined) throw strange(at, summary, start, minutes);
    const difference = differenceOf(minute, summary, minutes);
    if (difference !== undefined) {
      throw wrong({
        looked: `the summary of ${minuteText(minute)}, in ${summaries}`,
        found: difference,
        expected: `what the readings in ${readings} come to`,
        next: advice(at),
      });
    }
    agreements.push({ minute, summary });
  }
  insistOnAll(at, minutes, summarised, judgedFrom);
  return { ...minutes, agreements, summarised: new Set(summarised.keys()) };
}

function insistOnFew(at: Workbench, records: readonly PlacedRecord[]): void {
  const counts = new Map<string, number>();
  for (const { shardId } of records) counts.set(shardId, (counts.get(shardId) ?? 0) + 1);
  if (Math.max(0, ...counts.values()) < MOST) return;
  throw couldNotCheck({
    looked: `the stream ${at.names.readings}, the last half hour`,
    found: `more than ${MOST} readings in one shard`,
    expected: 'the readings of a few unicorns',
    next: 'Stop what sends so many, and check again in half an hour.',
  });
}

function read(at: Workbench, record: PlacedRecord): { summary: StoredSummary; start: number } {
  const decoded = decodeSummary(record.data);
  if (decoded.ok) return { summary: decoded.summary, start: decoded.instant };
  const { reason } = decoded;
  const likeness = /must not exceed/.test(reason)
    ? 'least and most are exchanged: '
    : /whole minute/.test(reason)
      ? 'its window is not a minute: '
      : '';
  throw wrong({
    looked: `the record ${record.sequenceNumber} of ${at.names.summaries}`,
    found: `it is no summary: ${likeness}${reason}`,
    expected: 'summaries, as the aggregation writes them',
    next: advice(at),
  });
}

function insistOnUtc(at: Workbench, summary: StoredSummary, start: number, { all }: Minutes): void {
  const local = inLocalTime(summary, start, all);
  if (local === undefined) return;
  const hours = local.offset / 3_600_000;
  throw wrong({
    looked: `the summary of ${minuteText({ name: summary.Name, start })}, in ${at.names.summaries}`,
    found: `its readings are those of ${minuteText(local.minute)}: StatusTime is ${Math.abs(hours)} h ${hours > 0 ? 'ahead' : 'behind'}, as local time would be`,
    expected: 'StatusTime in UTC',
    next: advice(at),
  });
}

function strange(at: Workbench, summary: StoredSummary, start: number, { all }: Minutes) {
  const names = new Set([...all.values()].map(({ name }) => name));
  const whole = [...names].find((name) => name !== summary.Name && name.startsWith(summary.Name));
  const looked = `the summary of ${minuteText({ name: summary.Name, start })}, in ${at.names.summaries}`;
  const found = names.has(summary.Name)
    ? 'the stream holds no reading of that minute'
    : whole === undefined
      ? `no reading of ${summary.Name} has come`
      : `no reading of ${summary.Name} has come, but of ${whole}: the name is cut to ${[...summary.Name].length} characters`;
  const expected = `summaries of the readings in ${at.names.readings}`;
  return wrong({ looked, found, expected, next: advice(at) });
}

/** Milliseconds after a summary came within which an earlier minute of the same unicorn may still come: outputs have shards, too. */
const OUT_OF_ORDER = 120_000;

/** No minute is left out between two that have a summary. */
function insistOnAll(
  at: Workbench,
  { all }: Minutes,
  summarised: ReadonlyMap<string, PlacedRecord>,
  judgedFrom: number,
): void {
  const spans = new Map<string, { first: number; last: number }>();
  for (const [key, { arrival }] of summarised) {
    const name = key.slice(TIME_LENGTH + 1);
    const start = parseStatusTime(key.slice(0, TIME_LENGTH)) ?? 0;
    const span = spans.get(name) ?? { first: start, last: start };
    const settled = at.clock.now() - arrival > OUT_OF_ORDER;
    spans.set(name, {
      first: Math.min(span.first, start),
      last: settled ? Math.max(span.last, start) : span.last,
    });
  }
  for (const [key, minute] of all) {
    const { name, start, counted, unclear } = minute;
    const span = spans.get(name);
    if (span === undefined || unclear || counted.length === 0 || summarised.has(key)) continue;
    if (start < judgedFrom || start <= span.first || start >= span.last) continue;
    throw wrong({
      looked: `the summaries of ${name}, in ${at.names.summaries}`,
      found: `the minute ${minuteText(minute)} has ${counted.length} readings and no summary, and later ones have one`,
      expected: 'a summary of each minute',
      next: advice(at),
    });
  }
}

/** Characters of `YYYY-MM-DD HH:MM:SS.mmm`, with which a key begins. */
const TIME_LENGTH = 23;

function advice({ names }: Workbench): string {
  return `./wildrydes workshop check 3.application, then see who else writes to ${names.summaries}`;
}
