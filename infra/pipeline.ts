import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  type KinesisClient,
  ResourceInUseException as StreamInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { AggregationThread } from '../aggregation/thread.ts';
import { manifest as lowMagicAlert } from '../processor/alert/manifest.ts';
import type { FunctionManifest } from '../processor/manifest.ts';
import { manifest as streamProcessor } from '../processor/store/manifest.ts';
import { createKinesisClient } from '../stream/client.ts';
import { judge } from '../stream/failure.ts';
import type { Clock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { LOCAL, SHARD_COUNT, STREAMS, TABLES, TOPICS } from '../telemetry/topology.ts';
import { AggregationEngine, OWN_APPLICATION } from './aggregation-engine.ts';
import { type Cloud, startCloud } from './local/cloud.ts';
import type { AggregationQuery } from './local/control/api.ts';
import { ControlError } from './local/control/routes.ts';
import type { KitApplication } from './local/kinesisanalytics/applications.ts';
import { temporaryFolder } from './local/temporary-folder.ts';
import { builtFile } from './project.ts';
import { atLocalPort, clientConfig, describeTarget, type Target } from './target.ts';

/** The functions of the pipeline, each deployed from its manifest wherever the pipeline runs. */
export const MANIFESTS: readonly FunctionManifest[] = [streamProcessor, lowMagicAlert];

/**
 * Creates what the pipeline stands on, at any endpoint: the three streams, the two tables, the topic. What exists
 * already is left as it is.
 *
 * @returns when all of it is ready for use
 * @throws WildRydesError UNREACHABLE naming the resource that could not be created, and why
 */
export async function createResources(target: Target): Promise<void> {
  const config = clientConfig(target);
  const kinesis = createKinesisClient(config, { maxAttempts: 3 });
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const creating = (what: string, created: Promise<unknown>) =>
    created.catch((error: unknown) => {
      throw new WildRydesError(
        'UNREACHABLE',
        `cannot create the ${what} at ${describeTarget(target)}: ${judge(error).reason}`,
        { cause: error },
      );
    });
  try {
    await allOf([
      ...Object.values(STREAMS).map((name) => creating(`stream ${name}`, createStream(kinesis, name))),
      ...Object.values(TABLES).map((table) => creating(`table ${table.name}`, createTable(dynamodb, table))),
      ...Object.values(TOPICS).map((name) =>
        creating(`topic ${name}`, sns.send(new CreateTopicCommand({ Name: name }))),
      ),
    ]);
  } finally {
    kinesis.destroy();
    dynamodb.destroy();
    sns.destroy();
  }
}

/** Waits for all, also when one fails: nothing of it goes on afterwards. Rejects with the first error. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
}

/** How a new resource is waited for, seconds. */
const PATIENCE = { maxWaitTime: 120, minDelay: 1, maxDelay: 5 } as const;

async function createStream(client: KinesisClient, streamName: string): Promise<void> {
  try {
    await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: SHARD_COUNT }));
  } catch (error) {
    if (!(error instanceof StreamInUseException)) throw error;
  }
  await waitUntilStreamExists({ client, ...PATIENCE }, { StreamName: streamName });
}

async function createTable(
  client: DynamoDBClient,
  table: (typeof TABLES)[keyof typeof TABLES],
): Promise<void> {
  const keys = [
    { name: table.partitionKey, type: 'HASH' as const },
    ...(table.sortKey === undefined ? [] : [{ name: table.sortKey, type: 'RANGE' as const }]),
  ];
  try {
    await client.send(
      new CreateTableCommand({
        TableName: table.name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(({ name }) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: keys.map(({ name, type }) => ({ AttributeName: name, KeyType: type })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, ...PATIENCE }, { TableName: table.name });
}

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
  /** True: shards take and give no more in a second than on AWS, until that is switched off through the control door. */
  readonly enforceLimits?: boolean;
  /** Where the cloud and its functions tell what they do, a line at a time. */
  readonly log?: (line: string) => void;
}

/** A local cloud that runs, with the pipeline in it unless it was started empty. */
export interface LocalCloud {
  readonly endpoint: string;
  readonly target: Target;
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
    enforceLimits: options.enforceLimits ?? false,
    log: options.log ?? (() => {}),
  });
  const target = atLocalPort(cloud.port, undefined);
  const engine = createEngine(cloud, target, options);
  const close = async () => {
    try {
      await cloud.close(); // which stops all applications
    } finally {
      await engine.close();
    }
  };
  try {
    if (options.pipeline !== false) await startPipeline(cloud, target, engine, options);
    cloud.analytics.resume();
  } catch (error) {
    await close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  let closed: Promise<void> | undefined;
  return {
    endpoint: cloud.endpoint,
    target,
    stopRequested: cloud.stopRequested,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Gives the cloud what runs its applications. */
function createEngine(cloud: Cloud, target: Target, options: LocalOptions): AggregationEngine {
  const { data, pipeline = true, log = () => {} } = options;
  // Also of what is not kept: an application that is stopped and started goes on.
  const scratch = data === null ? temporaryFolder() : undefined;
  const engine = new AggregationEngine({
    config: clientConfig(target),
    folder: scratch?.path ?? join(data ?? '', 'aggregation'),
    pipeline,
    hasStream: (name) => cloud.kinesis.stream(name) !== undefined,
    makeThread: (broken) =>
      new AggregationThread(builtFile('aggregation/thread-main'), {
        log,
        ...(broken === undefined ? {} : { broken }),
      }),
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
  { data }: LocalOptions,
): Promise<void> {
  await createResources(target);
  for (const manifest of MANIFESTS) deployLocally(cloud, manifest);
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

function deployLocally(cloud: Cloud, manifest: FunctionManifest): void {
  const { trigger } = manifest;
  cloud.lambda.register({
    functionName: manifest.functionName,
    file: builtFile(manifest.entry),
    timeout: manifest.timeout,
    memorySize: manifest.memorySize,
    environment: resolvePlaceholders(manifest.environment),
  });
  cloud.lambda.map({ functionName: manifest.functionName, ...trigger });
}

/** Values such as `${topic:wildrydes-alerts}` become the ARN of the local resource that they name. */
function resolvePlaceholders(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{([^:}]+):([^}]+)\}/g, (placeholder, kind: string, resource: string) => {
        const arn = ARNS[kind]?.(resource);
        if (arn === undefined) throw new Error(`${name} has a placeholder of no known kind: ${placeholder}`);
        return arn;
      }),
    ]),
  );
}

const ARNS: Readonly<Record<string, (resource: string) => string>> = {
  topic: (name) => `arn:aws:sns:${LOCAL.region}:${LOCAL.accountId}:${name}`,
  stream: (name) => `arn:aws:kinesis:${LOCAL.region}:${LOCAL.accountId}:stream/${name}`,
};

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
