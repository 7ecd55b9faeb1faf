import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { builtFile } from '../../infra/project.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { UNTIL_HANDLED } from '../manifest.ts';
import { type Sent, START } from './fixture.ts';
import { manifest } from './manifest.ts';
import { byName, deduplicated, oracle } from './oracle.ts';

/** The function as it is deployed, in a local cloud whose topic is down, and where more goes wrong besides. */

const PATIENCE = { timeout: 25_000, interval: 50 };
const NAME = 'low-magic';

let cloud: Cloud;
let control: ControlClient;
let kinesis: KinesisClient;
let dynamodb: DynamoDBClient;
const heard: string[] = [];
const listening = new AbortController();

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  control = createControlClient(cloud.endpoint);
  const config = clientConfig(atLocalPort(cloud.port, undefined));
  kinesis = createKinesisClient(config, { maxAttempts: 1 });
  dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: NAME }));
  sns.destroy();
  await kinesis.send(new CreateStreamCommand({ StreamName: NAME, ShardCount: 2 }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName: NAME,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'Name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
    }),
  );
  await control.notifications(listening.signal, ({ message }) => void heard.push(message));
  cloud.lambda.register({
    functionName: NAME,
    file: builtFile(manifest.entry),
    timeout: manifest.timeout,
    memorySize: manifest.memorySize,
    environment: {
      ALERTS_TABLE: NAME,
      TOPIC_ARN: TopicArn!,
      HEALTH_BELOW: '20',
      STILL_FIRING_AFTER: '10',
    },
  });
  cloud.lambda.map({ functionName: NAME, streamName: NAME, batchSize: 100, ...UNTIL_HANDLED });
});

afterAll(async () => {
  listening.abort();
  kinesis.destroy();
  dynamodb.destroy();
  await cloud.close();
});

async function put(sent: readonly Sent[]): Promise<void> {
  await kinesis.send(
    new PutRecordsCommand({
      StreamName: NAME,
      Records: sent.map(({ name, second, magicPoints, healthPoints = 150 }) => ({
        PartitionKey: name,
        Data: Buffer.from(
          encodeReading({
            Name: name,
            StatusTime: formatStatusTime(START + second * 1000),
            Latitude: 40.7,
            Longitude: -73.9,
            Distance: 30,
            MagicPoints: magicPoints,
            HealthPoints: healthPoints,
          }),
        ),
      })),
    }),
  );
}

/** Records that no invocation has dealt with. */
async function behind(): Promise<number> {
  const { mappings } = await control.status();
  const shards = mappings.find(({ functionName }) => functionName === NAME)?.shards ?? [];
  return shards.reduce((sum, shard) => sum + shard.behind, 0);
}

async function leftPending(): Promise<number> {
  let left = 0;
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: NAME })) {
    left += Items.filter(({ Pending }) => Pending !== undefined).length;
  }
  return left;
}

test('a topic that is down keeps no record back, and hears of every episode afterwards, of each unicorn in order', async () => {
  const fleet = Array.from({ length: 12 }, (_, n) => `🦄 ${n}`);
  const stream = Array.from({ length: 36 }, (_, second) =>
    fleet.map((name, n) => ({
      name,
      second,
      magicPoints: (second + n) % 18 < 12 ? 49 : 60,
      healthPoints: n % 3 === 0 && second > 20 ? 10 : 90,
    })),
  ).flat();

  await control.addFault({ kind: 'fail-publish', target: NAME, seconds: 600 });
  await control.addFault({ kind: 'throttle-table', target: NAME, share: 0.1, count: 20 });
  await control.addFault({ kind: 'lose-answer', target: 'PutItem', share: 0.1, count: 5 });
  await control.addFault({ kind: 'fail-function', target: NAME, count: 2 });
  for (let at = 0; at < stream.length; at += 144) await put(stream.slice(at, at + 144));
  await expect.poll(behind, PATIENCE).toBe(0);
  const { faults } = await control.status();
  expect(faults.map(({ kind }) => kind)).toContain('fail-publish');
  expect(heard).toEqual([]);
  expect(await leftPending()).toBe(fleet.length);

  await control.endFaults();
  // Readings of unicorns that are well, on both shards, as they come in any case.
  let second = 0;
  const ridingOn = async () => {
    second++;
    await put(Array.from({ length: 8 }, (_, n) => ({ name: `Closer ${n}`, second, magicPoints: 150 })));
    return leftPending();
  };
  await expect.poll(ridingOn, PATIENCE).toBe(0);
  const expected = oracle(stream);
  await expect.poll(() => byName(deduplicated(heard)), PATIENCE).toEqual(expected);
  expect(expected.size).toBe(fleet.length);
}, 60_000);
