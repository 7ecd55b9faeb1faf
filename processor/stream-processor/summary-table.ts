import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Summary } from '../../telemetry/summary.ts';
import { chunksOf, inLanes } from '../lanes.ts';
import { describeError, type Effort, resend } from '../resend.ts';
import { HANDLED, type Verdict } from '../settle.ts';

/**
 * Items in one BatchWriteItem request.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
const ITEMS_PER_WRITE = 25;

/** Requests under way at a time: one batch of the trigger is four of them. */
const WRITES_AT_A_TIME = 4;

/** What is used of a DynamoDB client. */
export interface WritesItems {
  send(
    command: BatchWriteItemCommand,
    options: { abortSignal: AbortSignal },
  ): Promise<BatchWriteItemCommandOutput>;
}

/** Writes summaries, no two of the same key, and tells of each what became of it. Never rejects. */
export type WriteSummaries = (summaries: readonly Summary[], effort: Effort) => Promise<Verdict[]>;

/**
 * The table `UnicornSensorData`, as its writer sees it. Writing an item again puts the same under the same key.
 *
 * An item that the table refuses for what it holds is told from its neighbours by writing each of them alone. A table
 * that refuses items for its own keys is a mistake of deployment: the records wait, failed, until it is mended.
 */
export function createSummaryTable(options: {
  readonly client: WritesItems;
  readonly tableName: string;
}): WriteSummaries {
  const { client, tableName } = options;

  const put = async (summaries: readonly Summary[], abortSignal: AbortSignal): Promise<Summary[]> => {
    const puts = summaries.map((summary) => ({ PutRequest: { Item: itemOf(summary) } }));
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } });
    const { UnprocessedItems = {} } = await client.send(command, { abortSignal });
    const unprocessed = new Set<string>();
    for (const { PutRequest } of Object.values(UnprocessedItems).flat()) {
      unprocessed.add(`${PutRequest?.Item?.StatusTime?.S}${PutRequest?.Item?.Name?.S}`);
    }
    return summaries.filter((summary) => unprocessed.has(keyOf(summary)));
  };

  const writeChunk = async (chunk: readonly Summary[], effort: Effort): Promise<Verdict[]> => {
    const { items: left, error } = await resend(effort, chunk, put);
    if (left.length === 0) return chunk.map(() => HANDLED);
    if (!refusesAnItem(error)) {
      const verdict: Verdict = { outcome: 'failed', reason: `not written: ${describeError(error)}` };
      return chunk.map((summary) => (left.includes(summary) ? verdict : HANDLED));
    }
    if (chunk.length === 1)
      return [{ outcome: 'refused', reason: `the table refused it: ${describeError(error)}` }];
    const verdicts: Verdict[] = [];
    for (const summary of chunk) {
      verdicts.push(left.includes(summary) ? (await writeChunk([summary], effort))[0]! : HANDLED);
    }
    return verdicts;
  };

  return async (summaries, effort) => {
    const chunks = chunksOf(summaries, ITEMS_PER_WRITE);
    return (await inLanes(chunks, WRITES_AT_A_TIME, (chunk) => writeChunk(chunk, effort))).flat();
  };
}

/** Identifies an item: StatusTime has a fixed length, so that no two keys read the same. */
export function keyOf(summary: Pick<Summary, 'Name' | 'StatusTime'>): string {
  return summary.StatusTime + summary.Name;
}

function itemOf(summary: Summary): Record<string, AttributeValue> {
  return {
    Name: { S: summary.Name },
    StatusTime: { S: summary.StatusTime },
    // The shortest decimal that reads back as the same number is the decimal that the summary was written with.
    Distance: { N: String(summary.Distance) },
    MinMagicPoints: { N: String(summary.MinMagicPoints) },
    MaxMagicPoints: { N: String(summary.MaxMagicPoints) },
    MinHealthPoints: { N: String(summary.MinHealthPoints) },
    MaxHealthPoints: { N: String(summary.MaxHealthPoints) },
    Readings: { N: String(summary.Readings) },
  };
}

/** What DynamoDB says when a table has other keys than the items, or there can be no table of that name. */
const TABLES_FAULT = /key element does not match|missing the key|type mismatch for key|tablename|table name/i;

function refusesAnItem(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && !TABLES_FAULT.test(error.message);
}
