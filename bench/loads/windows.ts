import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { fleetNames } from '../../simulator/names.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { STREAMS, TABLES, WINDOW } from '../../telemetry/topology.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Windows {
  readonly endpoint: string;
  /** At most 100: what one look at the table takes. */
  readonly unicorns: number;
  readonly windows: number;
  /** Start of the first window, a whole minute: ahead of everything that the pipeline was given before. */
  readonly from: number;
}

/** Milliseconds between two looks at the table. */
const LOOK_EVERY = 5;
/** Milliseconds after which an item counts as lost. */
const LOST = 30_000;

const SETTINGS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
} as const;

/**
 * Minute after minute, puts a reading of each unicorn into a window, then one that is so much later that the watermark
 * passes the window's end, and looks at the table until the items are there.
 *
 * @returns milliseconds from the acknowledgement of that last reading to each item's being read back
 */
async function follow({ endpoint, unicorns, windows, from }: Windows): Promise<number[]> {
  const kinesis = new KinesisClient({
    endpoint,
    ...SETTINGS,
    requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true }) }),
  });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, ...SETTINGS }));
  const names = fleetNames(unicorns);
  const put = (time: number, of: readonly string[]) =>
    kinesis.send(
      new PutRecordsCommand({
        StreamName: STREAMS.readings,
        Records: of.map((name) => ({ PartitionKey: name, Data: reading(name, time) })),
      }),
    );
  const latencies: number[] = [];
  for (let window = 0; window < windows; window++) {
    const minute = from + window * WINDOW.size;
    await put(minute + 30_000, names);
    await put(minute + WINDOW.size + WINDOW.lateness, names.slice(0, 1));
    const passed = performance.now();
    let missing: readonly string[] = names;
    while (missing.length > 0) {
      const found = await read(documents, missing, minute);
      const at = performance.now() - passed;
      if (at > LOST) throw new Error(`${missing.length} items did not come`);
      for (let i = 0; i < found.size; i++) latencies.push(at);
      missing = missing.filter((name) => !found.has(name));
      if (missing.length > 0) await setTimeout(LOOK_EVERY);
    }
    // At some other moment of the pipeline's own rhythms.
    await setTimeout(Math.random() * 250);
  }
  return latencies;
}

async function read(
  documents: DynamoDBDocumentClient,
  names: readonly string[],
  minute: number,
): Promise<Set<string>> {
  const Keys = names.map((Name) => ({ Name, StatusTime: formatStatusTime(minute) }));
  const table = TABLES.summaries.name;
  const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { [table]: { Keys } } }));
  return new Set(Responses?.[table]?.map((item) => String(item.Name)));
}

function reading(name: string, time: number): Buffer {
  return Buffer.from(
    encodeReading({
      Name: name,
      StatusTime: formatStatusTime(time),
      Latitude: 40.749167,
      Longitude: -73.985184,
      Distance: 30,
      MagicPoints: 150,
      HealthPoints: 150,
    }),
  );
}

answerTasks({ follow });
