import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { AggregationThread } from '../../aggregation/thread.ts';
import { builtFile } from '../../infra/project.ts';
import { manifest } from '../../processor/store/manifest.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { encodeSummary } from '../../telemetry/summary-codec.ts';
import { wildrydes } from '../kit.ts';
import { putAsset } from './emulator/assets.ts';
import { type Aws, awsAt, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './emulator/aws.ts';
import { bundleFunction } from './emulator/bundle.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator/emulator.ts';
import { deploy } from './emulator/stacks.ts';
import type { Code } from './emulator/template.ts';
import { processing } from './emulator/templates/processing.ts';
import { streaming } from './emulator/templates/streaming.ts';

/**
 * The kit's own function, deployed by CloudFormation as a zip from S3, between a stream and a table of an AWS that
 * nobody here wrote, where it may do what its role allows.
 */

const PATIENCE = { timeout: 60_000, interval: 200 };

let emulator: Emulator;
let aws: Aws;
let kinesis: KinesisClient;
let code: Code;

/** Each test has an AWS of its own. */
async function start(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator(options);
  aws = awsAt(emulator.endpoint);
  kinesis = createKinesisClient(config(), { maxAttempts: 1 });
  code = await putAsset(aws, 'store.zip', bundleFunction(manifest));
}

afterEach(async () => {
  kinesis?.destroy();
  await emulator?.close();
});

function config() {
  const target = { kind: 'endpoint', endpoint: emulator.endpoint, region: EMULATOR_REGION } as const;
  return { endpoint: target.endpoint, region: target.region, credentials: EMULATOR_CREDENTIALS };
}

/** Streams of a prefix, and the function that writes what comes to one of them into a table. */
async function deployed(prefix: string, mayWrite = true) {
  const names = {
    readings: `${prefix}-wildrydes`,
    summaries: `${prefix}-wildrydes-aggregated`,
    quarantine: `${prefix}-wildrydes-quarantine`,
    table: `${prefix}-UnicornSensorData`,
    log: `/aws/lambda/${prefix}-processor`,
  };
  await deploy(aws, `${prefix}-streaming`, streaming, { Prefix: prefix });
  await deploy(
    aws,
    `${prefix}-processing`,
    processing({
      prefix,
      code,
      handler: 'index.handler',
      quarantine: names.quarantine,
      mayWrite,
    }),
  );
  return names;
}

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

async function put(StreamName: string, texts: readonly string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: 'one', Data: Buffer.from(text) }));
  const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
  expect(FailedRecordCount).toBe(0);
}

type Item = Readonly<Record<string, string | number>>;

/** Items as plain values, by name and minute. */
async function itemsOf(table: string): Promise<Map<string, Item>> {
  const { Items } = await aws('dynamodb', 'scan', '--table-name', table);
  return new Map(
    (Items as Record<string, { S?: string; N?: string }>[]).map((item) => {
      const plain = Object.fromEntries(
        Object.entries(item).map(([name, { S, N }]) => [name, S ?? Number(N)]),
      );
      return [`${plain.Name} ${plain.StatusTime}`, plain];
    }),
  );
}

/** Records of a stream's first shard, from its beginning. */
async function recordsOf(StreamName: string): Promise<string[]> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data!).toString());
}

describe('the kit in stacks of CloudFormation', () => {
  test('puts what comes to the stream of summaries into the table, and what is none into quarantine', async () => {
    await start();
    const { summaries, table, quarantine } = await deployed('alice');
    const sent = Array.from({ length: 200 }, (_, n) => summary(n));
    const texts = sent.map(encodeSummary);
    texts.splice(77, 0, '{"Name":"Rocinante"');
    await put(summaries, texts);
    await expect.poll(async () => (await itemsOf(table)).size, PATIENCE).toBe(200);
    expect(await itemsOf(table)).toEqual(
      new Map(sent.map((each) => [`${each.Name} ${each.StatusTime}`, each])),
    );
    await expect.poll(() => recordsOf(quarantine), PATIENCE).toHaveLength(1);
    const { payload } = JSON.parse((await recordsOf(quarantine))[0]!);
    expect(Buffer.from(payload, 'base64').toString()).toBe('{"Name":"Rocinante"');
  });

  test('may do what its role allows, and nothing else', async () => {
    await start({ enforced: true });
    const allowed = await deployed('alice');
    const denied = await deployed('bob', false);
    for (const { summaries } of [allowed, denied]) await put(summaries, [encodeSummary(summary(1))]);
    await expect.poll(async () => (await itemsOf(allowed.table)).size, PATIENCE).toBe(1);
    const messages = async () => {
      const { events } = await aws('logs', 'filter-log-events', '--log-group-name', denied.log);
      return (events as { message: string }[]).map(({ message }) => message).join('\n');
    };
    await expect.poll(messages, PATIENCE).toMatch(/not authorized to perform: dynamodb:BatchWriteItem/);
    expect(await itemsOf(denied.table)).toEqual(new Map());
  });

  test('turns readings of `producer --endpoint` into items, with the embedded engine where Managed Flink would be', async () => {
    await start();
    const { readings, summaries, quarantine, table } = await deployed('carol');
    const said: string[] = [];
    const engine = new AggregationThread(builtFile('aggregation/thread-main'), {
      log: (line) => said.push(line),
    });
    onTestFinished(() => engine.stop());
    await engine.start({
      config: config(),
      streams: { readings, summaries, quarantine },
      checkpoint: null,
    });
    const { status, stderr } = await wildrydes(
      [
        ...['producer', '--name', 'Rocinante', '--seed', '7', '--count', '150', '--speed', 'max'],
        ...['--stream', readings, '--endpoint', emulator.endpoint, '--output', 'json'],
      ],
      {
        AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
        AWS_REGION: EMULATOR_REGION,
      },
    ).finished;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await engine.closeWindows();
    const counted = async () =>
      [...(await itemsOf(table)).values()].reduce((sum, { Readings }) => sum + Number(Readings), 0);
    await expect.poll(counted, PATIENCE).toBe(150);
    // 150 seconds touch three minutes or four.
    expect([3, 4]).toContain((await itemsOf(table)).size);
    expect(said).toEqual([]);
  });
});
