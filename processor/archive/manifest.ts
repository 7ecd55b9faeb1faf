import { DELIVERY_STREAMS, FUNCTIONS } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.archiver,
  description: 'Checks and dates the readings that Firehose puts into the archive',
  part: 'archive',
  entry: 'processor/archive/handler',
  timeout: 60,
  memorySize: 256,
  environment: { EVENTS: 'readings' },
  triggers: [{ on: 'delivery', deliveryStream: DELIVERY_STREAMS.archive }],
  permissions: [],
};
