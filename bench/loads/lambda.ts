import { setTimeout } from 'node:timers/promises';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateStreamCommand, KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { createControlClient } from '../../infra/local/control/client.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Loop {
  readonly endpoint: string;
  /** In the stream, all of them put before anything is delivered. */
  readonly records: number;
  readonly batch: number;
}

const STREAM = 'loop';
const FUNCTION = 'nothing';
const SETTINGS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
} as const;
const PER_REQUEST = 500;

/** Puts the records, and uploads the function. */
async function prepare({ endpoint, records }: Omit<Loop, 'batch'>): Promise<void> {
  const iam = new IAMClient({ endpoint, ...SETTINGS });
  const lambda = new LambdaClient({ endpoint, ...SETTINGS });
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ];
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'loop',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: FUNCTION,
      Role: Role!.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Code: { ZipFile: zipSync({ 'index.mjs': Buffer.from('export const handler = async () => {};') }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: FUNCTION });

  const kinesis = new KinesisClient({ endpoint, ...SETTINGS });
  await kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 1 }));
  const fleet = new Fleet({ names: fleetNames(PER_REQUEST), seed: '7', start: 0, scenario: 'classic' });
  for (let put = 0; put < records; put += PER_REQUEST) {
    const Records = fleet.unicorns.map((unicorn) => ({
      PartitionKey: unicorn.name,
      Data: Buffer.from(encodeReading(unicorn.reading(formatStatusTime(put)))),
    }));
    await kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
  }
  for (const client of [iam, lambda, kinesis]) client.destroy();
}

/** Delivers all of them, from a new mapping's creation on. Records a second. */
async function deliver({ endpoint, records, batch }: Loop): Promise<number> {
  const lambda = new LambdaClient({ endpoint, ...SETTINGS });
  const control = createControlClient(endpoint);
  await lambda.send(new InvokeCommand({ FunctionName: FUNCTION }));
  const began = performance.now();
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: FUNCTION,
      EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: batch,
    }),
  );
  for (;;) {
    const { mappings } = await control.status();
    if ((mappings[0]?.recordsHandled ?? 0) >= records) break;
    await setTimeout(5);
  }
  const seconds = (performance.now() - began) / 1000;
  await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  while ((await control.status()).mappings.length > 0) await setTimeout(5);
  lambda.destroy();
  return records / seconds;
}

answerTasks({ prepare, deliver });
