import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { parseStatusTime } from '../../telemetry/status-time.ts';
import { chunksOf, inLanes } from '../lanes.ts';
import { type Effort, insist, resend } from '../resend.ts';
import type { AlertState } from './episode.ts';

/**
 * Keys in one BatchGetItem request.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const KEYS_PER_READ = 100;

/** Requests under way at a time. */
const READS_AT_A_TIME = 4;

/** What is used of a DynamoDB client. */
export interface ReadsAndPutsItems {
  send(
    command: BatchGetItemCommand,
    options: { abortSignal: AbortSignal },
  ): Promise<BatchGetItemCommandOutput>;
  send(command: PutItemCommand, options: { abortSignal: AbortSignal }): Promise<PutItemCommandOutput>;
}

/** What could be read: a state, or undefined for a name without an item. Names that could not be read are missing. */
interface Found {
  readonly states: ReadonlyMap<string, AlertState | undefined>;
  /** Why names are missing; undefined when none is. */
  readonly error: unknown;
}

/** The table `UnicornAlerts`: one item per unicorn that ever had an episode. */
export interface AlertTable {
  /** Reads the states of names, no two the same. Never rejects. */
  read(names: readonly string[], effort: Effort): Promise<Found>;
  /**
   * Puts the next state of a unicorn, provided that the table still holds the previous one.
   *
   * @returns false if it does not: someone else moved on, or an earlier attempt whose answer was lost did
   * @throws what DynamoDB or the way there threw
   */
  replace(name: string, previous: AlertState | undefined, next: AlertState, effort: Effort): Promise<boolean>;
}

export function createAlertTable(options: {
  readonly client: ReadsAndPutsItems;
  readonly tableName: string;
}): AlertTable {
  const { client, tableName } = options;

  const read: AlertTable['read'] = async (names, effort) => {
    const states = new Map<string, AlertState | undefined>();
    let error: unknown;
    await inLanes(chunksOf(names, KEYS_PER_READ), READS_AT_A_TIME, async (chunk) => {
      const left = await resend(effort, chunk, async (some, abortSignal) => {
        const Keys = some.map((name) => ({ Name: { S: name } }));
        const command = new BatchGetItemCommand({
          // Consistent, since another environment may have written a moment ago.
          RequestItems: { [tableName]: { Keys, ConsistentRead: true } },
        });
        const { Responses = {}, UnprocessedKeys = {} } = await client.send(command, { abortSignal });
        const unread = new Set(
          Object.values(UnprocessedKeys).flatMap(({ Keys: keys = [] }) => keys.map((key) => key.Name?.S)),
        );
        for (const name of some) if (!unread.has(name)) states.set(name, undefined);
        for (const item of Object.values(Responses).flat()) {
          if (item.Name?.S !== undefined) states.set(item.Name.S, stateOf(item));
        }
        return some.filter((name) => unread.has(name));
      });
      error ??= left.error;
    });
    return { states, error };
  };

  const replace: AlertTable['replace'] = async (name, previous, next, effort) => {
    const unchanged = previous?.sequenceNumber;
    const command = new PutItemCommand({
      TableName: tableName,
      Item: itemOf(name, next),
      // No two states of a unicorn come from the same record, so that its sequence number stands for all of the state.
      ...(unchanged === undefined
        ? { ConditionExpression: 'attribute_not_exists(SequenceNumber)' }
        : {
            ConditionExpression: 'SequenceNumber = :unchanged',
            ExpressionAttributeValues: { ':unchanged': { S: unchanged } },
          }),
    });
    try {
      await insist(effort, (abortSignal) => client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };

  return { read, replace };
}

function itemOf(name: string, state: AlertState): Record<string, AttributeValue> {
  const { sequenceNumber, pending } = state;
  return {
    Name: { S: name },
    State: { S: state.state },
    Episode: { S: state.episode },
    StatusTime: { S: state.statusTime },
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: { S: sequenceNumber } }),
    ...(pending === undefined ? {} : { Pending: { S: pending } }),
  };
}

/** Reads an item. One that someone else wrote may lack anything: it must not stop the shard, so that the next transition mends it. */
function stateOf(item: Readonly<Record<string, AttributeValue>>): AlertState {
  const statusTime = item.StatusTime?.S ?? '';
  return {
    state: item.State?.S === 'firing' ? 'firing' : 'recovered',
    episode: item.Episode?.S ?? `${item.Name?.S}@${statusTime}`,
    statusTime,
    instant: parseStatusTime(statusTime) ?? Number.NEGATIVE_INFINITY,
    sequenceNumber: item.SequenceNumber?.S,
    pending: item.Pending?.S,
  };
}
