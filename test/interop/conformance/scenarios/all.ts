import type { Scenario } from '../scenario.ts';
import { DYNAMODB } from './dynamodb.ts';
import { FIREHOSE } from './firehose.ts';
import { IAM } from './iam.ts';
import { KINESIS_ANALYTICS } from './kinesis-analytics.ts';
import { KINESIS_CONSUMERS } from './kinesis-consumers.ts';
import { KINESIS_RECORDS } from './kinesis-records.ts';
import { KINESIS_SETTINGS } from './kinesis-settings.ts';
import { KINESIS_SHARDS } from './kinesis-shards.ts';
import { KINESIS_STREAMS } from './kinesis-streams.ts';
import { LAMBDA } from './lambda.ts';
import { LAMBDA_MAPPINGS } from './lambda-mappings.ts';
import { LOGS } from './logs.ts';
import { S3 } from './s3.ts';
import { SNS } from './sns.ts';

/** All scenarios, by the service that they are about. A new service is a file and a line here. */
export const SCENARIOS: Readonly<Record<string, readonly Scenario[]>> = {
  kinesis: [
    ...KINESIS_STREAMS,
    ...KINESIS_RECORDS,
    ...KINESIS_SHARDS,
    ...KINESIS_SETTINGS,
    ...KINESIS_CONSUMERS,
  ],
  dynamodb: DYNAMODB,
  sns: SNS,
  lambda: [...LAMBDA, ...LAMBDA_MAPPINGS],
  s3: S3,
  firehose: FIREHOSE,
  logs: LOGS,
  iam: IAM,
  kinesisanalyticsv2: KINESIS_ANALYTICS,
};

/** What scenarios call the operations of a service, by its title in the local cloud. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  'Kinesis Data Streams': ['kinesis'],
  DynamoDB: ['dynamodb', 'dynamodbstreams'],
  Lambda: ['lambda'],
  SNS: ['sns'],
  S3: ['s3'],
  Firehose: ['firehose'],
  'CloudWatch Logs': ['logs'],
  IAM: ['iam'],
  STS: ['sts'],
  'Managed Service for Apache Flink': ['kinesisanalyticsv2'],
};

/** Operations that no scenario calls, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {};
