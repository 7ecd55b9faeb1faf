import { FUNCTIONS, STREAMS, TABLES, TOPICS } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.lowMagicAlert,
  description: 'Tells operations when a unicorn runs low on magic, and when it has recovered',
  entry: 'processor/alert/handler',
  timeout: 30,
  memorySize: 256,
  environment: {
    ALERTS_TABLE: TABLES.alerts.name,
    TOPIC_ARN: `\${topic:${TOPICS.alerts}}`,
  },
  trigger: {
    streamName: STREAMS.readings,
    // A fleet's readings of one second fit into few invocations; a single unicorn's come alone, without delay.
    batchSize: 1_000,
    maximumBatchingWindowInSeconds: 0,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    // No reading fails by itself: what fails is worth another attempt for as long as it takes.
    maximumRetryAttempts: -1,
    bisectBatchOnFunctionError: false,
  },
  permissions: [
    { action: 'dynamodb:BatchGetItem', on: { table: TABLES.alerts.name } },
    { action: 'dynamodb:PutItem', on: { table: TABLES.alerts.name } },
    { action: 'sns:Publish', on: { topic: TOPICS.alerts } },
  ],
};
