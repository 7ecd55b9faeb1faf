import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Done, keepBusy } from '../harness/keep-busy.ts';
import { PER_REQUEST, prepare, type Records } from '../harness/prepared.ts';
import { answerTasks } from '../harness/tasks.ts';

/** An endpoint, and how to talk to it with the AWS SDK. */
export interface Sdk {
  readonly endpoint: string;
  readonly http: 1 | 2;
  /** Requests under way at once; over HTTP/1.1 each has its connection, over HTTP/2 they share one. */
  readonly connections: number;
}

export interface SdkLoad extends Sdk {
  readonly streamName: string;
  readonly warmUp: number;
  readonly milliseconds: number;
}

export interface NewStream extends Sdk {
  readonly streamName: string;
  readonly shards: number;
}

function clientOf({ endpoint, http, connections }: Sdk): KinesisClient {
  return new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
    ...(http === 1
      ? {
          requestHandler: new NodeHttpHandler({
            httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
          }),
        }
      : {}),
  });
}

async function createStream({ streamName, shards, ...sdk }: NewStream): Promise<void> {
  const client = clientOf(sdk);
  await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: shards }));
  for (;;) {
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: streamName }),
    );
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') break;
    await setTimeout(50);
  }
  client.destroy();
}

async function deleteStream({ streamName, ...sdk }: SdkLoad): Promise<void> {
  const client = clientOf(sdk);
  await client.send(new DeleteStreamCommand({ StreamName: streamName }));
  client.destroy();
}

/** PutRecords of prepared records, 500 a request. */
async function write(load: SdkLoad & Records): Promise<Done> {
  const client = clientOf(load);
  const requests = prepare(load);
  let next = 0;
  const step = async () => {
    const Records = requests[next++ % requests.length]!;
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({ StreamName: load.streamName, Records }),
    );
    if (FailedRecordCount !== 0) throw new Error(`${FailedRecordCount} records failed`);
    return PER_REQUEST;
  };
  await keepBusy(load.connections, load.warmUp, step);
  const done = await keepBusy(load.connections, load.milliseconds, step);
  client.destroy();
  return done;
}

/** GetRecords from the oldest record to the newest, over and over, by as many readers as there are connections. */
async function read(load: SdkLoad): Promise<Done> {
  const client = clientOf(load);
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: load.streamName }));
  const iterators = new Map<number, string>();
  const start = async (reader: number) => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: load.streamName,
        ShardId: Shards[reader % Shards.length]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    return ShardIterator!;
  };
  const step = async (reader: number) => {
    const ShardIterator = iterators.get(reader) ?? (await start(reader));
    const answer = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_000 }));
    const records = answer.Records?.length ?? 0;
    if (records > 0 && answer.NextShardIterator) iterators.set(reader, answer.NextShardIterator);
    else iterators.delete(reader);
    return records;
  };
  await keepBusy(load.connections, load.warmUp, step);
  const done = await keepBusy(load.connections, load.milliseconds, step);
  client.destroy();
  return done;
}

answerTasks({ createStream, deleteStream, write, read });
