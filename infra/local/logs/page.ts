import { type Cursor, comparePositions } from './position.ts';
import type { Block } from './store/blocks.ts';
import type { LogEvent, LogStream } from './store/log-stream.ts';

export interface PageRequest {
  /** Where to go on, and which way. */
  readonly cursor: Cursor;
  /** Milliseconds since the epoch: the earliest that is answered. */
  readonly start: number;
  /** The first that is not answered any more. */
  readonly end: number;
  /** Events. */
  readonly limit: number;
  readonly matches: (message: string) => boolean;
}

export interface Page {
  /** The earliest first. */
  readonly events: readonly LogEvent[];
  /** Whether there may be more in this direction. */
  readonly more: boolean;
}

/** Of messages, with 26 more for each event. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const PAGE_BYTES = 1024 * 1024;

/** What AWS counts for an event besides its message. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const EVENT_OVERHEAD = 26;

export function eventBytes(message: string): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD;
}

/**
 * Reads the next events of some streams, in the order of their positions. Of what the files hold, it touches the blocks
 * that can have such events, in order, until no other can; it holds a page and one block in memory.
 */
export async function readPage(streams: readonly LogStream[], request: PageRequest): Promise<Page> {
  const { cursor, start, end, limit, matches } = request;
  const forward = cursor.direction === 'forward';
  const sign = forward ? 1 : -1;
  const wanted = (event: LogEvent) =>
    event.timestamp >= start &&
    event.timestamp < end &&
    comparePositions(event, cursor.boundary) >= 0 === forward &&
    matches(event.message);

  let events: readonly LogEvent[] = [];
  let full = false;
  // The first that did not fit: nothing from there on is in this page.
  let ceiling: LogEvent | undefined;
  for (const { stream, block } of await blocksOf(streams, request)) {
    const next = forward ? block.earliest : block.latest;
    if (full && (events.at(-1)!.timestamp - next) * sign < 0) break;
    const found = (await stream.read(block)).filter(
      (event) => wanted(event) && (ceiling === undefined || sign * comparePositions(event, ceiling) < 0),
    );
    if (found.length === 0) continue;
    const sorted = [...events, ...found].sort((a, b) => sign * comparePositions(a, b));
    events = sorted.slice(0, fitting(sorted, limit));
    ceiling = sorted[events.length] ?? ceiling;
    full ||= events.length < sorted.length || events.length === limit;
  }
  return { events: forward ? events : events.toReversed(), more: full };
}

/** The blocks that may have such events, by the first time at which each has, in the direction of reading. */
async function blocksOf(
  streams: readonly LogStream[],
  { cursor, start, end }: PageRequest,
): Promise<readonly { stream: LogStream; block: Block }[]> {
  const forward = cursor.direction === 'forward';
  const { timestamp } = cursor.boundary;
  const found: { stream: LogStream; block: Block }[] = [];
  for (const stream of streams) {
    for (const block of await stream.blocks()) {
      const inside = forward ? block.latest >= timestamp : block.earliest <= timestamp;
      if (inside && block.latest >= start && block.earliest < end) found.push({ stream, block });
    }
  }
  return forward
    ? found.sort((a, b) => a.block.earliest - b.block.earliest)
    : found.sort((a, b) => b.block.latest - a.block.latest);
}

/** How many of them, from the first, fit into a page: one at least. */
function fitting(events: readonly LogEvent[], limit: number): number {
  let bytes = 0;
  for (const [i, { message }] of events.entries()) {
    bytes += eventBytes(message);
    if (i === limit || (bytes > PAGE_BYTES && i > 0)) return i;
  }
  return events.length;
}
