import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetShardIteratorCommand, type ShardIteratorType } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

/** A stream of as many changes; record n is of step n. */
async function openStream(changes: number) {
  const opened = await fixture.open();
  const { client, reader } = opened;
  await client.send(ridesTable('KEYS_ONLY'));
  const put = (step: number) =>
    client.send(
      new PutItemCommand({
        TableName: 'Rides',
        Item: { Name: { S: 'Rocinante' }, step: { N: String(step) } },
      }),
    );
  for (let step = 0; step < changes; step++) await put(step);
  const [arn = ''] = await reader.arns();
  const [shard] = (await reader.describe(arn)).Shards ?? [];
  const numbers = (await reader.all()).map(({ dynamodb }) => dynamodb!.SequenceNumber!);
  /** The steps that are read from an iterator on. */
  const from = async (type: ShardIteratorType, number?: string) =>
    (await reader.from(await reader.iterator(arn, type, number))).map(({ dynamodb }) =>
      Number(dynamodb?.Keys?.step?.N),
    );
  return { ...opened, put, arn, shard, numbers, from };
}

describe('an iterator', () => {
  it('starts where its type says', async () => {
    const { reader, put, arn, shard, numbers, from } = await openStream(3);
    const start = shard?.SequenceNumberRange?.StartingSequenceNumber;
    expect(await from('TRIM_HORIZON')).toEqual([0, 1, 2]);
    expect(await from('LATEST')).toEqual([]);
    expect(await from('AT_SEQUENCE_NUMBER', numbers[1])).toEqual([1, 2]);
    expect(await from('AFTER_SEQUENCE_NUMBER', numbers[1])).toEqual([2]);
    expect(await from('AFTER_SEQUENCE_NUMBER', numbers[2])).toEqual([]);
    expect(await from('AT_SEQUENCE_NUMBER', start)).toEqual([0, 1, 2]);
    expect(await from('AFTER_SEQUENCE_NUMBER', start)).toEqual([0, 1, 2]);
    const latest = await reader.iterator(arn, 'LATEST');
    await put(3);
    expect((await reader.from(latest)).map(({ dynamodb }) => dynamodb?.Keys?.step?.N)).toEqual(['3']);
  });

  it('cannot start before what is retained', async () => {
    const { put, numbers, from } = await openStream(2);
    fixture.now += 24 * 60 * 60 * 1000;
    await put(2);
    expect(await from('TRIM_HORIZON')).toEqual([0, 1, 2]);
    fixture.now += 1;
    expect(await from('TRIM_HORIZON')).toEqual([2]);
    for (const type of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const) {
      await expect(from(type, numbers[1])).rejects.toMatchObject({
        name: 'TrimmedDataAccessException',
        message: 'The data you are trying to access has been trimmed.',
      });
    }
  });
});

describe('a request is refused', () => {
  const good = '176722560025000000000001';
  it.each<[object, string, RegExp]>([
    [{ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }, 'ValidationException', /must be given with/],
    [{ SequenceNumber: good }, 'ValidationException', /must not be given with/],
    [{ ShardIteratorType: 'bulle' }, 'ValidationException', /enum value set/],
    [
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: 'sdfsafglldfngjdafnasdflgn' },
      'ValidationException',
      /Invalid SequenceNumber/,
    ],
    [
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '176722560025000000000007' },
      'ValidationException',
      /Invalid SequenceNumber/,
    ],
    [{ SequenceNumber: '1' }, 'ValidationException', /'sequenceNumber' failed/],
    [
      { ShardId: 'shardId-00000001767225600251-00000000' },
      'ResourceNotFoundException',
      /^Requested resource not found: Shard: .* not found$/,
    ],
    [{ StreamArn: 'x'.repeat(40) }, 'ValidationException', /Invalid StreamArn/],
  ])('with %j', async (wrong, name, message) => {
    const { streams, arn, shard } = await openStream(1);
    const input = { StreamArn: arn, ShardId: shard?.ShardId, ShardIteratorType: 'LATEST' as const, ...wrong };
    await expect(streams.send(new GetShardIteratorCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });
});
