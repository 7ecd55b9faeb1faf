import { invalidParameter } from '../errors.ts';
import { GROUP_NAME, operation, STREAM_NAME } from '../operation.ts';
import { eventBytes } from '../page.ts';
import { BEGINNING, writePosition } from '../position.ts';
import { expiryOf } from '../retention.ts';
import type { NewEvent } from '../store/log-stream.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const LIMITS = {
  /** Bytes of all messages, with what is counted besides for each event. */
  batch: 1024 * 1024,
  /** Of the times of a batch, milliseconds. */
  span: DAY,
  /** Milliseconds before now. */
  oldest: 14 * DAY,
  /** Milliseconds after now. */
  newest: 2 * HOUR,
} as const;

/**
 * Takes a batch of events for one stream, in the order of their times; sequence tokens are not needed any more. Those that are too old or too
 * new are left out, and told of by their places in the batch.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export const putLogEvents = operation(
  {
    logGroupName: { ...GROUP_NAME, required: true },
    logStreamName: { ...STREAM_NAME, required: true },
    logEvents: {
      type: 'List',
      required: true,
      min: 1,
      max: 10_000,
      each: {
        type: 'Structure',
        members: {
          timestamp: { type: 'Integer', required: true, min: 0 },
          message: { type: 'String', required: true, min: 1 },
        },
      },
    },
    sequenceToken: { type: 'String', min: 1 },
  },
  async ({ logGroupName, logStreamName, logEvents }, { store, now }) => {
    const { retentionInDays } = store.document(logGroupName);
    const stream = store.group(logGroupName).stream(logStreamName);
    checkBatch(logEvents);
    const { accepted, rejected } = sorted(logEvents, now(), expiryOf(retentionInDays, now()));
    checkSpan(accepted);
    if (accepted.length > 0) await stream.append(accepted);
    return {
      nextSequenceToken: writePosition({ ...BEGINNING, timestamp: now(), stream: stream.number }),
      ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
    };
  },
  'An entity is not looked at.',
);

function checkBatch(events: readonly NewEvent[]): void {
  let bytes = 0;
  let before = 0;
  for (const { timestamp, message } of events) {
    if (timestamp < before) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    before = timestamp;
    const size = eventBytes(message);
    if (size > LIMITS.batch) {
      throw invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${LIMITS.batch}`);
    }
    bytes += size;
  }
  if (bytes > LIMITS.batch) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${LIMITS.batch}`);
  }
}

function checkSpan(events: readonly NewEvent[]): void {
  const first = events.at(0);
  const last = events.at(-1);
  if (first !== undefined && last !== undefined && last.timestamp - first.timestamp > LIMITS.span) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
}

/** The ends of what is left out; those of what is too old are exclusive. */
interface Rejected {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

/** @param expiry the time before which the group keeps nothing */
function sorted(
  events: readonly NewEvent[],
  now: number,
  expiry: number,
): { accepted: readonly NewEvent[]; rejected: Rejected | undefined } {
  const countBefore = (time: number) => events.filter(({ timestamp }) => timestamp < time).length;
  const tooOld = countBefore(now - LIMITS.oldest);
  const expired = countBefore(expiry);
  const inTime = countBefore(now + LIMITS.newest + 1);
  const accepted = events.slice(Math.max(tooOld, expired), inTime);
  if (accepted.length === events.length) return { accepted, rejected: undefined };
  return {
    accepted,
    rejected: {
      ...(inTime < events.length ? { tooNewLogEventStartIndex: inTime } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}
