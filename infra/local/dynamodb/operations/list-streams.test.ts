import { ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

it('lists the streams of one table, or of all in pages', async () => {
  const { client, streams, reader } = await fixture.open();
  const names = ['Rides', 'Walks', 'Flights'];
  for (const TableName of names) await client.send(ridesTable('KEYS_ONLY', { TableName }));
  await client.send(setStream(undefined, 'Walks'));
  await client.send(setStream('KEYS_ONLY', 'Walks'));
  expect(await reader.arns('Walks')).toHaveLength(2);
  expect(await reader.arns('None')).toEqual([]);

  const listed: (string | undefined)[] = [];
  let after: string | undefined;
  do {
    const { Streams = [], LastEvaluatedStreamArn } = await streams.send(
      new ListStreamsCommand({ Limit: 3, ...(after && { ExclusiveStartStreamArn: after }) }),
    );
    for (const { StreamArn, TableName, StreamLabel } of Streams) {
      expect(StreamArn).toBe(
        `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}/stream/${StreamLabel}`,
      );
      listed.push(TableName);
    }
    after = LastEvaluatedStreamArn;
  } while (after !== undefined);
  expect(listed).toEqual([...names, 'Walks']);
});

it.each([
  [{ Limit: 0 }, /'limit' failed/],
  [{ Limit: 101 }, /'limit' failed/],
  [{ ExclusiveStartStreamArn: 'x'.repeat(50) }, /Invalid StreamArn/],
  [{ ExclusiveStartStreamArn: 'short' }, /'exclusiveStartStreamArn' failed/],
  [{ TableName: 'a/b' }, /'tableName' failed/],
])('refuses %j', async (input, message) => {
  const { streams } = await fixture.open();
  await expect(streams.send(new ListStreamsCommand(input))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
});
