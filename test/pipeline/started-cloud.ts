import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { CloudStatus } from '../../infra/local/control/api.ts';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS, TABLES } from '../../telemetry/topology.ts';
import { freePort, launch, type Running } from '../kit.ts';

/** One record for a stream, as a sender has it. */
export interface Put {
  readonly key: string;
  readonly data: string | Uint8Array;
}

/** Where a record stands. */
export interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A record as it was read from a stream. */
export interface Got extends Place {
  readonly key: string;
  readonly data: Buffer;
}

/** What somebody outside asks of a cloud, through the SDK and its control door. */
export interface CloudClients {
  readonly port: number;
  readonly control: ControlClient;
  /** With the SDK's defaults, but for retries: a test wants to see each attempt. */
  readonly kinesis: KinesisClient;
  /** Puts up to 500 records in one request, all of which must be accepted. */
  put(streamName: string, records: readonly Put[]): Promise<Place[]>;
  /** Every record of a stream, from its start to its tip. */
  records(streamName: string): Promise<Got[]>;
  /** Every item of the table of summaries. */
  summaries(): Promise<Summary[]>;
  /** Waits until all stages have done their work on everything that is in the streams. */
  settled(): Promise<CloudStatus>;
  /** Closes the connections. */
  forget(): void;
}

/** A cloud in a process of its own, as `wildrydes start` runs it. */
export interface StartedCloud extends CloudClients {
  readonly running: Running;
  /** Resolves when the cloud answers, with all that it was started with. */
  ready(): Promise<void>;
  /** Ends the cloud's process at once, without a chance to clean up, and forgets the connections to it. */
  kill(): Promise<void>;
}

/** How long a cloud may take for anything that a test waits for, milliseconds. */
const PATIENCE = 20_000;

/**
 * Runs `wildrydes start` and waits until the cloud answers. Whoever starts one kills it.
 *
 * @param args further arguments, such as `--ephemeral`
 * @param port default any free one
 * @param env beyond this process's own
 */
export async function startCloud(
  args: readonly string[],
  port?: number,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedCloud> {
  const cloud = openCloud(args, port ?? (await freePort()), env);
  try {
    await cloud.ready();
    return cloud;
  } catch (error) {
    await cloud.kill();
    throw error;
  }
}

/** The same without waiting: the cloud may not answer yet. */
export function openCloud(
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
): StartedCloud {
  const running = launch(['start', '--port', String(port), ...args], env);
  const clients = clientsOf(port);
  return {
    ...clients,
    running,
    async ready() {
      await running.line((line) => line.includes(`:${port}`));
    },
    async kill() {
      running.child.kill('SIGKILL');
      await running.finished;
      clients.forget();
    },
  };
}

/** Clients of the cloud on a port of this machine, whether it is there yet or not. */
export function clientsOf(port: number): CloudClients {
  const config = { ...clientConfig(atLocalPort(port, undefined)), maxAttempts: 1 };
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const kinesis = new KinesisClient(config);
  const dynamodb = new DynamoDBClient(config);
  return {
    port,
    control,
    kinesis,
    async put(streamName, records) {
      const answer = await kinesis.send(
        new PutRecordsCommand({
          StreamName: streamName,
          Records: records.map(({ key, data }) => ({ PartitionKey: key, Data: Buffer.from(data as string) })),
        }),
      );
      return (answer.Records ?? []).map(({ ShardId, SequenceNumber, ErrorMessage }) => {
        if (ShardId === undefined || SequenceNumber === undefined)
          throw new Error(`refused: ${ErrorMessage}`);
        return { shardId: ShardId, sequenceNumber: SequenceNumber };
      });
    },
    async records(streamName) {
      const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: streamName }));
      const lists = Shards.map(({ ShardId = '' }) => readShard(kinesis, streamName, ShardId));
      return (await Promise.all(lists)).flat();
    },
    async summaries() {
      const found: Summary[] = [];
      const client = DynamoDBDocumentClient.from(dynamodb);
      for await (const page of paginateScan({ client }, { TableName: TABLES.summaries.name })) {
        found.push(...((page.Items ?? []) as Summary[]));
      }
      return found;
    },
    settled: () =>
      eventually('every stage has done its work', async () => {
        const status = await control.status();
        return { done: isSettled(status), value: status };
      }),
    forget() {
      kinesis.destroy();
      dynamodb.destroy();
    },
  };
}

async function readShard(kinesis: KinesisClient, streamName: string, shardId: string): Promise<Got[]> {
  const start = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: streamName,
      ShardId: shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const found: Got[] = [];
  for (let iterator = start.ShardIterator; iterator !== undefined; ) {
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
    for (const { SequenceNumber = '', PartitionKey = '', Data = new Uint8Array() } of answer.Records ?? []) {
      found.push({ shardId, sequenceNumber: SequenceNumber, key: PartitionKey, data: Buffer.from(Data) });
    }
    if (answer.MillisBehindLatest === 0) break;
    iterator = answer.NextShardIterator;
  }
  return found;
}

function isSettled({ streams, aggregation, mappings }: CloudStatus): boolean {
  const readings = streams.find(({ streamName }) => streamName === STREAMS.readings);
  return (
    aggregation?.tally.delivered === readings?.records &&
    aggregation?.outbox === 0 &&
    mappings.every(({ shards }) => shards.length > 0 && shards.every(({ behind }) => behind === 0))
  );
}

/**
 * Looks again and again until what is awaited is there.
 *
 * @param look tells whether it is, and what it saw
 * @throws with what was seen last, after 20 seconds
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<{ readonly done: boolean; readonly value: T }>,
): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const { done, value } = await look();
    if (done) return value;
    if (performance.now() > deadline) {
      throw new Error(`not within ${PATIENCE / 1_000} s: ${what}; last seen: ${JSON.stringify(value)}`);
    }
    await setTimeout(20);
  }
}
