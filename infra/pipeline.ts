import { mkdir } from 'node:fs/promises';
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
import { type CheckpointStore, fileCheckpoints, memoryCheckpoints } from '../aggregation/checkpoint.ts';
import { type Aggregation, startAggregation } from '../aggregation/runner.ts';
import { manifest as lowMagicAlert } from '../processor/low-magic-alert/manifest.ts';
import type { FunctionManifest } from '../processor/manifest.ts';
import { manifest as streamProcessor } from '../processor/stream-processor/manifest.ts';
import { createKinesisClient } from '../stream/client.ts';
import type { Clock } from '../telemetry/clock.ts';
import { LOCAL, SHARD_COUNT, STREAMS, TABLES, TOPICS } from '../telemetry/topology.ts';
import { type Cloud, startCloud } from './local/cloud.ts';
import type { AggregationQuery } from './local/control/api.ts';
import { ControlError } from './local/control/routes.ts';
import { builtFile } from './project.ts';
import { atLocalPort, clientConfig, type Target } from './target.ts';

/** The functions of the pipeline, each deployed from its manifest wherever the pipeline runs. */
export const MANIFESTS: readonly FunctionManifest[] = [streamProcessor, lowMagicAlert];

/**
 * Creates what the pipeline stands on, at any endpoint: the three streams, the two tables, the topic. What exists
 * already is left as it is.
 *
 * @returns when all of it is ready for use
 */
export async function createResources(target: Target): Promise<void> {
  const config = clientConfig(target);
  const kinesis = createKinesisClient(config, { maxAttempts: 3 });
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  try {
    await Promise.all([
      ...Object.values(STREAMS).map((name) => createStream(kinesis, name)),
      ...Object.values(TABLES).map((table) => createTable(dynamodb, table)),
      ...Object.values(TOPICS).map((name) => sns.send(new CreateTopicCommand({ Name: name }))),
    ]);
  } finally {
    kinesis.destroy();
    dynamodb.destroy();
    sns.destroy();
  }
}

async function createStream(client: KinesisClient, streamName: string): Promise<void> {
  try {
    await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: SHARD_COUNT }));
  } catch (error) {
    if (!(error instanceof StreamInUseException)) throw error;
  }
  await waitUntilStreamExists(
    { client, maxWaitTime: 120, minDelay: 1, maxDelay: 5 },
    { StreamName: streamName },
  );
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
  await waitUntilTableExists(
    { client, maxWaitTime: 120, minDelay: 1, maxDelay: 5 },
    { TableName: table.name },
  );
}

/** How to run the local cloud. */
export interface LocalOptions {
  /** Port on both loopback addresses; 0: any free one. */
  readonly port: number;
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
  readonly random?: () => number;
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
    data: options.data,
    kept: options.data !== null,
    clock: options.clock,
    simulated: options.simulated ?? false,
    pipeline: options.pipeline ?? true,
    enforceLimits: options.enforceLimits ?? false,
    log: options.log ?? (() => {}),
  });
  const target = atLocalPort(cloud.port, undefined);
  if (options.pipeline === false)
    return {
      endpoint: cloud.endpoint,
      target,
      stopRequested: cloud.stopRequested,
      close: () => cloud.close(),
    };
  try {
    const aggregation = await startPipeline(cloud, target, options);
    const close = async () => {
      try {
        await aggregation.stop();
      } finally {
        await cloud.close();
      }
    };
    return { endpoint: cloud.endpoint, target, stopRequested: cloud.stopRequested, close };
  } catch (error) {
    await cloud.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

async function startPipeline(cloud: Cloud, target: Target, options: LocalOptions): Promise<Aggregation> {
  await createResources(target);
  for (const manifest of MANIFESTS) deployLocally(cloud, manifest);
  const aggregation = await startAggregation({
    client: createKinesisClient(clientConfig(target), { maxAttempts: 1 }),
    streams: STREAMS,
    checkpoint: await openCheckpoints(options),
    clock: options.clock,
    random: options.random ?? Math.random,
  });
  cloud.provideAggregation(() => aggregation.progress());
  cloud.route('POST', 'aggregation', async (body) => {
    const query = readAggregationQuery(body);
    if (query.closeWindows) {
      if (options.data !== null) {
        throw new ControlError(409, 'windows of a cloud that is kept close by the clock, never by force');
      }
      await aggregation.closeWindows();
    }
    return aggregation.progress(query.names);
  });
  return aggregation;
}

async function openCheckpoints(options: LocalOptions): Promise<CheckpointStore> {
  if (options.data === null) return memoryCheckpoints();
  const folder = join(options.data, 'aggregation');
  await mkdir(folder, { recursive: true });
  return fileCheckpoints(join(folder, 'checkpoint'));
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
  const arns: Readonly<Record<string, string>> = { topic: 'sns', stream: 'kinesis' };
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(topic|stream):([^}]+)\}/g, (_, kind: string, resource: string) => {
        const path = kind === 'stream' ? `stream/${resource}` : resource;
        return `arn:aws:${arns[kind]}:${LOCAL.region}:${LOCAL.accountId}:${path}`;
      }),
    ]),
  );
}

function readAggregationQuery(body: unknown): AggregationQuery {
  if (body === undefined || body === null) return {};
  const { names, closeWindows } = body as { names?: unknown; closeWindows?: unknown };
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
    throw new ControlError(400, 'names must be a list of strings');
  }
  if (closeWindows !== undefined && typeof closeWindows !== 'boolean') {
    throw new ControlError(400, 'closeWindows must be true or false');
  }
  return {
    ...(names === undefined ? {} : { names }),
    ...(closeWindows === undefined ? {} : { closeWindows }),
  };
}
