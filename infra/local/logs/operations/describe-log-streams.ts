import { namedGroup, streamArn } from '../arn.ts';
import { invalidParameter, invalidToken } from '../errors.ts';
import { GROUP, NEXT_TOKEN, operation, STREAM_NAME } from '../operation.ts';
import { writePosition } from '../position.ts';
import type { LogStream, StreamExtent } from '../store/log-stream.ts';
import { readToken, writeToken } from '../tokens.ts';

const PAGE = 50;

/** A stream's place in the order that was asked for. */
interface Place {
  /** 0 when ordered by name, and for a stream without events. */
  readonly time: number;
  readonly name: string;
}

/**
 * Log streams of a group, by name or by the time of their last events.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
 */
export const describeLogStreams = operation(
  {
    ...GROUP,
    logStreamNamePrefix: STREAM_NAME,
    orderBy: { type: 'String', oneOf: ['LogStreamName', 'LastEventTime'] },
    descending: { type: 'Boolean' },
    nextToken: NEXT_TOKEN,
    limit: { type: 'Integer', min: 1, max: PAGE },
  },
  async (input, { store, region }) => {
    const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false } = input;
    const groupName = namedGroup(input);
    const byTime = orderBy === 'LastEventTime';
    if (byTime && logStreamNamePrefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const streams = store
      .group(groupName)
      .streams()
      .filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''));
    const after = input.nextToken === undefined ? undefined : placeOf(input.nextToken);
    const sign = descending ? -1 : 1;
    const placed: { stream: LogStream; place: Place }[] = [];
    // One after another: the first look at a stream reads all of it.
    for (const stream of streams) {
      const time = byTime ? ((await stream.extent()).lastEventTimestamp ?? 0) : 0;
      placed.push({ stream, place: { time, name: stream.name } });
    }
    const rest = placed
      .filter(({ place }) => after === undefined || sign * comparePlaces(place, after) > 0)
      .sort((a, b) => sign * comparePlaces(a.place, b.place));
    const page = rest.slice(0, input.limit ?? PAGE);
    const last = page.at(-1)?.place;
    const logStreams: object[] = [];
    for (const { stream } of page) {
      logStreams.push(describe(stream, await stream.extent(), streamArn(region, groupName, stream.name)));
    }
    return {
      logStreams,
      ...(last !== undefined && page.length < rest.length
        ? { nextToken: writeToken('streams', [String(last.time), last.name]) }
        : {}),
    };
  },
  'What it tells of a stream is true at once.',
);

function describe(stream: LogStream, extent: StreamExtent, arn: string): object {
  const { name, creationTime, number } = stream;
  const timestamp = extent.lastEventTimestamp ?? 0;
  const ingestionTime = extent.lastIngestionTime ?? 0;
  return {
    logStreamName: name,
    creationTime,
    ...extent,
    uploadSequenceToken: writePosition({ timestamp, ingestionTime, stream: number, sequence: 0 }),
    arn,
    // What AWS says since 2019.
    storedBytes: 0,
  };
}

function comparePlaces(a: Place, b: Place): number {
  return a.time - b.time || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function placeOf(token: string): Place {
  const [time = '', name = ''] = readToken('streams', token, 2);
  if (!/^\d{1,16}$/.test(time)) throw invalidToken();
  return { time: Number(time), name };
}
