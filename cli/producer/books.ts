import type { ControlClient } from '../../infra/local/control/client.ts';
import { pause } from '../../stream/backoff.ts';
import { EMPTY_TALLY, since, type Tally } from '../../telemetry/balance.ts';
import { STREAMS, WINDOW } from '../../telemetry/topology.ts';

/** Bytes of names in one request: the control door takes a mebibyte. */
const NAMES_PER_REQUEST = 512 * 1024;

/** Milliseconds that an aggregation gets to read what is in the stream already. */
const PATIENCE = 10_000;

/** The books of one run at a cloud, from when they were opened. */
export interface Books {
  /** The cloud's watermark when they were opened, milliseconds since the epoch; null before its first record. */
  readonly watermark: number | null;
  /** Whether the aggregation had not read everything by then: what others sent before may come to count as this run's. */
  readonly behind: boolean;
  /** What the run's unicorns have to their names since then. */
  read(): Promise<Tally>;
}

/**
 * Opens the books of some unicorns, once the aggregation has read what is in the stream already: a run that was killed
 * may have left something under the same names.
 *
 * @param names undefined: of everything in the cloud, for one that nobody else feeds
 * @param start when the run begins, milliseconds since the epoch
 * @param signal ends the wait for the aggregation
 */
export async function openBooks(
  control: Pick<ControlClient, 'aggregation' | 'status'>,
  names: readonly string[] | undefined,
  start: number,
  signal: AbortSignal,
): Promise<Books> {
  const parts = names === undefined ? [undefined] : partsOf(names);
  const readAll = async () => {
    let tally = EMPTY_TALLY;
    let watermark: number | null = null;
    for (const part of parts) {
      const progress = await control.aggregation(part === undefined ? {} : { names: part });
      tally = sum(tally, progress.tally);
      watermark = progress.watermark;
    }
    return { tally, watermark };
  };
  const behind = !(await caughtUp(control, signal));
  const before = await readAll();
  const firstEnd = (Math.floor(start / WINDOW.size) + 1) * WINDOW.size;
  return {
    watermark: before.watermark,
    behind,
    read: async () => {
      const { tally, watermark } = await readAll();
      return ownOf(before.tally, tally, watermark !== null && watermark >= firstEnd);
    },
  };
}

/** Waits until all that the stream holds now has been judged; false if that takes too long. */
async function caughtUp(
  control: Pick<ControlClient, 'aggregation' | 'status'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { aggregation, streams } = await control.status();
  const readings = streams.find(({ streamName }) => streamName === STREAMS.readings);
  // As nearly always: then there is no need to wait for the aggregation to ask each shard once more.
  if (aggregation?.tally.delivered === readings?.records) return true;
  const reached = control.aggregation({ caughtUp: true, names: [] }).then(() => true);
  const waited = new AbortController();
  const late = pause(PATIENCE, AbortSignal.any([signal, waited.signal])).then(() => false);
  return Promise.race([reached, late]).finally(() => waited.abort());
}

/**
 * What is the run's own of what happened since it began. An earlier run may have left a window open; it closes during
 * this one, and its readings are not this run's. They are in no window later than the run's first.
 *
 * @param firstClosed whether the run's first window, and so every window left open before, has closed
 */
function ownOf(before: Tally, after: Tally, firstClosed: boolean): Tally {
  const all = since(before, after);
  const merged = all.open + all.summarised;
  return firstClosed
    ? { ...all, open: after.open, summarised: merged - after.open }
    : { ...all, open: merged, summarised: 0 };
}

/** Names in as many lists as requests are needed. */
function partsOf(names: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let room = NAMES_PER_REQUEST;
  for (const name of names) {
    const size = Buffer.byteLength(JSON.stringify(name)) + 1;
    if (size > room) {
      parts.push([]);
      room = NAMES_PER_REQUEST;
    }
    room -= size;
    parts.at(-1)?.push(name);
  }
  return parts;
}

function sum(a: Tally, b: Tally): Tally {
  return {
    delivered: a.delivered + b.delivered,
    summarised: a.summarised + b.summarised,
    duplicates: a.duplicates + b.duplicates,
    late: a.late + b.late,
    quarantined: a.quarantined + b.quarantined,
    open: a.open + b.open,
    summaries: a.summaries + b.summaries,
  };
}
