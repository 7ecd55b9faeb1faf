import { namedGroup } from '../arn.ts';
import { invalidParameter } from '../errors.ts';
import { compilePattern } from '../filter/pattern.ts';
import { GROUP, NEXT_TOKEN, operation, STREAM_NAME, TIME } from '../operation.ts';
import { type Page, readPage } from '../page.ts';
import {
  after,
  BEGINNING,
  type Cursor,
  type Direction,
  END,
  readCursor,
  writeCursor,
  writePosition,
} from '../position.ts';
import { expiryOf } from '../retention.ts';
import type { LogGroup } from '../store/log-group.ts';
import type { LogStream } from '../store/log-stream.ts';
import { readToken, writeToken } from '../tokens.ts';

/** In a page, unless `limit` says less. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MOST_EVENTS = 10_000;

/**
 * Events of all or some streams of a group, in the order of their times, that match a pattern (filter/pattern.ts).
 * `endTime` is included, other than with GetLogEvents.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const filterLogEvents = operation(
  {
    ...GROUP,
    logStreamNames: { type: 'List', each: STREAM_NAME, min: 1, max: 100 },
    logStreamNamePrefix: STREAM_NAME,
    startTime: TIME,
    endTime: TIME,
    filterPattern: { type: 'String', max: 1024 },
    nextToken: NEXT_TOKEN,
    limit: { type: 'Integer', min: 1, max: MOST_EVENTS },
    interleaved: { type: 'Boolean' },
    startFromHead: { type: 'Boolean' },
    unmask: { type: 'Boolean' },
  },
  async (input, { store, now }) => {
    const { name, retentionInDays } = store.document(namedGroup(input));
    const streams = streamsOf(store.group(name), input.logStreamNames, input.logStreamNamePrefix);
    const matches = compilePattern(input.filterPattern ?? '');
    const direction = input.startFromHead === false ? 'backward' : 'forward';
    const page = await readPage(streams, {
      cursor: cursorOf(direction, input.nextToken),
      start: Math.max(input.startTime ?? 0, expiryOf(retentionInDays, now())),
      end: (input.endTime ?? Number.POSITIVE_INFINITY) + 1,
      limit: input.limit ?? MOST_EVENTS,
      matches,
    });
    const events = direction === 'forward' ? page.events : page.events.toReversed();
    const names = new Map(streams.map((stream) => [stream.number, stream.name]));
    return {
      events: events.map((event) => ({
        logStreamName: names.get(event.stream),
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingestionTime,
        eventId: writePosition(event),
      })),
      // Empty on AWS too, since 2020.
      searchedLogStreams: [],
      ...tokenAfter(direction, page),
    };
  },
  'A page ends only when it is full, or there is nothing more.',
);

function streamsOf(
  group: LogGroup,
  names: readonly string[] | undefined,
  prefix: string | undefined,
): readonly LogStream[] {
  if (names !== undefined && prefix !== undefined) {
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
  }
  if (names !== undefined) return [...new Set(names)].map((name) => group.stream(name));
  return group.streams().filter(({ name }) => name.startsWith(prefix ?? ''));
}

function cursorOf(direction: Direction, token: string | undefined): Cursor {
  if (token === undefined) return { direction, boundary: direction === 'forward' ? BEGINNING : END };
  const [written = ''] = readToken('filter', token, 1);
  return { ...readCursor(written), direction };
}

function tokenAfter(direction: Direction, { events, more }: Page): { nextToken?: string } {
  const last = events.at(direction === 'forward' ? -1 : 0);
  if (!more || last === undefined) return {};
  const boundary = direction === 'forward' ? after(last) : last;
  return { nextToken: writeToken('filter', [writeCursor({ direction, boundary })]) };
}
