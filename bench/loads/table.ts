import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { effortOf } from '../../processor/effort.ts';
import { summaryKey } from '../../processor/store/logic.ts';
import { createTableWriter, documentsOf, type Put } from '../../processor/table-writer.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { type Done, keepBusy } from '../harness/keep-busy.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface TableLoad {
  readonly endpoint: string;
  readonly tableName: string;
  /** Items of one batch, as a function is given them; a multiple of 25. */
  readonly batch: number;
  readonly warmUp: number;
  readonly milliseconds: number;
}

/** Items of one request, and requests under way at a time: what the writer does. */
const PER_REQUEST = 25;
const AT_A_TIME = 4;

/** Different items; they are written over and over. */
const ITEMS = 20_000;

/** Milliseconds that a function has: more than any batch takes. */
const TIMEOUT = 30_000;

const items = Array.from({ length: ITEMS }, (_, n) => ({
  Name: `Unicorn ${n % 1_000}`,
  StatusTime: formatStatusTime(Date.UTC(2026, 4, 1, 9) + Math.floor(n / 1_000) * 60_000),
  Distance: 1_800 + (n % 997) / 1_000,
  MinMagicPoints: 100 + (n % 40),
  MaxMagicPoints: 150,
  MinHealthPoints: 120 + (n % 20),
  MaxHealthPoints: 150,
  Readings: 60,
}));

function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
}

async function createTable({ endpoint, tableName: TableName }: TableLoad): Promise<void> {
  const client = clientOf(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['Name', 'StatusTime'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'Name', KeyType: 'HASH' },
        { AttributeName: 'StatusTime', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 1 }, { TableName });
  client.destroy();
}

/** What the function does with a batch, over and over. */
async function writer(load: TableLoad): Promise<Done> {
  const client = clientOf(load.endpoint);
  const write = createTableWriter({
    client: documentsOf(client),
    tableName: load.tableName,
    keyOf: summaryKey,
  });
  const puts: readonly Put[] = items.map((item) => ({ item, bytes: 250 }));
  const batches = cut(puts, load.batch);
  let next = 0;
  const step = async () => {
    const batch = batches[next++ % batches.length]!;
    const deadline = performance.now() + TIMEOUT;
    const effort = effortOf({ getRemainingTimeInMillis: () => deadline - performance.now() }, 0.7);
    const verdicts = await write(batch, effort);
    if (verdicts.some(({ outcome }) => outcome !== 'handled')) throw new Error('not everything was written');
    return batch.length;
  };
  return measured(client, load, 1, step);
}

/** The same batches, as requests that are ready but for their text: what the writer leaves over is the client's. */
async function bareBatches(load: TableLoad): Promise<Done> {
  const client = clientOf(load.endpoint);
  const batches = cut(requestsOf(), load.batch / PER_REQUEST);
  let next = 0;
  return measured(client, load, 1, async () => {
    const batch = batches[next++ % batches.length]!;
    const rest = batch.values();
    const lane = async () => {
      for (const requests of rest) await send(client, load.tableName, requests);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
    return load.batch;
  });
}

/** The same requests in loops that wait for no batch to end. */
async function bareLoops(load: TableLoad): Promise<Done> {
  const client = clientOf(load.endpoint);
  const requests = requestsOf();
  let next = 0;
  return measured(client, load, AT_A_TIME, async () => {
    await send(client, load.tableName, requests[next++ % requests.length]!);
    return PER_REQUEST;
  });
}

type Item = Record<string, AttributeValue>;

function requestsOf(): Item[][] {
  const marshalled = items.map((item): Item => {
    const attributes = Object.entries(item).map(([name, value]): [string, AttributeValue] => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]);
    return Object.fromEntries(attributes);
  });
  return cut(marshalled, PER_REQUEST);
}

async function send(client: DynamoDBClient, tableName: string, requests: readonly Item[]): Promise<void> {
  const { UnprocessedItems = {} } = await client.send(
    new BatchWriteItemCommand({
      RequestItems: { [tableName]: requests.map((Item) => ({ PutRequest: { Item } })) },
    }),
  );
  if (Object.keys(UnprocessedItems).length > 0) throw new Error('items were left unprocessed');
}

async function measured(
  client: DynamoDBClient,
  { warmUp, milliseconds }: TableLoad,
  loops: number,
  step: () => Promise<number>,
): Promise<Done> {
  try {
    await keepBusy(loops, warmUp, step);
    return await keepBusy(loops, milliseconds, step);
  } finally {
    client.destroy();
  }
}

function cut<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.floor(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

answerTasks({ createTable, writer, bareBatches, bareLoops });
