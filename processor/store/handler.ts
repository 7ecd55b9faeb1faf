import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisStreamEvent } from 'aws-lambda';
import { decodeSummary } from '../../telemetry/summary-codec.ts';
import { createBatchHandler } from '../batch-handler.ts';
import { effortOf } from '../effort.ts';
import { required } from '../environment.ts';
import { createObserver } from '../observer.ts';
import { quarantineFrom } from '../quarantine/from-environment.ts';
import { decodeRecords } from '../records.ts';
import { settle } from '../settle.ts';
import { createTableWriter, documentsOf } from '../table-writer.ts';
import { storeSummaries, summaryKey } from './logic.ts';

const observer = createObserver('store');
const write = createTableWriter({
  client: documentsOf(new DynamoDBClient({})),
  tableName: required(process.env, 'TABLE_NAME'),
  keyOf: summaryKey,
});
const quarantine = quarantineFrom(process.env, observer);

/** Writes the summaries of a batch to the table, and puts what is none into quarantine. */
export const handler = createBatchHandler(observer, async (event: KinesisStreamEvent, context) => {
  const records = decodeRecords(event, decodeSummary);
  const verdicts = await storeSummaries(records, write, effortOf(context, 0.7));
  return settle(records, verdicts, (refused) => quarantine(refused, effortOf(context, 0.9)));
});
