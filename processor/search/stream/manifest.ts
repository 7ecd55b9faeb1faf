import { FUNCTIONS, STREAMS } from '../../../telemetry/topology.ts';
import { type FunctionManifest, UNTIL_HANDLED } from '../../manifest.ts';
import { QUARANTINE_NEEDS } from '../../quarantine/needs.ts';
import { SEARCH_ENVIRONMENT, SEARCH_PERMISSIONS } from '../needs.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.streamIndexer,
  description: 'Puts every reading into the search index',
  part: 'search',
  entry: 'processor/search/stream/handler',
  timeout: 60,
  memorySize: 256,
  environment: { ...SEARCH_ENVIRONMENT, ...QUARANTINE_NEEDS.bucket.environment },
  triggers: [{ on: 'stream', stream: STREAMS.readings, batchSize: 500, ...UNTIL_HANDLED }],
  permissions: [...SEARCH_PERMISSIONS, ...QUARANTINE_NEEDS.bucket.permissions],
};
