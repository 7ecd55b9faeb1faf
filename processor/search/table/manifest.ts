import { FUNCTIONS, TABLES } from '../../../telemetry/topology.ts';
import { type FunctionManifest, UNTIL_HANDLED } from '../../manifest.ts';
import { QUARANTINE_NEEDS } from '../../quarantine/needs.ts';
import { SEARCH_ENVIRONMENT, SEARCH_PERMISSIONS } from '../needs.ts';
import { TABLE_TEMPLATE } from '../templates.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.tableIndexer,
  description: 'Keeps the search index in step with the table',
  part: 'search',
  entry: 'processor/search/table/handler',
  timeout: 60,
  memorySize: 256,
  environment: { ...SEARCH_ENVIRONMENT, ...QUARANTINE_NEEDS.bucket.environment },
  // Another table is another trigger, and another permission to describe it.
  triggers: [{ on: 'table', table: TABLES.summaries.name, batchSize: 100, ...UNTIL_HANDLED }],
  permissions: [
    { action: 'dynamodb:DescribeTable', on: { table: TABLES.summaries.name } },
    ...SEARCH_PERMISSIONS,
    { action: 'es:ESHttpPut', on: { search: [`_index_template/${TABLE_TEMPLATE}\${prefix}*`] } },
    ...QUARANTINE_NEEDS.bucket.permissions,
  ],
};
