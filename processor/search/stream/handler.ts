import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { KinesisStreamEvent } from 'aws-lambda';
import { createBatchHandler } from '../../batch-handler.ts';
import { effortOf } from '../../effort.ts';
import { createObserver } from '../../observer.ts';
import { quarantineFrom } from '../../quarantine/from-environment.ts';
import { decodeRecords } from '../../records.ts';
import { settle } from '../../settle.ts';
import { searchFrom } from '../from-environment.ts';
import { documentDecoder } from './documents.ts';
import { indexRecords } from './logic.ts';

const observer = createObserver('search-stream');
const { write } = searchFrom(process.env, () => new KinesisClient({}));
const decode = documentDecoder(process.env.OPENSEARCH_ID || undefined);
const index = process.env.OPENSEARCH_INDEX || undefined;
const quarantine = quarantineFrom(process.env, observer);

/** Puts the records of a batch into the search index, and what is no document into quarantine. */
export const handler = createBatchHandler(observer, async (event: KinesisStreamEvent, context) => {
  const records = decodeRecords(event, decode);
  const verdicts = await indexRecords(records, { write, index }, effortOf(context, 0.7));
  return settle(records, verdicts, (refused) => quarantine(refused, effortOf(context, 0.9)));
});
