import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  type KinesisClient,
  ResourceInUseException as StreamInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Part } from '../processor/manifest.ts';
import { createKinesisClient } from '../stream/client.ts';
import { judge } from '../stream/failure.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { BUCKETS, SHARD_COUNT, STREAMS, TABLES, TOPICS } from '../telemetry/topology.ts';
import { clientConfig, describeTarget, type Target } from './target.ts';

/** Buckets that a part needs besides what the pipeline stands on. */
const BUCKETS_OF: Readonly<Record<Part, readonly string[]>> = {
  pipeline: [],
  archive: [BUCKETS.archive],
  files: [BUCKETS.uploads, BUCKETS.quarantine],
  search: [BUCKETS.uploads, BUCKETS.quarantine],
  'by-hand': [],
};

/**
 * Creates what the parts stand on, at any endpoint: streams, tables and topic, which are there in any case, and
 * buckets. What exists already is left as it is.
 *
 * @returns when all of it is ready for use
 * @throws WildRydesError UNREACHABLE naming the resource that could not be created, and why
 */
export async function createResources(target: Target, parts: readonly Part[] = []): Promise<void> {
  const config = clientConfig(target);
  const kinesis = createKinesisClient(config, { maxAttempts: 3 });
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const buckets = new Set(parts.flatMap((part) => BUCKETS_OF[part]));
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
      ...[...buckets].map((name) => creating(`bucket ${name}`, createBucket(s3, name))),
    ]);
  } finally {
    kinesis.destroy();
    dynamodb.destroy();
    sns.destroy();
    s3.destroy();
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

async function createBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

/**
 * Has a table tell of its changes, with the images before and after.
 *
 * @returns the ARN of its stream, the one that it has had all along if it has one
 */
export async function enableTableStream(client: DynamoDBClient, tableName: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const { StreamSpecification, LatestStreamArn } = Table ?? {};
  if (StreamSpecification?.StreamEnabled && LatestStreamArn !== undefined) return LatestStreamArn;
  const { TableDescription } = await client.send(
    new UpdateTableCommand({
      TableName: tableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const streamArn = TableDescription?.LatestStreamArn;
  if (streamArn === undefined) throw new Error(`the table ${tableName} did not tell its stream`);
  return streamArn;
}
