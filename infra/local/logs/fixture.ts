import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createLogs, type LogsOptions, type LogsService } from './service.ts';

/** For tests: a clock that is set by hand. */
export interface HandClock extends Clock {
  time: number;
}

export const START = Date.UTC(2026, 10, 28, 12);

export interface OpenLogs {
  readonly logs: LogsService;
  readonly client: CloudWatchLogsClient;
  readonly endpoint: string;
  readonly clock: HandClock;
}

/** For tests: CloudWatch Logs behind a gateway, and an SDK client of it. */
export class LogsFixture extends GatewayFixture {
  async openLogs(folder: string | null = null, more: Partial<LogsOptions> = {}): Promise<OpenLogs> {
    const clock: HandClock = {
      time: START,
      now() {
        return this.time;
      },
      monotonic: () => 0,
    };
    const logs = createLogs({ folder, clock, ...more });
    const gateway = await this.open([logs]);
    const client = this.client(new CloudWatchLogsClient(sdkConfig(gateway)));
    return { logs, client, endpoint: gateway.endpoint, clock };
  }

  /** With a group `g` that has streams of these names. */
  async openGroup(...streams: readonly string[]): Promise<OpenLogs> {
    const opened = await this.openLogs();
    await opened.client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
    for (const logStreamName of streams) {
      await opened.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName }));
    }
    return opened;
  }
}
