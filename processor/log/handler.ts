import type { KinesisStreamEvent } from 'aws-lambda';
import { createBatchHandler } from '../batch-handler.ts';
import { createObserver } from '../observer.ts';
import { decodeRecords } from '../records.ts';
import { settle } from '../settle.ts';
import { decodeText, logRecords } from './logic.ts';

const observer = createObserver('log');

/** Prints each record of a batch. */
export const handler = createBatchHandler(observer, async (event: KinesisStreamEvent) => {
  const records = decodeRecords(event, decodeText);
  return settle(records, logRecords(records, observer));
});
