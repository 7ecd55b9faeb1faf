import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { effortOf } from '../effort.ts';
import { createObserver } from '../observer.ts';
import { describeError } from '../resend.ts';
import { createTableWriter, documentsOf } from '../table-writer.ts';
import { transform } from './logic.ts';
import { readSettings } from './settings.ts';

const observer = createObserver('archive');
const { events, table, logEvents } = readSettings(process.env);
const write =
  table &&
  createTableWriter({
    client: documentsOf(new DynamoDBClient({})),
    tableName: table.name,
    keyOf: table.keyOf,
  });

/** Transforms a batch of records for Firehose. */
export async function handler(
  event: FirehoseTransformationEvent,
  context: Context,
): Promise<FirehoseTransformationResult> {
  observer.begin(context);
  try {
    const answer = await transform(event, { events, write, observer }, effortOf(context, 0.9));
    if (logEvents) {
      for (const { data } of event.records) console.log(Buffer.from(data, 'base64').toString());
      console.log(JSON.stringify(answer));
    }
    return answer;
  } catch (error) {
    observer.error('the batch failed as a whole', { reason: describeError(error) });
    throw error;
  } finally {
    observer.end();
  }
}
