import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { type ControlClient, createControlClient } from '../infra/local/control/client.ts';
import { clientConfig, type Target } from '../infra/target.ts';
import type { Clock } from '../telemetry/clock.ts';
import { type Names, namesWith } from './names.ts';

/** What the checks, the reference results and the clean-up work with: the learner's cloud, and how to ask it. */
export interface Workbench {
  readonly target: Target;
  readonly names: Names;
  readonly kinesis: KinesisClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly logs: CloudWatchLogsClient;
  readonly sns: SNSClient;
  readonly sts: STSClient;
  readonly s3: S3Client;
  readonly analytics: KinesisAnalyticsV2Client;
  /** Which the local cloud does not have. */
  readonly cloudFormation: CloudFormationClient;
  /** The kit's own door into a local cloud, for its faults and limits; undefined on AWS. */
  readonly control: ControlClient | undefined;
  /** The environment of whoever asked: what `wildrydes shell` has set is in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the learner's own code is: `my-rydes/` in the project. */
  readonly folder: string;
  readonly clock: Clock;
  /** Aborted when the asker wants to leave: what waits ends then. */
  readonly signal: AbortSignal;
  /** Tells whoever waits what it is waited for; nothing: not any more. */
  readonly waiting: (what: string | undefined) => void;
  close(): void;
}

export interface WorkbenchOptions {
  readonly target: Target;
  /** As `readPrefix` gives it. */
  readonly prefix: string;
  readonly env: Workbench['env'];
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly waiting?: Workbench['waiting'];
}

export function openWorkbench(options: WorkbenchOptions): Workbench {
  const { target, prefix, env, folder, clock, signal, waiting = () => {} } = options;
  const config = clientConfig(target);
  const clients = {
    kinesis: new KinesisClient(config),
    dynamodb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    iam: new IAMClient(config),
    logs: new CloudWatchLogsClient(config),
    sns: new SNSClient(config),
    sts: new STSClient(config),
    s3: new S3Client({ ...config, ...(target.kind === 'aws' ? {} : { forcePathStyle: true }) }),
    analytics: new KinesisAnalyticsV2Client(config),
    cloudFormation: new CloudFormationClient(config),
  };
  return {
    ...clients,
    target,
    names: namesWith(prefix),
    control: target.kind === 'local' ? createControlClient(target.endpoint ?? '') : undefined,
    env,
    folder,
    clock,
    signal,
    waiting,
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
