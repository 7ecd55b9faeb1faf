import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandOutput,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { episodeId, type Vital } from '../../telemetry/alert.ts';
import { formatStatusTime, parseStatusTime } from '../../telemetry/status-time.ts';
import { chunksOf, inLanes } from '../lanes.ts';
import { type Effort, insist, resend } from '../resend.ts';
import type { AlertState, VitalState } from './episode.ts';

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
  send(command: ScanCommand, options: { abortSignal: AbortSignal }): Promise<ScanCommandOutput>;
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
  /**
   * Looks through one page of the table for unicorns with messages that are pending.
   *
   * @param after where the page before it ended; undefined for the first
   * @returns their names, and where the page ended: undefined when it was the last
   * @throws what DynamoDB or the way there threw
   */
  findPending(after: ScanPosition | undefined, effort: Effort): Promise<PendingPage>;
}

export type ScanPosition = Readonly<Record<string, AttributeValue>>;

interface PendingPage {
  readonly names: readonly string[];
  readonly end: ScanPosition | undefined;
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
          const name = item.Name?.S;
          if (name !== undefined) states.set(name, stateOf(name, item));
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
      // No two states of a unicorn come from the same record, so that its sequence number stands for all of the state
      // but what is pending, which only ever gets fewer: who takes an older list for it tells again, and loses nothing.
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

  const findPending: AlertTable['findPending'] = (after, effort) =>
    insist(effort, async (abortSignal) => {
      const command = new ScanCommand({
        TableName: tableName,
        // Consistent, since who left something may have ended a moment ago.
        ConsistentRead: true,
        FilterExpression: 'attribute_exists(Pending)',
        ProjectionExpression: '#name',
        ExpressionAttributeNames: { '#name': 'Name' },
        ...(after === undefined ? {} : { ExclusiveStartKey: after }),
      });
      const { Items = [], LastEvaluatedKey: end } = await client.send(command, { abortSignal });
      return { names: Items.flatMap(({ Name }) => Name?.S ?? []), end };
    });

  return { read, replace, findPending };
}

/** Magic stands where it always has, beside the name; health in a map of its own. */
function itemOf(
  name: string,
  { vitals, sequenceNumber, pending }: AlertState,
): Record<string, AttributeValue> {
  return {
    Name: { S: name },
    ...(vitals.magic === undefined ? {} : attributesOf(name, 'magic', vitals.magic)),
    ...(vitals.health === undefined ? {} : { Health: { M: attributesOf(name, 'health', vitals.health) } }),
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: { S: sequenceNumber } }),
    ...(pending.length === 0 ? {} : { Pending: { L: pending.map((message) => ({ S: message })) } }),
  };
}

function attributesOf(
  name: string,
  vital: Vital,
  { state, since, statusTime }: VitalState,
): Record<string, AttributeValue> {
  return {
    State: { S: state },
    Episode: { S: episodeId(name, vital, since) },
    StatusTime: { S: statusTime },
  };
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Reads an item. One that someone else wrote may lack anything: it must not stop the shard, so that the next change mends it. */
function stateOf(name: string, item: Attributes): AlertState {
  const magic = vitalOf(name, item);
  const health = vitalOf(name, item.Health?.M ?? {});
  const { Pending } = item;
  return {
    vitals: { ...(magic === undefined ? {} : { magic }), ...(health === undefined ? {} : { health }) },
    sequenceNumber: item.SequenceNumber?.S,
    // A single message is how this was kept before there could be several.
    pending: Pending?.S === undefined ? (Pending?.L ?? []).flatMap(({ S }) => S ?? []) : [Pending.S],
  };
}

/** Undefined without a StatusTime that is one: nobody could say what is newer. */
function vitalOf(name: string, { State, Episode, StatusTime }: Attributes): VitalState | undefined {
  const instant = parseStatusTime(StatusTime?.S ?? '');
  if (instant === undefined) return undefined;
  const statusTime = formatStatusTime(instant);
  const since = parseStatusTime(
    Episode?.S?.slice(name.length + 1, name.length + 1 + statusTime.length) ?? '',
  );
  return {
    state: State?.S === 'firing' ? 'firing' : 'recovered',
    since: since === undefined ? statusTime : formatStatusTime(since),
    statusTime,
    instant,
  };
}
