import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable } from '../fixture.ts';

/** Random work on a table, and what its stream tells of it. Nothing here knows how either is kept. */

const fixture = new DynamoDBFixture();
const folders: string[] = [];
afterEach(async () => {
  await fixture.closeAll();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Attributes = Record<string, AttributeValue>;

const TableName = 'Rides';

const key = fc.record({
  Name: fc.constantFrom('Rocinante', '🦄').map((S) => ({ S })),
  step: fc.constantFrom('1', '-2').map((N) => ({ N })),
});
const value = fc.oneof(
  fc.constantFrom('', 'a', 'b').map((S): AttributeValue => ({ S })),
  fc.constantFrom('1', '1.0', '2').map((N): AttributeValue => ({ N })),
  fc.constantFrom<string[]>(['x', 'y'], ['y', 'x'], ['x']).map((SS): AttributeValue => ({ SS })),
  fc
    .array(fc.constantFrom({ NULL: true as const }, { BOOL: false }), { maxLength: 2 })
    .map((L): AttributeValue => ({ L })),
  fc
    .dictionary(
      fc.constantFrom('p', 'q'),
      fc.constantFrom('1', '2').map((N) => ({ N })),
    )
    .map((M): AttributeValue => ({ M })),
);
const attributes = fc.dictionary(fc.constantFrom('color', 'tags', 'n'), value, { maxKeys: 2 });

const command = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, attributes }),
  fc.record({ kind: fc.constant('put if absent' as const), key, attributes }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('set' as const), key, value }),
  fc.record({ kind: fc.constant('add' as const), key }),
  fc.record({ kind: fc.constant('remove' as const), key }),
  fc.record({
    kind: fc.constant('batch' as const),
    writes: fc.uniqueArray(fc.record({ key, attributes: fc.option(attributes) }), {
      minLength: 1,
      maxLength: 4,
      selector: (write) => JSON.stringify(write.key),
    }),
  }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** Sends a command; what the service refuses (a condition, another type) is all right. */
async function send(client: DynamoDBClient, given: Command): Promise<void> {
  const update = (Key: Attributes, UpdateExpression: string, values?: Attributes) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression,
        ...(values && { ExpressionAttributeValues: values }),
      }),
    );
  const sent = (): Promise<unknown> => {
    switch (given.kind) {
      case 'put':
        return client.send(new PutItemCommand({ TableName, Item: { ...given.attributes, ...given.key } }));
      case 'put if absent':
        return client.send(
          new PutItemCommand({
            TableName,
            Item: { ...given.attributes, ...given.key },
            ConditionExpression: 'attribute_not_exists(step)',
          }),
        );
      case 'delete':
        return client.send(new DeleteItemCommand({ TableName, Key: given.key }));
      case 'set':
        return update(given.key, 'SET color = :value', { ':value': given.value });
      case 'add':
        return update(given.key, 'ADD n :one', { ':one': { N: '1' } });
      case 'remove':
        return update(given.key, 'REMOVE tags, n');
      case 'batch': {
        const writes = given.writes.map(({ key: Key, attributes: more }) =>
          more === null ? { DeleteRequest: { Key } } : { PutRequest: { Item: { ...more, ...Key } } },
        );
        return client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } }));
      }
    }
  };
  await sent().catch((error: Error) => {
    expect(error.name).toMatch(/^(ConditionalCheckFailedException|ValidationException)$/);
  });
}

/** One form for what says the same: names and members of sets in order. */
function canonical(said: unknown): unknown {
  if (typeof said !== 'object' || said === null) return said;
  if (Array.isArray(said)) return said.map(canonical);
  return Object.fromEntries(
    Object.entries(said)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, name === 'SS' ? [...(each as string[])].sort() : canonical(each)]),
  );
}

const textOf = (said: unknown) => JSON.stringify(canonical(said));

/** The table that a stream's records make, each checked against what came before it. */
function replay(records: readonly StreamRecord[]): Map<string, string> {
  const table = new Map<string, string>();
  const numbers = records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? ''));
  expect(numbers.every((number, i) => i === 0 || number > numbers[i - 1]!)).toBe(true);
  for (const { eventName, dynamodb } of records) {
    const item = textOf(dynamodb?.Keys);
    const before = table.get(item);
    expect(dynamodb?.OldImage && textOf(dynamodb.OldImage)).toBe(before);
    const after = dynamodb?.NewImage && textOf(dynamodb.NewImage);
    expect(after).not.toBe(before);
    expect(eventName).toBe(before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY');
    if (after === undefined) table.delete(item);
    else table.set(item, after);
  }
  return table;
}

it('makes the table anew when it is replayed, whatever was done, one after the other or at once', async () => {
  const run = async (commands: readonly Command[], atOnce: number, tailBytes: number) => {
    // On disk, so that writes wait for one another and go together.
    const folder = mkdtempSync(join(tmpdir(), 'wildrydes-dynamodb-'));
    folders.push(folder);
    const { client, reader } = await fixture.open({ folder, tailBytes });
    await client.send(ridesTable('NEW_AND_OLD_IMAGES'));
    for (let i = 0; i < commands.length; i += atOnce) {
      await Promise.all(commands.slice(i, i + atOnce).map((each) => send(client, each)));
    }
    const replayed = replay(await reader.all());
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    const table = new Map(Items.map((item) => [textOf({ Name: item.Name, step: item.step }), textOf(item)]));
    expect(replayed).toEqual(table);
    await fixture.closeAll();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0, 4_000_000),
      run,
    ),
    { numRuns: 15 },
  );
});
