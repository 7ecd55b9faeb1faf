import { expect, test } from 'vitest';
import { type Bench, base64, bench } from '../fixture.ts';

const LAST = String(2n ** 128n - 1n);
const MIDDLE = String(2n ** 127n);

async function stream(ShardCount = 1): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

const half = { StreamName: 's', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: MIDDLE };

function shards(b: Bench) {
  return b.ok('ListShards', { StreamName: 's' }).Shards;
}

test('closes the shard and opens two in its place, at once, with an empty answer', async () => {
  const b = await stream();
  expect(b.call('SplitShard', half)).toMatchObject({ status: 200, body: undefined });
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 2,
  });
  const [parent, lower, upper] = shards(b);
  expect(parent.SequenceNumberRange).toHaveProperty('EndingSequenceNumber');
  expect(parent.HashKeyRange).toEqual({ StartingHashKey: '0', EndingHashKey: LAST });
  expect([lower, upper]).toEqual([
    {
      ShardId: 'shardId-000000000001',
      ParentShardId: 'shardId-000000000000',
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(2n ** 127n - 1n) },
      SequenceNumberRange: { StartingSequenceNumber: expect.any(String) },
    },
    {
      ShardId: 'shardId-000000000002',
      ParentShardId: 'shardId-000000000000',
      HashKeyRange: { StartingHashKey: MIDDLE, EndingHashKey: LAST },
      SequenceNumberRange: { StartingSequenceNumber: expect.any(String) },
    },
  ]);
});

test('sends records to the children by their hash keys, and keeps what the parent has', async () => {
  const b = await stream();
  const put = (ExplicitHashKey: string) =>
    b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('x'), ExplicitHashKey }).ShardId;
  expect(put(LAST)).toBe('shardId-000000000000');
  b.ok('SplitShard', { ...half, NewStartingHashKey: '7' });
  expect([put('0'), put('6')]).toEqual(['shardId-000000000001', 'shardId-000000000001']);
  expect([put('7'), put(LAST)]).toEqual(['shardId-000000000002', 'shardId-000000000002']);
  await b.reopen();
  expect(put('6')).toBe('shardId-000000000001');
  const parent = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const answer = b.ok('GetRecords', b.ok('GetShardIterator', parent));
  expect(answer).toMatchObject({ NextShardIterator: null, Records: [{ PartitionKey: 'k' }] });
  expect(answer.ChildShards.map(({ ShardId }: { ShardId: string }) => ShardId.at(-1))).toEqual(['1', '2']);
});

test('takes the stream by ARN and the shard by its number, as AWS does', async () => {
  const b = await stream(3);
  b.ok('SplitShard', {
    StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    ShardToSplit: 'shard-2',
    NewStartingHashKey: String(2n ** 128n - 2n),
  });
  expect(shards(b).at(-1)).toMatchObject({
    ParentShardId: 'shardId-000000000002',
    HashKeyRange: { StartingHashKey: String(2n ** 128n - 2n), EndingHashKey: LAST },
  });
});

test('leaves each child two hash keys at least', async () => {
  const b = await stream();
  b.ok('SplitShard', { ...half, NewStartingHashKey: '4' });
  const four = { StreamName: 's', ShardToSplit: 'shardId-000000000001' };
  for (const NewStartingHashKey of ['0', '1', '3', '4', MIDDLE]) {
    expect(b.call('SplitShard', { ...four, NewStartingHashKey })).toMatchObject({
      status: 400,
      body: {
        __type: 'InvalidArgumentException',
        message:
          `NewStartingHashKey ${NewStartingHashKey} used in SplitShard() on shard shardId-000000000001 in stream s ` +
          "under account 000000000000 is not both greater than one plus the shard's StartingHashKey 0 and less than " +
          "the shard's EndingHashKey 3.",
      },
    });
  }
  b.ok('SplitShard', { ...four, NewStartingHashKey: '2' });
});

test('splits a shard once', async () => {
  const b = await stream();
  b.ok('SplitShard', half);
  expect(b.call('SplitShard', half)).toMatchObject({
    status: 400,
    body: {
      __type: 'InvalidArgumentException',
      message:
        'Shard shardId-000000000000 in stream s under account 000000000000 has already been merged or split, ' +
        'and thus is not eligible for merging or splitting.',
    },
  });
  expect(shards(b)).toHaveLength(3);
});

test('goes no further than the account’s limit of shards', async () => {
  const b = await stream(499);
  const split = (number: number) =>
    b.call('SplitShard', {
      ...half,
      ShardToSplit: `shardId-${number}`,
      NewStartingHashKey: String(BigInt(shards(b)[number].HashKeyRange.StartingHashKey) + 2n),
    });
  expect(split(7).status).toBe(200);
  expect(split(8).body).toEqual({
    __type: 'LimitExceededException',
    message: expect.stringMatching(
      /shard limit .* Current shard count for the account: 500. Limit: 500. .* from this request: 1.$/,
    ),
  });
});

test.each([
  [
    {},
    'ValidationException',
    "2 validation errors detected: Value null at 'newStartingHashKey' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'shardToSplit' failed to satisfy constraint: Member must not be null",
  ],
  [
    { ShardToSplit: '0', NewStartingHashKey: '2' },
    'InvalidArgumentException',
    'Missing StreamName or StreamARN.',
  ],
  [
    { ...half, NewStartingHashKey: '01' },
    'ValidationException',
    "1 validation error detected: Value '01' at 'newStartingHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
  ],
  [
    { ...half, NewStartingHashKey: 2 },
    'SerializationException',
    'class java.math.BigDecimal can not be converted to an String',
  ],
  [
    { ...half, StreamName: 'none' },
    'ResourceNotFoundException',
    'Stream none under account 000000000000 not found.',
  ],
  [
    { ...half, ShardToSplit: 'shardId-5' },
    'ResourceNotFoundException',
    'Could not find shard shardId-000000000005 in stream s under account 000000000000.',
  ],
  [
    { ...half, ShardToSplit: 'left' },
    'ResourceNotFoundException',
    'Could not find shard left in stream s under account 000000000000.',
  ],
  [
    { ...half, StreamName: 'demand' },
    'ValidationException',
    'Request is invalid. Stream demand under account 000000000000 is in On-Demand mode.',
  ],
])('refuses %j', async (body, type, message) => {
  const b = await stream();
  b.ok('CreateStream', { StreamName: 'demand', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  expect(b.call('SplitShard', body)).toMatchObject({ status: 400, body: { __type: type, message } });
  expect(shards(b)).toHaveLength(1);
});
