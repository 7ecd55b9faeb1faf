import { BUCKETS, FUNCTIONS } from '../../../telemetry/topology.ts';
import type { FunctionManifest } from '../../manifest.ts';
import { QUARANTINE_NEEDS } from '../../quarantine/needs.ts';
import { SEARCH_ENVIRONMENT, SEARCH_PERMISSIONS } from '../needs.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.logIndexer,
  description: 'Puts the lines of access logs into the search index',
  part: 'search',
  entry: 'processor/search/logs/handler',
  timeout: 300,
  memorySize: 256,
  environment: { ...SEARCH_ENVIRONMENT, ...QUARANTINE_NEEDS.bucket.environment },
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
    ...QUARANTINE_NEEDS.bucket.permissions,
  ],
};
