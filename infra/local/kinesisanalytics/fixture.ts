import {
  type ApplicationDetail,
  CreateApplicationCommand,
  type CreateApplicationCommandInput,
  DescribeApplicationCommand,
  DescribeApplicationOperationCommand,
  KinesisAnalyticsV2Client,
  StartApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { expect } from 'vitest';
import { type Clock, systemClock } from '../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { AnalyticsEngine, EngineApplication, EngineStart, RunningApplication } from './engine.ts';
import { createKinesisAnalytics, type KinesisAnalyticsService } from './service.ts';

/** For tests: the service behind a gateway, an SDK client of it, and an engine that does as it is told. */
export class AnalyticsFixture extends GatewayFixture {
  async openAnalytics(options: Partial<BenchOptions> = {}): Promise<AnalyticsBench> {
    const { folder = null, engine = new HandEngine(), clock = systemClock, log = () => {} } = options;
    const analytics = createKinesisAnalytics({ folder, clock, log });
    if (engine !== null) analytics.provideEngine(engine);
    const gateway = await this.open([analytics]);
    const client = this.client(new KinesisAnalyticsV2Client(sdkConfig(gateway)));
    return new AnalyticsBench(analytics, client, gateway.endpoint, engine ?? new HandEngine());
  }
}

interface BenchOptions {
  readonly folder: string | null;
  /** Null: the service is given none. */
  readonly engine: HandEngine | null;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export class AnalyticsBench {
  readonly analytics: KinesisAnalyticsService;
  readonly client: KinesisAnalyticsV2Client;
  readonly endpoint: string;
  readonly engine: HandEngine;

  constructor(
    analytics: KinesisAnalyticsService,
    client: KinesisAnalyticsV2Client,
    endpoint: string,
    engine: HandEngine,
  ) {
    this.analytics = analytics;
    this.client = client;
    this.endpoint = endpoint;
    this.engine = engine;
  }

  async create(name = 'app', more: Partial<CreateApplicationCommandInput> = {}): Promise<ApplicationDetail> {
    const created = await this.client.send(new CreateApplicationCommand({ ...definition(name), ...more }));
    return created.ApplicationDetail!;
  }

  async describe(ApplicationName = 'app'): Promise<ApplicationDetail> {
    return (await this.client.send(new DescribeApplicationCommand({ ApplicationName }))).ApplicationDetail!;
  }

  /** Starts an application, and waits until it runs. */
  async start(ApplicationName = 'app'): Promise<string> {
    const { OperationId } = await this.client.send(new StartApplicationCommand({ ApplicationName }));
    await this.until('RUNNING', ApplicationName);
    return OperationId!;
  }

  async until(status: string, name = 'app'): Promise<void> {
    await expect.poll(async () => (await this.describe(name)).ApplicationStatus).toBe(status);
  }

  async operation(OperationId: string | undefined, ApplicationName = 'app') {
    const answer = await this.client.send(
      new DescribeApplicationOperationCommand({ ApplicationName, OperationId }),
    );
    return answer.ApplicationOperationInfoDetails!;
  }

  /** A request as no SDK would send it. */
  async raw(operation: string, body: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `KinesisAnalytics_20180523.${operation}`,
      },
      body,
    });
    return { status: answer.status, body: await answer.json() };
  }
}

export function definition(ApplicationName = 'app') {
  return {
    ApplicationName,
    RuntimeEnvironment: 'FLINK-2_2',
    ServiceExecutionRole: 'arn:aws:iam::000000000000:role/flink',
    ApplicationConfiguration: {
      ApplicationCodeConfiguration: {
        CodeContentType: 'ZIPFILE',
        CodeContent: { S3ContentLocation: { BucketARN: 'arn:aws:s3:::code', FileKey: 'job.jar' } },
      },
      EnvironmentProperties: {
        PropertyGroups: [{ PropertyGroupId: 'InputStream0', PropertyMap: { 'stream.name': 'in' } }],
      },
    },
  } as const satisfies CreateApplicationCommandInput;
}

/** Runs nothing, and remembers what it was asked. */
export class HandEngine implements AnalyticsEngine {
  readonly starts: { readonly application: EngineApplication; readonly fresh: boolean }[] = [];
  readonly running = new Set<string>();
  readonly forgotten: string[] = [];
  /** Set: refuses each application, and says so. */
  refuses: string | undefined;
  /** Set: starts fail. */
  startFails: Error | undefined;
  /** Set: stops fail. */
  stopFails: Error | undefined;
  /** What those that run are told with that they end. */
  readonly ends = new Map<string, (error: unknown) => void>();
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  /** From now on, starts and stops wait until the function that is returned is called. */
  hold(): () => void {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { opened, open };
    return () => {
      this.#gate = undefined;
      open();
    };
  }

  refusal(): string | undefined {
    return this.refuses;
  }

  async start(application: EngineApplication, { fresh, ended }: EngineStart): Promise<RunningApplication> {
    const { name } = application;
    this.starts.push({ application, fresh });
    await this.#gate?.opened;
    if (this.startFails !== undefined) throw this.startFails;
    if (this.running.has(name)) throw new Error(`${name} runs already`);
    this.running.add(name);
    this.ends.set(name, ended);
    return {
      stop: async () => {
        await this.#gate?.opened;
        this.running.delete(name);
        if (this.stopFails !== undefined) throw this.stopFails;
      },
    };
  }

  async forget({ name }: EngineApplication): Promise<void> {
    this.forgotten.push(name);
  }
}
