import { join } from 'node:path';
import { AggregationThread, type RemoteAggregation, type RemoteListener } from '../aggregation/thread.ts';
import type { Part } from '../processor/manifest.ts';
import { redacted } from '../processor/search/settings.ts';
import type { Clock } from '../telemetry/clock.ts';
import { LOCAL, STREAMS } from '../telemetry/topology.ts';
import { AggregationEngine, type EngineName, OWN_APPLICATION } from './aggregation-engine.ts';
import { deployLocally } from './deployment.ts';
import { type Cloud, startCloud } from './local/cloud.ts';
import type { AggregationQuery } from './local/control/api.ts';
import { ControlError } from './local/control/routes.ts';
import type { KitApplication } from './local/kinesisanalytics/applications.ts';
import { temporaryFolder } from './local/temporary-folder.ts';
import { builtFile } from './project.ts';
import { createResources } from './resources.ts';
import { prepareSearch } from './search/resources.ts';
import { atLocalPort, clientConfig, type Target } from './target.ts';

/** How to run the local cloud. */
export interface LocalOptions {
  /** Port on both loopback addresses; 0: any free one. */
  readonly port: number;
  /** Another address, reached from other machines, which can then run functions here. Default: none. */
  readonly host?: string | undefined;
  /** State folder; null: nothing is kept. */
  readonly data: string | null;
  /** The time that rules here: the system's, or an accelerated run's. */
  readonly clock: Clock;
  /** True when `clock` is a run's own. */
  readonly simulated?: boolean;
  /** False: just the cloud, without streams, table, functions and aggregation. */
  readonly pipeline?: boolean;
  /** What is to run in it beside the main line from the sensor to table and alerts. Default: nothing. */
  readonly parts?: readonly Exclude<Part, 'pipeline' | 'by-hand'>[];
  /** URL of a search cluster, for the part `search`; or what brings one up, which is closed with the cloud. */
  readonly searchEndpoint?: string | (() => Promise<OwnSearch>) | undefined;
  /** What aggregates; default: the embedded engine, in a thread. */
  readonly aggregation?: Aggregator | undefined;
  /** True: shards take and give no more in a second than on AWS, until that is switched off through the control door. */
  readonly enforceLimits?: boolean;
  /** Where the cloud and its functions tell what they do, a line at a time. */
  readonly log?: (line: string) => void;
}

/** An engine of the aggregation, as something that runs it. */
export interface Aggregator {
  /** Its checkpoints are of no use to another. */
  readonly name: EngineName;
  make(listener: RemoteListener): RemoteAggregation;
}

