import { DescribeStreamCommand, ShardFilterType } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

async function openStream() {
  const opened = await fixture.open();
  await opened.client.send(ridesTable('NEW_IMAGE'));
  const [StreamArn = ''] = await opened.reader.arns();
  return { ...opened, StreamArn };
}

it('describes a stream and its shard', async () => {
  const { client, reader, StreamArn } = await openStream();
  const description = await reader.describe(StreamArn);
  const start = '2945376000000000000262144000';
  expect(description).toEqual({
    StreamArn,
    StreamLabel: '2026-01-01T00:00:00.250',
    StreamStatus: 'ENABLED',
    StreamViewType: 'NEW_IMAGE',
    CreationRequestDateTime: new Date('2026-01-01T00:00:00.250Z'),
    TableName: 'Rides',
    KeySchema: [
      { AttributeName: 'Name', KeyType: 'HASH' },
      { AttributeName: 'step', KeyType: 'RANGE' },
    ],
    Shards: [
      {
        ShardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/),
        SequenceNumberRange: { StartingSequenceNumber: start },
      },
    ],
  });
  await client.send(setStream(undefined));
  expect((await reader.describe(StreamArn)).Shards).toEqual([
    {
      ShardId: description.Shards?.[0]?.ShardId,
      SequenceNumberRange: {
        StartingSequenceNumber: start,
        EndingSequenceNumber: '2945376000000000000262144001',
      },
    },
  ]);
});

it('lists no shard after the last, and no children', async () => {
  const { streams, reader, StreamArn } = await openStream();
  const ShardId = (await reader.describe(StreamArn)).Shards?.[0]?.ShardId;
  const shards = async (more: object) =>
    (await streams.send(new DescribeStreamCommand({ StreamArn, ...more }))).StreamDescription?.Shards;
  expect(await shards({ Limit: 1 })).toHaveLength(1);
  expect(await shards({ ExclusiveStartShardId: ShardId })).toEqual([]);
  expect(await shards({ ExclusiveStartShardId: 'z'.repeat(28) })).toEqual([]);
  expect(await shards({ ShardFilter: { Type: ShardFilterType.CHILD_SHARDS, ShardId } })).toEqual([]);
});

it.each([
  ['sdfadfsdfnlfkajakfgjalksfgklasjklasdjfklasdfasdfgasf', 'ValidationException', /^Invalid StreamArn/],
  ['arn', 'ValidationException', /'streamArn' failed/],
  [
    'arn:aws:dynamodb:us-east-1:000000000000:table/Rides/stream/2020-01-01T00:00:00.000',
    'ResourceNotFoundException',
    /^Requested resource not found: Stream: arn:aws:dynamodb:us-east-1:000000000000:table\/Rides\/stream\/2020-01-01T00:00:00.000 not found$/,
  ],
  [
    'arn:aws:dynamodb:us-east-1:000000000000:table/Other/stream/2026-01-01T00:00:00.250',
    'ResourceNotFoundException',
    /not found$/,
  ],
  [
    'arn:aws:dynamodb:us-east-1:111111111111:table/Rides/stream/2026-01-01T00:00:00.250',
    'ResourceNotFoundException',
    /not found$/,
  ],
  [
    'arn:aws:dynamodb:us-east-1:000000000000:table/Rides/stream/__proto__',
    'ResourceNotFoundException',
    /not found$/,
  ],
])('refuses %s', async (StreamArn, name, message) => {
  const { streams } = await openStream();
  await expect(streams.send(new DescribeStreamCommand({ StreamArn }))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});
