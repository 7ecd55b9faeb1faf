import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { decodeSummary } from '../../telemetry/summary-codec.ts';
import { createBatchHandler } from '../batch-handler.ts';
import { effortOf } from '../effort.ts';
import { required } from '../environment.ts';
import { createObserver } from '../observer.ts';
import { createQuarantine } from '../quarantine.ts';
import { decodeRecords } from '../records.ts';
import { settle } from '../settle.ts';
import { storeSummaries } from './logic.ts';
import { createSummaryTable } from './summary-table.ts';

const observer = createObserver('stream-processor');
const write = createSummaryTable({
  client: new DynamoDBClient({}),
  tableName: required(process.env, 'TABLE_NAME'),
});
const quarantine = createQuarantine({
  client: new KinesisClient({}),
  streamName: required(process.env, 'QUARANTINE_STREAM'),
});

/** Writes the summaries of a batch to the table, and puts what is none into quarantine. */
export const handler = createBatchHandler(observer, async (event, context) => {
  const records = decodeRecords(event, decodeSummary);
  const verdicts = await storeSummaries(records, write, effortOf(context, 0.7));
  return settle(records, verdicts, (refused) => quarantine(refused, effortOf(context, 0.9)));
});
