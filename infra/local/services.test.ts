import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateDeliveryStreamCommand,
  FirehoseClient,
  PutRecordCommand as PutToFirehose,
} from '@aws-sdk/client-firehose';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../telemetry/clock.ts';
import { LOCAL_CREDENTIALS } from '../target.ts';
import { type Cloud, startCloud } from './cloud.ts';

/** What services hand to one another, through a whole cloud and its clients. */

let cloud: Cloud;
let clients: ReturnType<typeof clientsOf>;
beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  clients = clientsOf(cloud);
  await clients.iam.send(
    new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }),
  );
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.close();
});

function clientsOf({ endpoint }: Cloud) {
  const config = { endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS };
  return {
    dynamodb: new DynamoDBClient(config),
    firehose: new FirehoseClient(config),
    iam: new IAMClient(config),
    kinesis: new KinesisClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
  };
}

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const PATIENCE = { timeout: 20_000, interval: 20 };

function trust(service: string): string {
  const Statement = [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

function zipOf(code: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(code) });
}

async function createFunction(FunctionName: string, code: string, Role = ROLE): Promise<string> {
  const { FunctionArn } = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipOf(code) },
    }),
  );
  await vi.waitFor(async () => {
    const { State } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    expect(State).toBe('Active');
  }, PATIENCE);
  return FunctionArn!;
}

/** A function that tells its log what it was given. */
const TELLER = "export const handler = async (event) => { console.log('got', JSON.stringify(event)); };";

/** What such a function was given, as soon as there is something. */
async function told(functionName: string): Promise<unknown[]> {
  return vi.waitFor(async () => {
    const { events = [] } = await clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}`, filterPattern: '"got"' }),
    );
    const given = events.map(({ message }) => JSON.parse(/got (.*)/.exec(message!)![1]!) as unknown);
    expect(given.length).toBeGreaterThan(0);
    return given;
  }, PATIENCE);
}

async function keysIn(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key!);
}

async function textOf(Bucket: string, Key: string): Promise<string> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

test('a stream goes to an uploaded function, whose lines are in CloudWatch Logs', async () => {
  await createFunction('of-stream', TELLER);
  await clients.kinesis.send(new CreateStreamCommand({ StreamName: 'rides', ShardCount: 1 }));
  await clients.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'of-stream',
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/rides',
      StartingPosition: 'TRIM_HORIZON',
    }),
  );
  await clients.kinesis.send(
    new PutRecordCommand({ StreamName: 'rides', PartitionKey: 'Rocinante', Data: Buffer.from('neigh') }),
  );
  const [event] = (await told('of-stream')) as [{ Records: { kinesis: { data: string } }[] }];
  expect(Buffer.from(event.Records[0]!.kinesis.data, 'base64').toString()).toBe('neigh');
});

test("a table's changes go to a function", async () => {
  await createFunction('of-table', TELLER);
  const { TableDescription } = await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: 'unicorns',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'Name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await clients.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'of-table',
      EventSourceArn: TableDescription!.LatestStreamArn,
      StartingPosition: 'TRIM_HORIZON',
    }),
  );
  await clients.dynamodb.send(
    new PutItemCommand({ TableName: 'unicorns', Item: { Name: { S: 'Rocinante' }, Magic: { N: '42' } } }),
  );
  expect(await told('of-table')).toMatchObject([
    {
      Records: [
        {
          eventName: 'INSERT',
          eventSource: 'aws:dynamodb',
          dynamodb: { NewImage: { Name: { S: 'Rocinante' }, Magic: { N: '42' } } },
        },
      ],
    },
  ]);
});

test('an object that is put goes to a function, whose code came from a bucket', async () => {
  const { s3, lambda } = clients;
  for (const Bucket of ['code', 'uploads']) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'teller.zip', Body: zipOf(TELLER) }));
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'of-bucket',
      Role: ROLE,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'code', S3Key: 'teller.zip' },
    }),
  );
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'uploads',
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [{ LambdaFunctionArn: FunctionArn, Events: ['s3:ObjectCreated:*'] }],
      },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'a ride.json', Body: '{}' }));
  expect(await told('of-bucket')).toMatchObject([
    { Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: 'a+ride.json', size: 2 } } }] },
  ]);
});

test('records that a mapping gives up are told to a topic, and by it to a function', async () => {
  const { sns, lambda, kinesis } = clients;
  const subscriber = await createFunction('of-topic', TELLER);
  await createFunction('refuses', "export const handler = async () => { throw new Error('no'); };");
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'given-up' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: subscriber }));
  await kinesis.send(new CreateStreamCommand({ StreamName: 'poison', ShardCount: 1 }));
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'refuses',
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/poison',
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: TopicArn } },
    }),
  );
  await kinesis.send(
    new PutRecordCommand({ StreamName: 'poison', PartitionKey: 'k', Data: Buffer.from('x') }),
  );
  const [event] = (await told('of-topic')) as [{ Records: { Sns: { Message: string } }[] }];
  expect(JSON.parse(event.Records[0]!.Sns.Message)).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
    KinesisBatchInfo: { batchSize: 1, streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/poison' },
  });
});

test('a delivery stream has a function transform its records, and puts them into a bucket', async () => {
  const { s3, firehose } = clients;
  const transformer = await createFunction(
    'transforms',
    `export const handler = async ({ records }) => ({
      records: records.map(({ recordId, data }) => ({
        recordId,
        result: 'Ok',
        data: Buffer.from(Buffer.from(data, 'base64').toString().toUpperCase() + '\\n').toString('base64'),
      })),
    });`,
  );
  await s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
  await firehose.send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: 'likes',
      ExtendedS3DestinationConfiguration: {
        RoleARN: ROLE,
        BucketARN: 'arn:aws:s3:::archive',
        Prefix: 'in/',
        BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 1 },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            { Type: 'Lambda', Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: transformer }] },
          ],
        },
      },
    }),
  );
  await firehose.send(
    new PutToFirehose({ DeliveryStreamName: 'likes', Record: { Data: Buffer.from('magic') } }),
  );
  const [key] = await vi.waitFor(async () => {
    const keys = await keysIn('archive');
    expect(keys).toHaveLength(1);
    return keys;
  }, PATIENCE);
  expect(key).toMatch(/^in\/\d{4}\/\d\d\/\d\d\/\d\d\/likes-1-/);
  expect(await textOf('archive', key!)).toBe('MAGIC\n');
});

test('a function needs a role that exists, and that Lambda may assume', async () => {
  await clients.iam.send(
    new CreateRoleCommand({
      RoleName: 'not-for-lambda',
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
    }),
  );
  for (const role of ['nobody', 'not-for-lambda']) {
    await expect(createFunction('f', TELLER, `arn:aws:iam::000000000000:role/${role}`)).rejects.toMatchObject(
      {
        name: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      },
    );
  }
});
