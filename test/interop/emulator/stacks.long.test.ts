import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putAsset } from './assets.ts';
import { type Aws, awsAt, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './aws.ts';
import { zipModule } from './bundle.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { remaining } from './remaining.ts';
import { deploy, destroy } from './stacks.ts';
import type { Code, Template } from './template.ts';
import { archive } from './templates/archive.ts';
import { custom, flink, observability, search } from './templates/others.ts';
import { processing } from './templates/processing.ts';
import { streaming } from './templates/streaming.ts';

/**
 * What the emulator makes of each kind of resource: the table in the README, line by line. Where it is not AWS, the
 * test says what it does instead, so that a newer version that does better is noticed.
 */

const PATIENCE = { timeout: 30_000, interval: 250 };

/** Functions of which each does one thing, and says so in its log. */
const FUNCTIONS = `
const textOf = (record) => Buffer.from(record.kinesis.data, 'base64').toString();
export const consume = async ({ Records }) => {
  console.log('BATCH ' + Records.map(textOf).join(','));
  if (Records.some((record) => textOf(record) === 'poison')) throw new Error('poisoned');
  const bad = Records.filter((record) => textOf(record) === 'bad');
  return { batchItemFailures: bad.map((record) => ({ itemIdentifier: record.kinesis.sequenceNumber })) };
};
export const transform = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({
    recordId, result: 'Ok', data, metadata: { partitionKeys: { dt: '2026-01-01' } },
  })),
});
export const listen = async ({ Records }) => console.log('LISTENED ' + Records.map((each) => each.s3.object.key));
export const provide = async ({ RequestType, ResponseURL, ResourceProperties, ...ids }) => {
  const answer = RequestType + ' ' + typeof ResourceProperties.Count;
  const body = { ...ids, Status: 'SUCCESS', PhysicalResourceId: 'thing', Data: { Answer: answer } };
  await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
};
`;

let emulator: Emulator;
let aws: Aws;
let code: Code;
let kinesis: KinesisClient;

beforeAll(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
  code = await putAsset(aws, 'functions.zip', zipModule(FUNCTIONS));
  // At its defaults, which for Kinesis is HTTP/2 without TLS here.
  kinesis = new KinesisClient({
    endpoint: emulator.endpoint,
    region: EMULATOR_REGION,
    credentials: EMULATOR_CREDENTIALS,
  });
});

afterAll(async () => {
  kinesis?.destroy();
  await emulator?.close();
});

async function put(StreamName: string, texts: readonly string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: 'one', Data: Buffer.from(text) }));
  await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
}

/** Lines of a function's log that begin so. */
async function logged(functionName: string, start: string): Promise<string[]> {
  const { events } = await aws(
    ...['logs', 'filter-log-events', '--log-group-name', `/aws/lambda/${functionName}`],
  );
  return (events as { message: string }[])
    .map(({ message }) => message)
    .filter((message) => message.startsWith(start));
}

const alone = (Type: string, Properties: Readonly<Record<string, unknown>>): Template => ({
  Resources: { It: { Type, Properties } },
});

test('streams, with conditions and exports; encryption is accepted and ignored', async () => {
  const { outputs } = await deploy(aws, 'streaming', streaming, { Prefix: 'alice' });
  expect(outputs).not.toHaveProperty('Absent');
  const { StreamDescriptionSummary } = await aws(
    ...['kinesis', 'describe-stream-summary', '--stream-name', 'alice-wildrydes'],
  );
  expect(StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 2,
    RetentionPeriodHours: 48,
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    EncryptionType: 'NONE', // on AWS: KMS
  });
  const { Tags } = await aws('kinesis', 'list-tags-for-stream', '--stream-name', 'alice-wildrydes');
  expect(Tags).toContainEqual({ Key: 'wildrydes:prefix', Value: 'alice' });
});

