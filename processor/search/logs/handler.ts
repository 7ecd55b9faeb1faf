import { S3Client } from '@aws-sdk/client-s3';
import type { Context, S3Event } from 'aws-lambda';
import { effortOf } from '../../effort.ts';
import { required } from '../../environment.ts';
import { createBucketLines, createLoggedLines } from '../../objects/line-quarantine.ts';
import { createObserver } from '../../observer.ts';
import { describeError } from '../../resend.ts';
import { searchFrom } from '../from-environment.ts';
import { ACCESS_LOGS_INDEX } from '../templates.ts';
import { indexObject, type LogIndexOptions } from './logic.ts';
import { createLogStore, objectsIn } from './objects.ts';

const observer = createObserver('search-logs');
const s3 = new S3Client({});
const search = searchFrom(process.env, () => s3);
const bucket = process.env.QUARANTINE_BUCKET;
const options: LogIndexOptions = {
  ...search,
  store: createLogStore(s3),
  quarantine: bucket
    ? createBucketLines({
        client: s3,
        bucket,
        functionName: required(process.env, 'AWS_LAMBDA_FUNCTION_NAME'),
      })
    : createLoggedLines(observer),
  index: process.env.OPENSEARCH_INDEX || ACCESS_LOGS_INDEX,
};

/** Puts the lines of access logs into the search index. What it throws makes Lambda invoke it again with the event. */
export const handler = async (event: S3Event, context: Context): Promise<void> => {
  observer.begin(context);
  try {
    for (const object of objectsIn(event)) {
      const { key } = object;
      const indexed = await indexObject(object, options, effortOf(context, 0.9));
      if (indexed === undefined) {
        observer.info('the object is gone', { bucket: object.bucket, key });
        continue;
      }
      observer.info('indexed a log', { bucket: object.bucket, key, ...indexed });
      observer.count('Lines', indexed.lines);
      observer.count('Quarantined', indexed.quarantined);
    }
  } catch (error) {
    observer.error('the event failed', { reason: describeError(error) });
    throw error;
  } finally {
    observer.end();
  }
};
