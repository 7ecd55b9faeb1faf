import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { effortOf } from '../effort.ts';
import { required } from '../environment.ts';
import { createBucketLines, createLoggedLines } from '../objects/line-quarantine.ts';
import { readUploads } from '../objects/upload.ts';
import { createObserver } from '../observer.ts';
import { describeError } from '../resend.ts';
import { createLineWriter } from './line-writer.ts';
import { loadUploads } from './logic.ts';

const observer = createObserver('files');
const client = new S3Client({});
const write = createLineWriter({
  client: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  tableName: required(process.env, 'TABLE_NAME'),
});
const { QUARANTINE_BUCKET: bucket } = process.env;
const quarantine = bucket
  ? createBucketLines({ client, bucket, functionName: required(process.env, 'AWS_LAMBDA_FUNCTION_NAME') })
  : createLoggedLines(observer);

/** Loads the files that an S3 event tells of into the table. What it throws has Lambda send the event again. */
export async function handler(event: unknown, context: Context): Promise<void> {
  observer.begin(context);
  try {
    const now = () => performance.now();
    await loadUploads(
      readUploads(event),
      { client, write, quarantine, quarantineBucket: bucket, observer, now },
      effortOf(context, 0.95),
    );
  } catch (error) {
    observer.error('files are not loaded', { reason: describeError(error) });
    throw error;
  } finally {
    observer.end();
  }
}
