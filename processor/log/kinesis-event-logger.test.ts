import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateStreamCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { builtFile, PROJECT_ROOT } from '../../infra/project.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { systemClock } from '../../telemetry/clock.ts';
import sample from './event.json' with { type: 'json' };
import { manifest } from './manifest.ts';

const FILE = readFileSync(join(import.meta.dirname, 'kinesisEventLogger.js'), 'utf8');
const PATIENCE = { timeout: 20_000, interval: 25 };
const HELLO = 'Hello from the command line, naïve 🦄';

let cloud: Cloud;
let clients: ReturnType<typeof clientsOf>;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  clients = clientsOf(cloud);
});

afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.close();
});

function clientsOf({ port }: Cloud) {
  const config = clientConfig(atLocalPort(port, undefined));
  return {
    iam: new IAMClient(config),
    kinesis: createKinesisClient(config, { maxAttempts: 1 }),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
  };
}

/** Everything that a function's newest environment logged so far. */
async function messagesOf(functionName: string): Promise<string[]> {
  const logGroupName = `/aws/lambda/${functionName}`;
  const { logStreams = [] } = await clients.logs.send(
    new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }),
  );
  const { events = [] } = await clients.logs.send(
    new GetLogEventsCommand({
      logGroupName,
      logStreamName: logStreams[0]?.logStreamName,
      startFromHead: true,
    }),
  );
  return events.map(({ message = '' }) => message);
}

test('the file, zipped by hand, prints what a stream is given', async () => {
  const { Role } = await clients.iam.send(
    new CreateRoleCommand({
      RoleName: 'lambda-cli-role',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  );
  await clients.kinesis.send(new CreateStreamCommand({ StreamName: 'lambda-cli-stream', ShardCount: 1 }));
  const FunctionName = 'kinesisEventLogger';
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: Role!.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'kinesisEventLogger.handler',
      Code: { ZipFile: zipSync({ 'kinesisEventLogger.js': Buffer.from(FILE) }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: clients.lambda, maxWaitTime: 20 }, { FunctionName });
  await clients.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/lambda-cli-stream',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1,
    }),
  );
  await clients.kinesis.send(
    new PutRecordCommand({
      StreamName: 'lambda-cli-stream',
      PartitionKey: '1',
      Data: Buffer.from(HELLO),
    }),
  );
  await expect
    .poll(async () => (await messagesOf(FunctionName).catch(() => [])).join('\n'), PATIENCE)
    .toContain(`Decoded payload: ${HELLO}`);
});

test("the guide's file is this one", () => {
  const guide = readFileSync(join(PROJECT_ROOT, 'test/interop/cli-walk/kinesis-to-lambda.md'), 'utf8');
  expect(guide).toContain(`cat > kinesisEventLogger.js <<'END'\n${FILE}END\n`);
});

test('the function of the kit prints its sample event, a line for each record', async () => {
  const { functionName, entry, timeout, memorySize, environment } = manifest;
  cloud.lambda.register({ functionName, file: builtFile(entry), timeout, memorySize, environment });
  const { FunctionError, Payload } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(sample) }),
  );
  expect(FunctionError).toBeUndefined();
  expect(JSON.parse(Payload!.transformToString())).toEqual({ batchItemFailures: [] });
  const lines = (await messagesOf(functionName))
    .filter((message) => message.includes('"a record of '))
    .map((message) => JSON.parse(message) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { partitionKey: '1', text: HELLO },
    { partitionKey: 'Rocinante', text: expect.stringMatching(/^\{"Name":"Rocinante".*\}␊$/) },
    { partitionKey: 'bytes', bytes: 3, hex: 'ff0001' },
  ]);
});