test('table, function, role and mapping; some of their settings are accepted and ignored', async () => {
  const { outputs, resources } = await deploy(
    aws,
    'processing',
    processing({ prefix: 'alice', code, handler: 'index.consume' }),
  );
  const functionArn = `arn:aws:lambda:${EMULATOR_REGION}:000000000000:function:alice-processor`;
  expect(outputs).toMatchObject({
    FunctionArn: functionArn,
    Built: functionArn,
    Joined: 'table alice-UnicornSensorData of processing',
    Substituted: `${EMULATOR_REGION}/alice-UnicornSensorData/${functionArn}`,
  });
  const { Table } = await aws('dynamodb', 'describe-table', '--table-name', 'alice-UnicornSensorData');
  expect(Table).toMatchObject({
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  expect(Table).not.toHaveProperty('SSEDescription'); // on AWS: ENABLED
  const backups = await aws(
    ...['dynamodb', 'describe-continuous-backups', '--table-name', 'alice-UnicornSensorData'],
  );
  expect(backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription).toMatchObject({
    PointInTimeRecoveryStatus: 'DISABLED', // on AWS: ENABLED
  });
  const { Configuration } = await aws('lambda', 'get-function', '--function-name', 'alice-processor');
  expect(Configuration).toMatchObject({ Runtime: 'nodejs22.x', Architectures: ['arm64'], Timeout: 30 });
  // On AWS: 5.
  expect(
    await aws('lambda', 'get-function-concurrency', '--function-name', 'alice-processor'),
  ).toBeUndefined();
  const role = await aws('iam', 'get-role-policy', '--role-name', resources.Role!, '--policy-name', 'least');
  expect(role.PolicyDocument.Statement[0]).toEqual({
    Effect: 'Allow',
    Action: 'dynamodb:BatchWriteItem',
    Resource: `arn:aws:dynamodb:${EMULATOR_REGION}:000000000000:table/alice-UnicornSensorData`,
  });
  const { logGroups } = await aws('logs', 'describe-log-groups');
  expect(logGroups).toMatchObject([{ logGroupName: '/aws/lambda/alice-processor', retentionInDays: 7 }]);
  const { EventSourceMappings } = await aws('lambda', 'list-event-source-mappings');
  expect(EventSourceMappings).toMatchObject([
    {
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3_600,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: {
        OnFailure: { Destination: expect.stringMatching(/^arn:aws:sqs:.*processing-FailedQueue/) },
      },
    },
  ]);
});

test('a mapping takes a batch of which some failed for handled, and a failed one it tries for ever', async () => {
  await put('alice-wildrydes-aggregated', ['good', 'bad', 'later']);
  await expect.poll(() => logged('alice-processor', 'BATCH'), PATIENCE).toEqual(['BATCH good,bad,later']);
  // On AWS: `bad,later` again three times, by halves, and then a message in the queue.
  await put('alice-wildrydes-aggregated', ['one', 'poison', 'two']);
  await expect
    .poll(async () => (await logged('alice-processor', 'BATCH')).length, PATIENCE)
    .toBeGreaterThanOrEqual(7);
  const [first, ...rest] = await logged('alice-processor', 'BATCH');
  expect(first).toBe('BATCH good,bad,later');
  expect(new Set(rest)).toEqual(new Set(['BATCH one,poison,two']));
  const { QueueUrls } = await aws('sqs', 'list-queues');
  const received = await aws('sqs', 'receive-message', '--queue-url', QueueUrls[0]);
  expect(received?.Messages ?? []).toEqual([]);
});

test('bucket, delivery and tables; lifecycle and tags are ignored, and so are compression and buffering', async () => {
  await deploy(
    aws,
    'archive',
    archive({ prefix: 'alice', code, transformer: 'index.transform', listener: 'index.listen' }),
  );
  const bucket = (operation: string) => aws('s3api', operation, '--bucket', 'alice-archive');
  expect((await bucket('get-public-access-block')).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  expect(await bucket('get-bucket-encryption')).toMatchObject({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  await expect(bucket('get-bucket-lifecycle-configuration')).rejects.toThrow('NoSuchLifecycleConfiguration');
  await expect(bucket('get-bucket-tagging')).rejects.toThrow('NoSuchTagSet');
  await aws('s3api', 'put-object', '--bucket', 'alice-archive', '--key', 'in/one.ndjson');
  await aws('s3api', 'put-object', '--bucket', 'alice-archive', '--key', 'in/other.csv');
  await expect.poll(() => logged('alice-listener', 'LISTENED'), PATIENCE).toEqual(['LISTENED in/one.ndjson']);
  // At once, though the template says 60 s.
  await aws(
    ...['firehose', 'put-record', '--delivery-stream-name', 'alice-archive', '--record', 'Data=reading'],
  );
  const delivered = async () => {
    const { Contents } = await aws(
      ...['s3api', 'list-objects-v2', '--bucket', 'alice-archive', '--prefix', 'readings/'],
    );
    return ((Contents ?? []) as { Key: string; Size: number }[]).map(({ Key, Size }) => ({ Key, Size }));
  };
  await expect.poll(delivered, PATIENCE).toMatchObject([
    {
      Key: expect.stringMatching(/^readings\/dt=2026-01-01\/.*[0-9a-f]$/), // on AWS it ends with .gz
      Size: 'reading'.length, // on AWS: in gzip, which takes 20 bytes for nothing
    },
  ]);
  const table = await aws('glue', 'get-table', '--database-name', 'alice_wildrydes', '--name', 'readings');
  expect(table.Table.Parameters).toMatchObject({ 'projection.dt.type': 'date' });
  const group = await aws('athena', 'get-work-group', '--work-group', 'alice-wildrydes');
  expect(group.WorkGroup.Configuration).toMatchObject({ BytesScannedCutoffPerQuery: 1_073_741_824 });
});

test('alarms of one metric, dashboard, topic and parameter', async () => {
  const { outputs } = await deploy(aws, 'observability', observability('alice'));
  expect((await aws('cloudwatch', 'describe-alarms')).MetricAlarms).toMatchObject([
    { MetricName: 'IteratorAge', TreatMissingData: 'notBreaching', AlarmActions: [outputs.TopicArn] },
  ]);
  const board = await aws('cloudwatch', 'get-dashboard', '--dashboard-name', 'alice-wildrydes');
  expect(JSON.parse(board.DashboardBody).widgets[0].properties.region).toBe(EMULATOR_REGION);
  expect((await aws('ssm', 'get-parameter', '--name', '/alice/topic')).Parameter.Value).toBe(
    outputs.TopicArn,
  );
});

test('an application of Managed Flink that is never more than described, and a domain that is not there', async () => {
  await deploy(aws, 'flink', flink('alice', code));
  const { ApplicationDetail } = await aws(
    ...['kinesisanalyticsv2', 'describe-application', '--application-name', 'alice-aggregation'],
  );
  expect(ApplicationDetail).toMatchObject({
    ApplicationStatus: 'READY',
    RuntimeEnvironment: 'FLINK-2_2',
    CloudWatchLoggingOptionDescriptions: [{ LogStreamARN: expect.stringContaining(':log-stream:') }],
  });
  const { outputs } = await deploy(aws, 'search', search('alice'));
  expect(outputs.Endpoint).toBe(`alice-wildrydes.${EMULATOR_REGION}.ministack.local:9200`);
});

test('custom resources, whose numbers come as strings', async () => {
  const { outputs } = await deploy(aws, 'custom', custom('alice', code, 'index.provide'));
  expect(outputs.Answer).toBe('Create string');
});

test.each([
  'AWS::Athena::NamedQuery',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::OpenSearchServerless::Collection',
  'AWS::Logs::QueryDefinition',
  'AWS::Budgets::Budget',
])('does not know %s', async (type) => {
  await expect(deploy(aws, 'unknown', alone(type, {}))).rejects.toThrow(
    `Template format error: Unrecognized resource types: [${type}]`,
  );
});

test('does not know alarms of an expression', async () => {
  const sum = {
    Metrics: [{ Id: 'sum', Expression: 'a+b', ReturnData: true }],
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  await expect(deploy(aws, 'sum', alone('AWS::CloudWatch::Alarm', sum))).rejects.toThrow(
    'AWS::CloudWatch::Alarm Properties.Metrics (metric math) is not supported',
  );
  expect(await destroy(aws, 'sum')).toBe('DELETE_COMPLETE');
});

test('what is exported and used is not deleted; in the other order nothing remains but logs that functions made', async () => {
  await expect(destroy(aws, 'streaming')).rejects.toThrow('is imported by stack processing');
  for (const name of ['custom', 'search', 'flink', 'observability', 'archive', 'processing', 'streaming']) {
    // The archive's bucket goes with its objects, where AWS would refuse.
    expect({ name, status: await destroy(aws, name) }).toEqual({ name, status: 'DELETE_COMPLETE' });
  }
  expect(await remaining(emulator)).toEqual({
    'log group': [
      '/aws/lambda/alice-listener',
      '/aws/lambda/alice-provider',
      '/aws/lambda/alice-transformer',
    ],
    bucket: [code.S3Bucket],
    workgroup: ['primary'],
  });
});
