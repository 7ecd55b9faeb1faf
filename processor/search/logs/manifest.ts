import { BUCKETS, FUNCTIONS } from '../../../telemetry/topology.ts';
import type { FunctionManifest } from '../../manifest.ts';
import { QUARANTINE_NEEDS } from '../../quarantine/needs.ts';
import { SEARCH_ENVIRONMENT, SEARCH_PERMISSIONS } from '../needs.ts';
import { ACCESS_LOGS_INDEX } from '../templates.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.logIndexer,
  description: 'Puts the lines of access logs into the search index',
  part: 'search',
  entry: 'processor/search/logs/handler',
  timeout: 300,
  memorySize: 256,
  environment: {
    ...SEARCH_ENVIRONMENT,
    OPENSEARCH_INDEX: `\${index:${ACCESS_LOGS_INDEX}}`,
    ...QUARANTINE_NEEDS.bucket.environment,
  },
  triggers: ['.log', '.log.gz'].map((suffix) => ({
    on: 'objects',
    bucket: BUCKETS.uploads,
    prefix: '',
    suffix,
  })),
  permissions: [
    { action: 's3:GetObject', on: { bucket: BUCKETS.uploads } },
    // Without it, S3 calls an object that is gone forbidden.
    { action: 's3:ListBucket', on: { bucket: BUCKETS.uploads } },
    ...SEARCH_PERMISSIONS,
    // What an earlier object under the same key left is looked for, and deleted.
    ...['_refresh', '_delete_by_query'].map((operation) => ({
      action: 'es:ESHttpPost',
      on: { search: [`\${prefix}${ACCESS_LOGS_INDEX}/${operation}`] },
    })),
    ...QUARANTINE_NEEDS.bucket.permissions,
  ],
};
