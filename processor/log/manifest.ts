import { FUNCTIONS } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';

/** Nothing calls it until somebody maps a stream to it: what it prints is for whoever wants to look into one. */
export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.eventLogger,
  description: "Prints each record's decoded text",
  part: 'by-hand',
  entry: 'processor/log/handler',
  timeout: 30,
  memorySize: 128,
  environment: {},
  triggers: [],
  permissions: [],
};
