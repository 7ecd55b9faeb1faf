import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import type { KinesisStreamEvent } from 'aws-lambda';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import { createBatchHandler } from '../batch-handler.ts';
import { effortOf } from '../effort.ts';
import { required } from '../environment.ts';
import { createObserver } from '../observer.ts';
import { decodeRecords } from '../records.ts';
import { settle } from '../settle.ts';
import { createAlertTable } from './alert-table.ts';
import { followMagic } from './logic.ts';
import { createMemory } from './memory.ts';
import { createOutbox } from './outbox.ts';
import { alertRules } from './rules.ts';
import { createTopic } from './topic.ts';

/** Unicorns that a warm environment knows: some 20 MB. */
const MOST_REMEMBERED = 100_000;

/** Unicorns that it remembers to have alerts pending: some 1 MB. */
const MOST_WAITING = 10_000;

const observer = createObserver('alert');
const table = createAlertTable({
  client: new DynamoDBClient({}),
  tableName: required(process.env, 'ALERTS_TABLE'),
});
const publish = createTopic({ client: new SNSClient({}), topicArn: required(process.env, 'TOPIC_ARN') });
const memory = createMemory(MOST_REMEMBERED);
const outbox = createOutbox({
  table,
  publish,
  memory,
  observer,
  now: () => performance.now(),
  most: MOST_WAITING,
});
const rules = alertRules(process.env);

/** Publishes an alert when a vital of a unicorn runs low, now and then while it is, and when it has recovered. */
export const handler = createBatchHandler(observer, async (event: KinesisStreamEvent, context) => {
  const records = decodeRecords(event, decodeReading);
  const options = { table, outbox, memory, observer, rules };
  const verdicts = await followMagic(records, options, effortOf(context, 0.9));
  return settle(records, verdicts);
});