/** A search cluster of the cloud's own. */
interface OwnSearch {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A local cloud that runs, with the pipeline in it unless it was started empty. */
export interface LocalCloud {
  readonly endpoint: string;
  readonly target: Target;
  /** URL of the search cluster that its functions write to, without a password; undefined without one. */
  readonly searchEndpoint: string | undefined;
  /** Resolves when someone asked it to stop, through `wildrydes stop`. */
  readonly stopRequested: Promise<void>;
  /** Checkpoints, flushes and closes, in reverse order of starting. */
  close(): Promise<void>;
}

/**
 * Starts the local cloud and, unless told otherwise, the whole pipeline in it.
 *
 * @throws WildRydesError PORT_TAKEN, STATE_UNUSABLE or STATE_CORRUPT
 */
export async function startLocal(options: LocalOptions): Promise<LocalCloud> {
  const cloud = await startCloud({
    port: options.port,
    host: options.host,
    data: options.data,
    kept: options.data !== null,
    clock: options.clock,
    simulated: options.simulated ?? false,
    pipeline: options.pipeline ?? true,
    parts: options.parts ?? [],
    enforceLimits: options.enforceLimits ?? false,
    log: options.log ?? (() => {}),
  });
  const target = atLocalPort(cloud.port, undefined);
  const engine = createEngine(cloud, target, options);
  let searchEndpoint: string | undefined;
  const close = async () => {
    try {
      await cloud.close(); // which stops all applications
    } finally {
      await engine.close();
    }
  };
  try {
    if (options.pipeline !== false) {
      searchEndpoint = await openSearch(cloud, options);
      await startPipeline(cloud, target, engine, { ...options, searchEndpoint });
    } else {
      cloud.provideAggregation(() => engine.progress());
    }
    cloud.analytics.resume();
  } catch (error) {
    await close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  let closed: Promise<void> | undefined;
  return {
    endpoint: cloud.endpoint,
    target,
    searchEndpoint: searchEndpoint === undefined ? undefined : redacted(searchEndpoint),
    stopRequested: cloud.stopRequested,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/**
 * Finds the search cluster, or brings it up now that the state folder is this cloud's, and has it know what it is to hold.
 *
 * @returns its URL, as functions are given it; undefined without one
 */
async function openSearch(cloud: Cloud, options: LocalOptions): Promise<string | undefined> {
  const { searchEndpoint: given } = options;
  if (given === undefined) return undefined;
  const own = typeof given === 'string' ? undefined : await given();
  const endpoint = typeof given === 'string' ? given : (own?.endpoint ?? '');
  cloud.provideSearch({
    endpoint: redacted(endpoint),
    ...(own === undefined ? {} : { close: () => own.close() }),
  });
  await prepareSearch(endpoint);
  return endpoint;
}

const EMBEDDED: Aggregator = {
  name: 'embedded',
  make: (listener) => new AggregationThread(builtFile('aggregation/thread-main'), listener),
};

/** Gives the cloud what runs its applications. */
function createEngine(cloud: Cloud, target: Target, options: LocalOptions): AggregationEngine {
  const { data, pipeline = true, aggregation = EMBEDDED, log = () => {} } = options;
  // Also of what is not kept: an application that is stopped and started goes on.
  const scratch = data === null ? temporaryFolder() : undefined;
  const engine = new AggregationEngine({
    config: clientConfig(target),
    folder: scratch?.path ?? join(data ?? '', 'aggregation'),
    pipeline,
    hasStream: (name) => cloud.kinesis.stream(name) !== undefined,
    name: aggregation.name,
    make: (broken) => aggregation.make({ log, ...(broken === undefined ? {} : { broken }) }),
    log,
    closed: () => scratch?.remove(),
  });
  cloud.analytics.provideEngine(engine);
  return engine;
}

/** The pipeline's own aggregation, as an application: on AWS, its code is the job of this kit. */
const AGGREGATION: KitApplication = {
  name: OWN_APPLICATION,
  description: 'Readings to summaries by the minute',
  runtime: 'FLINK-2_2',
  role: `arn:aws:iam::${LOCAL.accountId}:role/${OWN_APPLICATION}`,
  code: {
    bucketArn: `arn:aws:s3:::${OWN_APPLICATION}`,
    fileKey: `${OWN_APPLICATION}.jar`,
    objectVersion: null,
  },
  properties: [
    { id: 'InputStream0', values: { 'stream.name': STREAMS.readings } },
    { id: 'OutputStream0', values: { 'stream.name': STREAMS.summaries } },
    { id: 'QuarantineStream0', values: { 'stream.name': STREAMS.quarantine } },
  ],
};

async function startPipeline(
  cloud: Cloud,
  target: Target,
  engine: AggregationEngine,
  { data, parts: more = [], searchEndpoint }: LocalOptions & { readonly searchEndpoint: string | undefined },
): Promise<void> {
  const parts = ['pipeline', ...more] as const;
  await createResources(target, parts);
  await deployLocally(cloud, target, { parts, searchEndpoint });
  await cloud.analytics.run(AGGREGATION);
  publish(engine, cloud, data !== null);
}

/**
 * Opens the aggregation's books to whoever asks the cloud.
 *
 * @param kept windows of a cloud that is kept must not be closed by force: later readings would be lost for them
 */
function publish(engine: AggregationEngine, cloud: Cloud, kept: boolean): void {
  cloud.provideAggregation(() => engine.progress());
  cloud.route('POST', 'aggregation', async (body) => {
    const query = readAggregationQuery(body);
    if (query.closeWindows && kept) {
      throw new ControlError(409, 'windows of a cloud that is kept close by the clock, never by force');
    }
    const aggregation = engine.own;
    if (aggregation === undefined) throw notRunning();
    try {
      if (query.caughtUp) await aggregation.caughtUp();
      if (query.closeWindows) await aggregation.closeWindows();
      return await aggregation.progress(query.names);
    } catch (error) {
      throw engine.own === aggregation ? error : notRunning();
    }
  });
}

function notRunning(): ControlError {
  return new ControlError(
    409,
    `the application ${OWN_APPLICATION} does not run: ` +
      `aws kinesisanalyticsv2 start-application --application-name ${OWN_APPLICATION}`,
  );
}

function readAggregationQuery(body: unknown): AggregationQuery {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object') throw new ControlError(400, 'the body must be a JSON object');
  const { names, caughtUp, closeWindows } = body as Record<string, unknown>;
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
    throw new ControlError(400, 'names must be a list of strings');
  }
  if (caughtUp !== undefined && typeof caughtUp !== 'boolean') {
    throw new ControlError(400, 'caughtUp must be true or false');
  }
  if (closeWindows !== undefined && typeof closeWindows !== 'boolean') {
    throw new ControlError(400, 'closeWindows must be true or false');
  }
  return {
    ...(names === undefined ? {} : { names }),
    ...(caughtUp === undefined ? {} : { caughtUp }),
    ...(closeWindows === undefined ? {} : { closeWindows }),
  };
}
