import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createBatchHandler } from '../../batch-handler.ts';
import { effortOf } from '../../effort.ts';
import { createObserver } from '../../observer.ts';
import { quarantineFrom } from '../../quarantine/from-environment.ts';
import { settle } from '../../settle.ts';
import { searchFrom } from '../from-environment.ts';
import { changesIn } from './changes.ts';
import { createKeySchemas } from './key-schema.ts';
import { followTables } from './logic.ts';

const observer = createObserver('search-table');
const dynamodb = new DynamoDBClient({});
const { write } = searchFrom(process.env, () => dynamodb);
const keySchemas = createKeySchemas(dynamodb);
const quarantine = quarantineFrom(process.env, observer);

/** Does to the search index what was done to the tables, and puts what it never takes into quarantine. */
export const handler = createBatchHandler(observer, async (event: DynamoDBStreamEvent, context) => {
  const changes = changesIn(event);
  const verdicts = await followTables(changes, { write, keySchemas }, effortOf(context, 0.7));
  return settle(changes, verdicts, (refused) => quarantine(refused, effortOf(context, 0.9)));
});
