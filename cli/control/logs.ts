import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig } from '../../infra/target.ts';
import { pause } from '../../stream/backoff.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { readDuration, readInteger } from '../options.ts';
import { printable } from '../terminal.ts';
import type { AggregationFlags } from './flags.ts';
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

/** Milliseconds between two looks for more. */
const LOOK = 2_000;

/** `wildrydes aggregation logs`: what the application wrote to CloudWatch Logs. */
export function logs(flags: LogsFlags): Promise<void> {
  const since = flags.since === undefined ? SINCE : readDuration('--since', flags.since);
  const limit = flags.limit === undefined ? LIMIT : readInteger('--limit', flags.limit, 1, 100_000);
  return withApplication(flags, async ({ control, name, target, signal }) => {
    const { detail } = await control.state();
    const place = placeOf(detail.CloudWatchLoggingOptionDescriptions?.[0]?.LogStreamARN);
    if (place === undefined) {
      throw new WildRydesError('NOT_FOUND', `application ${name} writes no log`, {
        next:
          'Give it one: aws kinesisanalyticsv2 add-application-cloud-watch-logging-option, with the ARN of a log stream. ' +
          'What the local cloud runs tells what goes wrong where the cloud does.',
      });
    }
    const client = new CloudWatchLogsClient(clientConfig(target));
    try {
      const reading = { client, ...place, json: flags.json === true };
      let from = Date.now() - since;
      let left = limit;
      do {
        const shown = await showFrom(from, left, reading);
        from = shown.next;
        left = flags.follow ? LIMIT : 0;
        if (flags.follow) await pause(LOOK, signal);
      } while (left > 0 && !signal.aborted);
    } finally {
      client.destroy();
    }
  });
}

interface Reading {
  readonly client: CloudWatchLogsClient;
  readonly group: string;
  readonly stream: string;
  readonly json: boolean;
}

/** Shows events from a time on. Gives the time from which the next ones are. */
async function showFrom(from: number, limit: number, reading: Reading): Promise<{ readonly next: number }> {
  const { client, group, stream, json } = reading;
  let next = from;
  let left = limit;
  let token: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        logStreamNames: [stream],
        startTime: from,
        limit: Math.min(left, 10_000),
        nextToken: token,
      }),
    );
    for (const { timestamp = 0, message = '' } of page.events ?? []) {
      next = Math.max(next, timestamp + 1);
      left--;
      const line = json
        ? JSON.stringify({ timestamp, message })
        : `${formatStatusTime(timestamp)} ${printable(message.trimEnd())}`;
      process.stdout.write(`${line}\n`);
    }
    token = page.nextToken;
  } while (token !== undefined && left > 0);
  return { next };
}

/** `arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM` */
function placeOf(arn: string | undefined): Pick<Reading, 'group' | 'stream'> | undefined {
  const [, group, stream] = /:log-group:([^:]+):log-stream:(.+)$/.exec(arn ?? '') ?? [];
  return group === undefined || stream === undefined ? undefined : { group, stream };
}
