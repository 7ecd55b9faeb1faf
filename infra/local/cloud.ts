import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../telemetry/clock.ts';
import type { AggregationProgress } from '../../telemetry/progress.ts';
import { PROJECT_ROOT } from '../project.ts';
import type { CloudHealth, CloudStatus, Limits } from './control/api.ts';
import { createNotificationFeed } from './control/notifications.ts';
import { ControlError, type ControlHandler, createControlRoutes } from './control/routes.ts';
import { createFaults } from './faults/faults.ts';
import { functionFaults } from './faults/functions.ts';
import { requestFaults } from './faults/requests.ts';
import { faultRoutes } from './faults/routes.ts';
import { shardFaults } from './faults/shards.ts';
import { type Gateway, openGateway } from './gateway/gateway.ts';
import type { Service } from './gateway/service.ts';
import type { KinesisService } from './kinesis/service.ts';
import type { KinesisAnalyticsService } from './kinesisanalytics/service.ts';
import type { LambdaService } from './lambda/service.ts';
import { Opened } from './opened.ts';
import { openServices } from './services.ts';
import { lockState } from './state-lock.ts';

export interface CloudOptions {
  /** 0 for any that is free on both loopback addresses. */
  readonly port: number;
  /** Another address to listen on, reached from other machines, which can then run functions here. Default: none. */
  readonly host?: string | undefined;
  /** State folder, created if missing and never removed; null: in memory and temporary files, thrown away at close. */
  readonly data: string | null;
  /** Whether state is to be kept at exit: what health tells of it. */
  readonly kept: boolean;
  readonly clock: Clock;
  /** True when an accelerated or dated run's clock rules. Default false. */
  readonly simulated?: boolean;
  /** Whether the pipeline is, or is about to be, in this cloud: what health tells of it. Default true. */
  readonly pipeline?: boolean;
  /** What is, or is about to be, in it beside the pipeline: what health tells of it. Default: nothing. */
  readonly parts?: readonly string[];
  /** Whether shards take and give no more in a second than on AWS, to begin with. Default false. */
  readonly enforceLimits?: boolean;
  /** For the jitter of retries. Default Math.random. */
  readonly random?: () => number;
  /** Where the cloud and its functions tell what they do, a line at a time. */
  readonly log?: (line: string) => void;
}

/** A search cluster, which is none of the cloud's services. */
export interface CloudSearch {
  /** URL, as it may be shown: without a password. */
  readonly endpoint: string;
  /** Called at close, when no function writes to it any more and before the port is let go. */
  close?(): Promise<void>;
}

/** The local cloud: AWS services on one port of this machine. */
export interface Cloud {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  readonly kinesis: KinesisService;
  readonly lambda: LambdaService;
  readonly analytics: KinesisAnalyticsService;
  /** All that answer on the port. */
  readonly services: readonly Service[];
  /** Settles when another process asked this cloud to stop. Whoever started it then closes it. */
  readonly stopRequested: Promise<void>;
  /** Adds a control route under /_wildrydes/, or replaces it. JSON in, JSON out; may throw ControlError(status, message). */
  route(method: 'GET' | 'POST', name: string, handler: ControlHandler): void;
  /** Puts the aggregation's books into the cloud's status; undefined while there are none. */
  provideAggregation(progress: () => Promise<AggregationProgress | undefined>): void;
  /** Tells of the search cluster that functions write to. */
  provideSearch(search: CloudSearch): void;
  /**
   * Lets functions and requests under way finish, a few seconds at most, then closes the services, the last opened
   * first. All of them are closed whatever happens; the first error is the one that it rejects with.
   */
  close(): Promise<void>;
}

