import { namedGroup } from '../arn.ts';
import { GROUP, NEXT_TOKEN, operation, STREAM_NAME, TIME } from '../operation.ts';
import { readPage } from '../page.ts';
import { after, BEGINNING, type Cursor, END, type Position, readCursor, writeCursor } from '../position.ts';
import { expiryOf } from '../retention.ts';
import type { LogEvent } from '../store/log-stream.ts';

/** In a page, unless `limit` says less. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MOST_EVENTS = 10_000;

/**
 * Events of one stream, the earliest first: the last ones, or the first with `startFromHead`, or the next in the direction of a token. At
 * either end, the token for that direction is the one that was given, so that a client knows, and may ask again later.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export const getLogEvents = operation(
  {
    ...GROUP,
    logStreamName: { ...STREAM_NAME, required: true },
    startTime: TIME,
    endTime: TIME,
    nextToken: NEXT_TOKEN,
    limit: { type: 'Integer', min: 1, max: MOST_EVENTS },
    startFromHead: { type: 'Boolean' },
    unmask: { type: 'Boolean' },
  },
  async (input, { store, now }) => {
    const { retentionInDays, name } = store.document(namedGroup(input));
    const stream = store.group(name).stream(input.logStreamName);
    const cursor = cursorOf(input.nextToken, input.startFromHead ?? false);
    const { events } = await readPage([stream], {
      cursor,
      start: Math.max(input.startTime ?? 0, expiryOf(retentionInDays, now())),
      end: input.endTime ?? Number.POSITIVE_INFINITY,
      limit: input.limit ?? MOST_EVENTS,
      matches: () => true,
    });
    return { events: events.map(written), ...tokensAround(events, cursor.boundary) };
  },
);

function cursorOf(token: string | undefined, startFromHead: boolean): Cursor {
  if (token !== undefined) return readCursor(token);
  return startFromHead
    ? { direction: 'forward', boundary: BEGINNING }
    : { direction: 'backward', boundary: END };
}

function written({ timestamp, message, ingestionTime }: LogEvent): object {
  return { timestamp, message, ingestionTime };
}

/** @param boundary where a page without events is */
function tokensAround(events: readonly LogEvent[], boundary: Position): object {
  const first = events.at(0);
  const last = events.at(-1);
  const here = boundary === END ? BEGINNING : boundary;
  return {
    nextForwardToken: writeCursor({
      direction: 'forward',
      boundary: last === undefined ? here : after(last),
    }),
    nextBackwardToken: writeCursor({ direction: 'backward', boundary: first ?? here }),
  };
}
