import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { ApplicationDetail } from '@aws-sdk/client-kinesis-analytics-v2';
import { clientConfig } from '../../infra/target.ts';
import { pause } from '../../stream/backoff.ts';
import { judge } from '../../stream/failure.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { readDuration, readInteger } from '../options.ts';
import { printable } from '../terminal.ts';
import type { AggregationFlags } from './flags.ts';
import { type LogLine, LogTail } from './log-tail.ts';
import { withApplication } from './run.ts';

export interface LogsFlags extends AggregationFlags {
  readonly since?: string | undefined;
  readonly limit?: string | undefined;
  readonly follow?: boolean | undefined;
}

/** Lines that are shown when nothing is said. */
const LIMIT = 1_000;

/** Milliseconds that are gone back when nothing is said. */
const SINCE = 600_000;

/** Lines of a page, the most that the service gives. */
const PAGE = 10_000;

/** Milliseconds between two looks for more. */
const LOOK = 2_000;

/** Looks in a row that may fail by what passes while somebody follows. */
const FAILED_LOOKS = 5;

/** `wildrydes aggregation logs`: what the application wrote to CloudWatch Logs. */
export function logs(flags: LogsFlags): Promise<void> {
  const since = flags.since === undefined ? SINCE : readDuration('--since', flags.since);
  const limit = flags.limit === undefined ? LIMIT : readInteger('--limit', flags.limit, 1, 100_000);
  return withApplication(flags, async ({ control, name, target, signal }) => {
    const places = placesOf(await control.configured());
    if (places.size === 0) {
      throw new WildRydesError('NOT_FOUND', `application ${name} writes no log`, {
        next:
          'Give it one: aws kinesisanalyticsv2 add-application-cloud-watch-logging-option, with the ARN of a log stream. ' +
          'What the local cloud runs tells what goes wrong where the cloud does.',
      });
    }
    const client = new CloudWatchLogsClient(clientConfig(target));
    const tail = new LogTail((from) => readFrom(from, client, places, signal), Date.now() - since);
    const show = (lines: readonly LogLine[]) => {
      for (const line of lines) process.stdout.write(`${flags.json ? jsonOf(line) : textOf(line)}\n`);
    };
    try {
      show(await tail.look(limit));
      for (let failures = 0; flags.follow && !signal.aborted; ) {
        await pause(LOOK, signal);
        if (signal.aborted) break;
        try {
          show(await tail.look(Number.POSITIVE_INFINITY));
          failures = 0;
        } catch (error) {
          if (!judge(error).retriable || ++failures >= FAILED_LOOKS) throw error;
        }
      }
    } finally {
      client.destroy();
    }
  });
}

const jsonOf = ({ timestamp, message }: LogLine) => JSON.stringify({ timestamp, message });

const textOf = ({ timestamp, message }: LogLine) =>
  `${formatStatusTime(timestamp)} ${printable(message.trimEnd())}`;

/** Lines of all logs of an application from a time on, group after group; fewer when the signal aborts. */
async function* readFrom(
  from: number,
  client: CloudWatchLogsClient,
  places: ReadonlyMap<string, readonly string[]>,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  for (const [logGroupName, logStreamNames] of places) {
    const pages = paginateFilterLogEvents(
      { client, pageSize: PAGE },
      { logGroupName, logStreamNames: [...logStreamNames], startTime: from },
    );
    for await (const { events = [] } of pages) {
      for (const { eventId, timestamp = 0, message = '' } of events) {
        yield { id: `${logGroupName} ${eventId}`, timestamp, message };
      }
      if (signal.aborted) return;
    }
  }
}

/** The log streams that an application writes to, by their groups. */
function placesOf(detail: ApplicationDetail): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { LogStreamARN: arn = '' } of detail.CloudWatchLoggingOptionDescriptions ?? []) {
    // arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM
    const [, group, stream] = /:log-group:([^:]+):log-stream:(.+)$/.exec(arn) ?? [];
    if (group === undefined || stream === undefined) continue;
    places.set(group, [...(places.get(group) ?? []), stream]);
  }
  return places;
}