/**
 * Starts the local cloud.
 *
 * @throws WildRydesError PORT_TAKEN, STATE_UNUSABLE, STATE_CORRUPT; nothing stays open then
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const opened = new Opened();
  try {
    return await open(options, opened);
  } catch (error) {
    // The first error is the one to tell.
    await opened.close().catch(() => {});
    throw error;
  }
}

async function open(options: CloudOptions, opened: Opened): Promise<Cloud> {
  const { data, clock, log = () => {}, random = Math.random } = options;
  if (data !== null) opened.add(await lockState(data), (lock) => lock.release());
  const services = await openServices({ data, endpoint: () => gateway.endpoint, clock, random, log }, opened);
  const { kinesis, lambda, sns, s3, analytics } = services;
  kinesis.enforceLimits(options.enforceLimits ?? false);

  let faultsChanged = () => {};
  const faults = opened.add(
    createFaults(random, () => faultsChanged()),
    (all) => all.close(),
  );
  const updateRequests = requestFaults(services.all, faults, { streamOfIterator: kinesis.streamOfIterator });
  faultsChanged = () => {
    updateRequests();
    kinesis.setGate(shardFaults(faults));
    lambda.alterOutcomes(functionFaults(faults));
  };

  const control = createControlRoutes(log);
  const gateway: Gateway = opened.add(
    await openGateway({
      port: options.port,
      host: options.host,
      services: services.all,
      intercept: control.intercept,
      log,
    }),
    (open) => open.close(),
  );
  lambda.resume();
  await s3.resume();
  let search: CloudSearch | undefined;
  // Also before the gateway: who waits for this cloud to be gone may begin another in the same folder.
  opened.add(undefined, () => search?.close?.());
  // Before the gateway, which lets answers under way finish.
  opened.add(kinesis, (service) => service.endSubscriptions());
  const feed = opened.add(createNotificationFeed(), (listeners) => listeners.close());
  // Before the gateway too, because a function under way may still write through it.
  opened.add(lambda, (service) => service.close());
  // And before the functions, because what runs says its last through the streams.
  opened.add(analytics, (service) => service.close());

  let progress: (() => Promise<AggregationProgress | undefined>) | undefined;
  let requestStop = () => {};
  const stopRequested = new Promise<void>((resolve) => {
    requestStop = resolve;
  });

  const version = packageVersion();
  const health = (): CloudHealth => ({
    service: 'wildrydes',
    version,
    pid: process.pid,
    endpoint: gateway.endpoint,
    data,
    kept: options.kept,
    now: clock.now(),
    simulated: options.simulated ?? false,
    pipeline: options.pipeline ?? true,
    parts: options.parts ?? [],
    searchEndpoint: search?.endpoint ?? null,
    enforcesLimits: kinesis.enforcesLimits,
  });
  const status = async (): Promise<CloudStatus> => {
    // What is upstream first: what has left it by then is among what is downstream, and nothing seems to be nowhere.
    const aggregation = (await progress?.()) ?? null;
    return {
      health: health(),
      streams: kinesis.streams(),
      mappings: lambda.mappings(),
      aggregation,
      faults: faults.list(),
    };
  };

  sns.onPublish(feed.publish);
  control.route('GET', 'health', health);
  control.route('GET', 'status', status);
  control.route('POST', 'limits', (body): Limits => {
    const enforce = (body as Partial<Limits> | null | undefined)?.enforce;
    if (typeof enforce !== 'boolean') throw new ControlError(400, 'enforce must be true or false');
    kinesis.enforceLimits(enforce);
    return { enforce };
  });
  const routes = faultRoutes(faults, (name) => isNamed(name, services.all));
  for (const [name, handler] of Object.entries(routes)) control.route('POST', name, handler);
  control.route('POST', 'stop', () => {
    requestStop();
    return { stopping: true };
  });
  control.streamRoute('notifications', feed.add);

  return {
    endpoint: gateway.endpoint,
    port: gateway.port,
    kinesis,
    lambda,
    analytics,
    services: services.all,
    stopRequested,
    route: control.route,
    provideAggregation(current) {
      progress = current;
    },
    provideSearch(given) {
      search = given;
    },
    close: () => opened.close(),
  };
}

function isNamed(operation: string, services: readonly Service[]): boolean {
  return services.some(({ operations }) => operations.has(operation));
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
