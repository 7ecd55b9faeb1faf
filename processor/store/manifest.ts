import { FUNCTIONS, STREAMS, TABLES } from '../../telemetry/topology.ts';
import { type FunctionManifest, UNTIL_HANDLED } from '../manifest.ts';
import { QUARANTINE_NEEDS } from '../quarantine/needs.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.streamProcessor,
  description: "Writes each unicorn's minute to the table",
  part: 'pipeline',
  entry: 'processor/store/handler',
  timeout: 30,
  memorySize: 256,
  environment: {
    TABLE_NAME: `\${table-name:${TABLES.summaries.name}}`,
    ...QUARANTINE_NEEDS.stream.environment,
  },
  triggers: [{ on: 'stream', stream: STREAMS.summaries, batchSize: 100, ...UNTIL_HANDLED }],
  permissions: [
    { action: 'dynamodb:BatchWriteItem', on: { table: TABLES.summaries.name } },
    ...QUARANTINE_NEEDS.stream.permissions,
  ],
};
