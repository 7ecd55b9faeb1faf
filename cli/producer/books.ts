import type { ControlClient } from '../../infra/local/control/client.ts';
import { EMPTY_TALLY, since, type Tally } from '../../telemetry/balance.ts';
import { WINDOW } from '../../telemetry/topology.ts';

/** Bytes of names in one request: the control door takes a mebibyte. */
const NAMES_PER_REQUEST = 512 * 1024;

/** The books of one run at a cloud, from when they were opened. */
export interface Books {
  /** The cloud's watermark when they were opened, milliseconds since the epoch; null before its first record. */
  readonly watermark: number | null;
  /** What the run's unicorns have to their names since then. */
  read(): Promise<Tally>;
}

/**
 * Opens the books of some unicorns.
 *
 * @param names undefined: of everything in the cloud, for one that nobody else feeds
 * @param start when the run begins, milliseconds since the epoch
 */
export async function openBooks(
  control: Pick<ControlClient, 'aggregation'>,
  names: readonly string[] | undefined,
  start: number,
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
  const before = await readAll();
  const firstEnd = (Math.floor(start / WINDOW.size) + 1) * WINDOW.size;
  return {
    watermark: before.watermark,
    read: async () => {
      const { tally, watermark } = await readAll();
      return ownOf(before.tally, tally, watermark !== null && watermark >= firstEnd);
    },
  };
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
