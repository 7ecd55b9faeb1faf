import { BUCKETS, FUNCTIONS, TABLES } from '../../telemetry/topology.ts';
import type { FunctionManifest } from '../manifest.ts';
import { QUARANTINE_NEEDS } from '../quarantine/needs.ts';

/**
 * What uploads are told by: their names, which say nothing of whether they are plain or gzip. No suffix ends with
 * another, since S3 forbids two rules for one object. Logs (.log, .log.gz) in the same bucket are another function's.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
const SUFFIXES = ['.ndjson', '.ndjson.gz', '.jsonl', '.jsonl.gz', '.json', '.json.gz'] as const;

export const manifest: FunctionManifest = {
  functionName: FUNCTIONS.fileLoader,
  description: 'Loads uploaded files of readings or summaries into the table',
  part: 'files',
  entry: 'processor/files/handler',
  timeout: 900,
  memorySize: 512,
  environment: {
    TABLE_NAME: `\${table-name:${TABLES.summaries.name}}`,
    ...QUARANTINE_NEEDS.bucket.environment,
  },
  triggers: SUFFIXES.map((suffix) => ({ on: 'objects', bucket: BUCKETS.uploads, prefix: '', suffix })),
  permissions: [
    { action: 's3:GetObject', on: { bucket: BUCKETS.uploads } },
    { action: 's3:GetObjectVersion', on: { bucket: BUCKETS.uploads } },
    // Without it S3 answers 403 for an object that is gone, and not 404. It is a permission on the bucket itself.
    { action: 's3:ListBucket', on: { bucket: BUCKETS.uploads } },
    { action: 'dynamodb:BatchWriteItem', on: { table: TABLES.summaries.name } },
    { action: 'dynamodb:PutItem', on: { table: TABLES.summaries.name } },
    ...QUARANTINE_NEEDS.bucket.permissions,
  ],
};
