import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKinesisClient } from '../../../stream/client.ts';
import { systemClock } from '../../../telemetry/clock.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import { type LocalCloud, startLocal } from '../../pipeline.ts';
import { clientConfig } from '../../target.ts';
import { placeOf, regionOf } from './place.ts';
import { remainsOf } from './remains.ts';

/** In a local cloud with the pipeline in it, and some things beside it. */

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocal({ port: 0, data: null, clock: systemClock });
});
afterAll(() => cloud.close());

const PLACE = { account: LOCAL.accountId, region: LOCAL.region };
const named = (name: string) => `alice-${name}`;
const AT = `${PLACE.account}-${PLACE.region}`;

async function makeAlices() {
  const config = clientConfig(cloud.target);
  const kinesis = createKinesisClient(config, { maxAttempts: 3 });
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const logs = new CloudWatchLogsClient(config);
  const firehose = new FirehoseClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  try {
    for (const name of ['wildrydes', 'holiday']) {
      await kinesis.send(new CreateStreamCommand({ StreamName: named(name), ShardCount: 1 }));
    }
    await dynamodb.send(
      new CreateTableCommand({
        TableName: named('UnicornAlerts'),
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'Name', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
      }),
    );
    await sns.send(new CreateTopicCommand({ Name: named('wildrydes-alerts') }));
    for (const group of [`/aws/lambda/${named('WildRydesArchiver')}`, '/aws/lambda/alices-own']) {
      await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    }
    for (const Bucket of [
      named(`wildrydes-archive-${AT}`),
      named('wildrydes-archive-999999999999-us-east-1'),
    ]) {
      await s3.send(new CreateBucketCommand({ Bucket }));
    }
    for (let nth = 0; nth < 12; nth++) {
      await firehose.send(
        new CreateDeliveryStreamCommand({
          DeliveryStreamName: nth === 11 ? named('wildrydes-archive') : `a${nth}`,
          ExtendedS3DestinationConfiguration: {
            RoleARN: `arn:aws:iam::${PLACE.account}:role/firehose`,
            BucketARN: `arn:aws:s3:::${named(`wildrydes-archive-${AT}`)}`,
          },
        }),
      );
    }
  } finally {
    for (const client of [kinesis, dynamodb, sns, logs, firehose, s3]) client.destroy();
  }
}

test('what is left is named, of one prefix and of one account and region', async () => {
  await makeAlices();
  const { left, unseen } = await remainsOf('alice-', PLACE, clientConfig(cloud.target));
  expect(unseen).toEqual([]);
  expect(left.map(({ what, name }) => `${what} ${name}`).sort()).toEqual([
    `bucket ${named(`wildrydes-archive-${AT}`)}`,
    'delivery stream alice-wildrydes-archive',
    'log group /aws/lambda/alice-WildRydesArchiver',
    'stream alice-wildrydes',
    'table alice-UnicornAlerts',
    'topic alice-wildrydes-alerts',
  ]);
});

test('without a prefix, nothing that has one', async () => {
  const { left } = await remainsOf('', PLACE, clientConfig(cloud.target));
  const names = left.map(({ what, name }) => `${what} ${name}`);
  expect(names).toEqual(
    expect.arrayContaining([
      'stream wildrydes-aggregated',
      'table UnicornSensorData',
      'topic wildrydes-alerts',
      'function WildRydesStreamProcessor',
      'application wildrydes-aggregation',
    ]),
  );
  expect(names.filter((name) => name.includes('alice'))).toEqual([]);
});

test('nothing is left of who was never there', async () => {
  expect(await remainsOf('bob-', PLACE, clientConfig(cloud.target))).toEqual({ left: [], unseen: [] });
});

test('what cannot be looked at is no nothing', async () => {
  const nowhere = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', maxAttempts: 1 };
  const { left, unseen } = await remainsOf('bob-', PLACE, {
    ...nowhere,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  expect(left).toEqual([]);
  expect(unseen.map(({ what }) => what)).toEqual(expect.arrayContaining(['stream', 'bucket', 'log group']));
  expect(unseen).toHaveLength(8);
});

test('whose account and which region it is', async () => {
  const config = clientConfig(cloud.target);
  const region = await regionOf(config);
  expect(region).toBe('us-east-1');
  expect(await placeOf(config, region)).toEqual({
    ...PLACE,
    partition: 'aws',
    console: false,
    caller: expect.stringMatching(/^arn:aws:/),
  });
});
