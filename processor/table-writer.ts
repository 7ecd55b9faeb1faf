import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  DynamoDBDocumentClient,
  NumberValue,
} from '@aws-sdk/lib-dynamodb';
import { attributeFault } from './attributes.ts';
import { chunksWithin, inLanes } from './lanes.ts';
import { describeError, type Effort, resend } from './resend.ts';
import { HANDLED, type Verdict } from './settle.ts';

/**
 * What one BatchWriteItem request takes.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
const REQUEST = {
  items: 25,
  /** 16 MB, with what surrounds the items left to spare. */
  bytes: 15 * 1024 * 1024,
} as const;

/** Requests under way at a time: a batch of 100 is four of them. */
const WRITES_AT_A_TIME = 4;

/** Attributes as values of JavaScript; a number beyond its precision is a NumberValue of lib-dynamodb. */
export type Item = Readonly<Record<string, unknown>>;

/** An item to be put in place of whatever is under its key. */
export interface Put {
  readonly item: Item;
  /** What it takes in a request, or more: the JSON text that it came from will do. */
  readonly bytes: number;
}

/** What is used of a DynamoDB document client. */
export interface WritesItems {
  send(command: BatchWriteCommand, options: { abortSignal: AbortSignal }): Promise<BatchWriteCommandOutput>;
}

/** Writes items, and tells of each what became of it, in the order in which they were given. Never rejects. */
export type WriteItems = (puts: readonly Put[], effort: Effort) => Promise<Verdict[]>;

/**
 * A document client for a writer. Numbers that come back, with what was left unprocessed, are NumberValues: not every
 * one that the table takes is a number of JavaScript. Those that go there are, too, since lib-dynamodb takes a fifth of
 * the time of a whole request to look at plain ones.
 */
export function documentsOf(client: DynamoDBClient): WritesItems {
  const documents = DynamoDBDocumentClient.from(client, { unmarshallOptions: { wrapNumbers: true } });
  return {
    send({ input }, options) {
      const tables = Object.entries(input.RequestItems ?? {}).map(([table, requests]) => [
        table,
        requests.map(({ PutRequest }) => ({ PutRequest: { Item: wrapped(PutRequest?.Item ?? {}) } })),
      ]);
      const command = new BatchWriteCommand({ ...input, RequestItems: Object.fromEntries(tables) });
      return documents.send(command, options);
    },
  };
}

/** An item with its numbers, but not those within lists and maps, as NumberValues. */
function wrapped(item: Item): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name in item) {
    const value = item[name];
    attributes[name] = typeof value === 'number' ? NumberValue.from(String(value)) : value;
  }
  return attributes;
}

/** Puts under one key, by their places among those given. Only the last of them is written. */
interface SameKey {
  readonly places: number[];
}

/**
 * A table, as its writer sees it. Writing an item again puts the same under the same key.
 *
 * Of several items under one key the last stands, and the others settle as it does, unseen by the table: one request
 * must not hold a key twice. An item that the table refuses for what it holds is told from its neighbours by writing each of them alone,
 * and then stands for no other: the one before it under its key is written in its place, as if they had come apart.
 * A table that refuses items for its own keys is a mistake of deployment: the records wait, failed, until it is mended.
 *
 * @param keyOf tells items apart as the table does; of what comes back from the table a number is a NumberValue
 */
export function createTableWriter(options: {
  readonly client: WritesItems;
  readonly tableName: string;
  readonly keyOf: (item: Item) => string;
}): WriteItems {
  const { client, tableName, keyOf } = options;

  const send = async (puts: readonly Put[], abortSignal: AbortSignal): Promise<Put[]> => {
    const requests = puts.map(({ item }) => ({ PutRequest: { Item: item } }));
    const command = new BatchWriteCommand({ RequestItems: { [tableName]: requests } });
    const { UnprocessedItems = {} } = await client.send(command, { abortSignal });
    const unprocessed = new Set<string>();
    for (const { PutRequest } of Object.values(UnprocessedItems).flat()) {
      if (PutRequest?.Item !== undefined) unprocessed.add(keyOf(PutRequest.Item));
    }
    if (unprocessed.size === 0) return [];
    const left = puts.filter(({ item }) => unprocessed.has(keyOf(item)));
    // Which of them it is that was not written, nobody knows then.
    if (left.length < unprocessed.size) throw new Error('an item came back that was not sent');
    return left;
  };

  const writeChunk = async (chunk: readonly Put[], effort: Effort): Promise<Verdict[]> => {
    const { items: left, error } = await resend(effort, chunk, send);
    if (left.length === 0) return chunk.map(() => HANDLED);
    if (!refusesAnItem(error)) {
      const verdict: Verdict = { outcome: 'failed', reason: `not written: ${describeError(error)}` };
      return chunk.map((put) => (left.includes(put) ? verdict : HANDLED));
    }
    if (chunk.length === 1)
      return [{ outcome: 'refused', reason: `the table refused it: ${describeError(error)}` }];
    const verdicts: Verdict[] = [];
    for (const put of chunk) {
      verdicts.push(left.includes(put) ? (await writeChunk([put], effort))[0]! : HANDLED);
    }
    return verdicts;
  };

  const writeAll = async (puts: readonly Put[], effort: Effort): Promise<Verdict[]> =>
    (
      await inLanes(chunksWithin(puts, REQUEST), WRITES_AT_A_TIME, (chunk) => writeChunk(chunk, effort))
    ).flat();

  return async (puts, effort) => {
    const verdicts = new Array<Verdict>(puts.length);
    const keys = new Map<string, SameKey>();
    for (const [place, { item }] of puts.entries()) {
      const fault = attributeFault(item);
      if (fault !== undefined) {
        verdicts[place] = { outcome: 'refused', reason: `no table can hold it: ${fault}` };
        continue;
      }
      const key = keyOf(item);
      const same = keys.get(key);
      if (same === undefined) keys.set(key, { places: [place] });
      else same.places.push(place);
    }

    let waiting = [...keys.values()];
    while (waiting.length > 0) {
      const written = await writeAll(
        waiting.map(({ places }) => puts[places.at(-1)!]!),
        effort,
      );
      const next: SameKey[] = [];
      for (const [at, same] of waiting.entries()) {
        const verdict = written[at]!;
        if (verdict.outcome === 'refused') {
          verdicts[same.places.pop()!] = verdict;
          if (same.places.length > 0) next.push(same);
        } else {
          for (const place of same.places) verdicts[place] = verdict;
        }
      }
      waiting = next;
    }
    return verdicts;
  };
}

/** What DynamoDB says when a table has other keys than the items, or there can be no table of that name. */
const TABLES_FAULT = /key element does not match|missing the key|type mismatch for key|tablename|table name/i;

/** A request that is too large for what its items take on the way is like one with an item that is. */
function refusesAnItem(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === 413) return true;
  return error.name === 'ValidationException' && !TABLES_FAULT.test(error.message);
}
