import { FUNCTIONS, STREAMS, TABLES } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.streamProcessor,
  description: "Writes each unicorn's minute to the table",
  entry: 'processor/store/handler',
  timeout: 30,
  memorySize: 256,
  environment: {
    TABLE_NAME: TABLES.summaries.name,
    QUARANTINE_STREAM: STREAMS.quarantine,
  },
  trigger: {
    streamName: STREAMS.summaries,
    batchSize: 100,
    maximumBatchingWindowInSeconds: 0,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    // What can never be written goes to quarantine, so that what fails is worth another attempt for as long as it takes.
    maximumRetryAttempts: -1,
    bisectBatchOnFunctionError: false,
  },
  permissions: [
    { action: 'dynamodb:BatchWriteItem', on: { table: TABLES.summaries.name } },
    { action: 'kinesis:PutRecords', on: { stream: STREAMS.quarantine } },
  ],
};
