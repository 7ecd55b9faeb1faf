import { BUCKETS, STREAMS } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';
import { QUARANTINE_PREFIX } from './quarantine.ts';

/**
 * What the manifest of a function adds for a quarantine that keeps records: the place's name in the environment, and
 * the one permission to write there. A function that adds neither tells of refused records in its log.
 */
export const QUARANTINE_NEEDS = {
  stream: {
    environment: { QUARANTINE_STREAM: `\${stream-name:${STREAMS.quarantine}}` },
    permissions: [{ action: 'kinesis:PutRecords', on: { stream: STREAMS.quarantine } }],
  },
  bucket: {
    environment: { QUARANTINE_BUCKET: `\${bucket:${BUCKETS.quarantine}}` },
    permissions: [{ action: 's3:PutObject', on: { bucket: BUCKETS.quarantine, prefix: QUARANTINE_PREFIX } }],
  },
} as const satisfies Record<string, Pick<FunctionManifest, 'environment' | 'permissions'>>;
