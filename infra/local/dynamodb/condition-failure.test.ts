import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test } from 'vitest';
import { DynamoDBFixture, ridesTable } from './fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

const KEY = { Name: { S: 'Rocinante' }, step: { N: '1' } };
const ITEM = { ...KEY, Distance: { N: '30.5' } };
const CONDITION = { TableName: 'Rides', ConditionExpression: 'Distance > :d' };
const VALUES = { ExpressionAttributeValues: { ':d': { N: '31' } } };
const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

async function table() {
  const { client } = await fixture.open();
  await client.send(ridesTable());
  await client.send(new PutItemCommand({ TableName: 'Rides', Item: ITEM }));
  const failureOf = (sent: Promise<unknown>): Promise<ConditionalCheckFailedException> =>
    sent.then(
      () => expect.fail('it succeeded'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ConditionalCheckFailedException);
        return error as ConditionalCheckFailedException;
      },
    );
  return { client, failureOf };
}

test('a write whose condition fails answers the item that it met, if asked to', async () => {
  const { client, failureOf } = await table();
  const write = { ...CONDITION, ...VALUES, ...ALL_OLD };
  const put = await failureOf(client.send(new PutItemCommand({ ...write, Item: KEY })));
  const deletion = await failureOf(client.send(new DeleteItemCommand({ ...write, Key: KEY })));
  const update = await failureOf(
    client.send(new UpdateItemCommand({ ...write, Key: KEY, UpdateExpression: 'REMOVE Distance' })),
  );
  for (const { Item, message } of [put, deletion, update]) {
    expect({ Item, message }).toEqual({ Item: ITEM, message: 'The conditional request failed' });
  }
});

test('no item without being asked, nor when there is none', async () => {
  const { client, failureOf } = await table();
  const write = { ...CONDITION, ...VALUES };
  for (const more of [{}, { ReturnValuesOnConditionCheckFailure: 'NONE' } as const]) {
    const { Item } = await failureOf(client.send(new PutItemCommand({ ...write, ...more, Item: KEY })));
    expect(Item).toBeUndefined();
  }
  const Key = { ...KEY, step: { N: '2' } };
  const { Item } = await failureOf(client.send(new DeleteItemCommand({ ...write, ...ALL_OLD, Key })));
  expect(Item).toBeUndefined();
});

test('a condition that holds is as ever, and another value is refused', async () => {
  const { client } = await table();
  const write = { ...CONDITION, ExpressionAttributeValues: { ':d': { N: '30' } } };
  await client.send(new DeleteItemCommand({ ...write, ...ALL_OLD, Key: KEY }));
  const wrong = { ReturnValuesOnConditionCheckFailure: 'ALL_NEW' as 'ALL_OLD' };
  await expect(client.send(new PutItemCommand({ ...write, ...wrong, Item: ITEM }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(
      /'returnValuesOnConditionCheckFailure' .*enum value set: \[ALL_OLD, NONE\]/,
    ),
  });
});
