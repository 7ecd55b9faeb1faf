import { PutCommand, type PutCommandOutput } from '@aws-sdk/lib-dynamodb';
import { inLanes } from '../lanes.ts';
import { isTransient } from '../resend.ts';
import type { Item, WritesItems } from '../table-writer.ts';

/** What is used of a DynamoDB document client. */
export interface PutsItem {
  send(command: PutCommand, options: { abortSignal: AbortSignal }): Promise<PutCommandOutput>;
}

/** Items of one request under way at a time. */
const ITEMS_AT_A_TIME = 4;

/** Every summary has it, no reading does. */
const NO_SUMMARY = 'attribute_not_exists(MinMagicPoints)';

/**
 * Carries out what a table writer asks for as a batch, item by item, each only where no summary is under its key:
 * a batch itself knows no conditions. What may succeed another time is left unprocessed, as in a batch; where that is all of it, the
 * error is thrown.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 *
 * @param outranked called with each item in whose place a summary stays
 */
export function keepingSummaries(client: PutsItem, outranked: (item: Item) => void): WritesItems {
  return {
    async send({ input }, { abortSignal }) {
      const left: Record<string, { PutRequest: { Item: Record<string, unknown> } }[]> = {};
      let accepted = 0;
      let trouble: unknown;
      let refusal: unknown;
      for (const [TableName, requests] of Object.entries(input.RequestItems ?? {})) {
        // Each is waited for, whatever becomes of the others: what was still under way later could overtake.
        await inLanes(requests, ITEMS_AT_A_TIME, async ({ PutRequest }) => {
          const item = PutRequest?.Item ?? {};
          const command = new PutCommand({ TableName, Item: item, ConditionExpression: NO_SUMMARY });
          try {
            await client.send(command, { abortSignal });
            accepted++;
          } catch (error) {
            if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
              outranked(item);
              accepted++;
            } else if (isTransient(error)) {
              trouble = error;
              left[TableName] ??= [];
              left[TableName].push({ PutRequest: { Item: item } });
            } else refusal = error;
          }
        });
      }
      if (refusal !== undefined) throw refusal;
      if (accepted === 0 && trouble !== undefined) throw trouble;
      return { $metadata: {}, UnprocessedItems: left };
    },
  };
}
