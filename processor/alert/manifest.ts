import { FUNCTIONS, STREAMS, TABLES, TOPICS } from '../../telemetry/topology.ts';
import { type FunctionManifest, UNTIL_HANDLED } from '../manifest.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.lowMagicAlert,
  description: 'Tells operations when a unicorn runs low on magic, while it is, and when it has recovered',
  part: 'pipeline',
  entry: 'processor/alert/handler',
  timeout: 30,
  memorySize: 256,
  environment: {
    ALERTS_TABLE: `\${table-name:${TABLES.alerts.name}}`,
    TOPIC_ARN: `\${topic:${TOPICS.alerts}}`,
  },
  // A fleet's readings of one second fit into few invocations; a single unicorn's come alone, without delay.
  triggers: [{ on: 'stream', stream: STREAMS.readings, batchSize: 1_000, ...UNTIL_HANDLED }],
  permissions: [
    { action: 'dynamodb:BatchGetItem', on: { table: TABLES.alerts.name } },
    { action: 'dynamodb:PutItem', on: { table: TABLES.alerts.name } },
    // What an environment left pending that is no more has no other way to be found.
    { action: 'dynamodb:Scan', on: { table: TABLES.alerts.name } },
    { action: 'sns:Publish', on: { topic: TOPICS.alerts } },
  ],
};
