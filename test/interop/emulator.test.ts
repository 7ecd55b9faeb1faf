import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientConfig } from '../../infra/target.ts';
import { manifest } from '../../processor/store/manifest.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { encodeSummary } from '../../telemetry/summary-codec.ts';
import { wildrydes } from '../kit.ts';
import { putAsset } from './emulator/assets.ts';
import { type Aws, awsAt, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './emulator/aws.ts';
import { bundleFunction } from './emulator/bundle.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { type Deployed, deploy } from './emulator/stacks.ts';
import { processing } from './emulator/templates/processing.ts';
import { streaming } from './emulator/templates/streaming.ts';

/**
 * The kit's own function, deployed by CloudFormation as a zip from S3, between a stream and a table of an AWS that
 * nobody here wrote.
 */

const PATIENCE = { timeout: 60_000, interval: 200 };
const PREFIX = 'alice';

let emulator: Emulator;
let aws: Aws;
let kinesis: KinesisClient;
let deployed: Deployed;

beforeAll(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
  kinesis = createKinesisClient(
    {
      ...clientConfig({ kind: 'endpoint', endpoint: emulator.endpoint, region: EMULATOR_REGION }),
      credentials: EMULATOR_CREDENTIALS,
    },
    { maxAttempts: 1 },
  );
  const code = await putAsset(aws, 'store.zip', await bundleFunction(manifest));
  await deploy(aws, `${PREFIX}-streaming`, streaming, { Prefix: PREFIX });
  deployed = await deploy(
    aws,
    `${PREFIX}-processing`,
    processing({
      prefix: PREFIX,
      code,
      handler: 'index.handler',
      environment: { QUARANTINE_STREAM: `${PREFIX}-wildrydes` },
    }),
  );
});

afterAll(async () => {
  kinesis?.destroy();
  await emulator?.close();
});

/** A minute of one unicorn; every figure has a place of its own. */
function summary(n: number) {
  return {
    Name: `Rocinante ${n % 7}`,
    StatusTime: `2026-05-01 09:${String(Math.floor(n / 7)).padStart(2, '0')}:00.000`,
    Distance: 1_800 + n / 8,
    MinMagicPoints: n,
    MaxMagicPoints: n + 1,
    MinHealthPoints: n + 2,
    MaxHealthPoints: n + 3,
    Readings: 60,
  };
}

async function put(streamName: string, texts: readonly string[]): Promise<string[]> {
  const { Records = [], FailedRecordCount } = await kinesis.send(
    new PutRecordsCommand({
      StreamName: streamName,
      Records: texts.map((text) => ({ PartitionKey: 'one', Data: Buffer.from(text) })),
    }),
  );
  expect(FailedRecordCount).toBe(0);
  return Records.map(({ SequenceNumber }) => SequenceNumber!);
}

/** Items as plain values, by name and minute. */
async function items(): Promise<Map<string, Record<string, string | number>>> {
  const { Items } = await aws('dynamodb', 'scan', '--table-name', deployed.outputs.TableName!);
  return new Map(
    (Items as Record<string, { S?: string; N?: string }>[]).map((item) => {
      const plain = Object.fromEntries(
        Object.entries(item).map(([name, { S, N }]) => [name, S ?? Number(N)]),
      );
      return [`${plain.Name} ${plain.StatusTime}`, plain];
    }),
  );
}

/** Records of a stream's shard, from its beginning. */
async function recordsOf(streamName: string, ShardId: string): Promise<string[]> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data!).toString());
}

describe('the kit in stacks of CloudFormation', () => {
  test('puts what comes to the stream of summaries into the table, and what is none into quarantine', async () => {
    const sent = Array.from({ length: 200 }, (_, n) => summary(n));
    const texts = sent.map(encodeSummary);
    texts.splice(77, 0, '{"Name":"Rocinante"');
    await put(`${PREFIX}-wildrydes-aggregated`, texts);
    await expect.poll(async () => (await items()).size, PATIENCE).toBe(200);
    expect(await items()).toEqual(new Map(sent.map((each) => [`${each.Name} ${each.StatusTime}`, each])));
    const refused = async () =>
      (
        await Promise.all(
          ['shardId-000000000000', 'shardId-000000000001'].map((shard) =>
            recordsOf(`${PREFIX}-wildrydes`, shard),
          ),
        )
      ).flat();
    await expect.poll(refused, PATIENCE).toHaveLength(1);
    const [entry] = (await refused()).map((text) => JSON.parse(text));
    expect(Buffer.from(entry.payload, 'base64').toString()).toBe('{"Name":"Rocinante"');
  });

  test('takes the readings of `producer --endpoint`', async () => {
    const before = await readings();
    const producer = wildrydes(
      [
        ...['producer', '--name', 'Rocinante', '--seed', '7', '--count', '3', '--output', 'json'],
        ...['--stream', `${PREFIX}-wildrydes`, '--endpoint', emulator.endpoint],
      ],
      {
        AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
        AWS_REGION: EMULATOR_REGION,
      },
    );
    const { status, stderr } = await producer.finished;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((await readings()) - before).toBe(3);
  });
});

/** How many readings of Rocinante the stream has. */
async function readings(): Promise<number> {
  const shards = await Promise.all(
    ['shardId-000000000000', 'shardId-000000000001'].map((shard) => recordsOf(`${PREFIX}-wildrydes`, shard)),
  );
  return shards.flat().filter((text) => text.includes('"Name":"Rocinante"') && text.includes('MagicPoints'))
    .length;
}
