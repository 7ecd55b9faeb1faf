import { expect, test } from 'vitest';
import { type Bench, base64, bench, START } from '../fixture.ts';

const LAST = String(2n ** 128n - 1n);
const HOUR = 3_600_000;

async function stream(ShardCount = 2): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

function merge(b: Bench, lower: number, upper: number) {
  return b.call('MergeShards', {
    StreamName: 's',
    ShardToMerge: `shardId-00000000000${lower}`,
    AdjacentShardToMerge: `shardId-00000000000${upper}`,
  });
}

function shards(b: Bench) {
  return b.ok('ListShards', { StreamName: 's' }).Shards;
}

test('closes both shards and opens one for their hash keys, at once, with an empty answer', async () => {
  const b = await stream(3);
  expect(merge(b, 1, 2)).toMatchObject({ status: 200, body: undefined });
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 2,
  });
  const [left, lower, upper, child] = shards(b);
  expect(left.SequenceNumberRange).not.toHaveProperty('EndingSequenceNumber');
  for (const parent of [lower, upper]) {
    expect(parent.SequenceNumberRange).toHaveProperty('EndingSequenceNumber');
  }
  expect(child).toEqual({
    ShardId: 'shardId-000000000003',
    ParentShardId: 'shardId-000000000001',
    AdjacentParentShardId: 'shardId-000000000002',
    HashKeyRange: { StartingHashKey: lower.HashKeyRange.StartingHashKey, EndingHashKey: LAST },
    SequenceNumberRange: { StartingSequenceNumber: expect.any(String) },
  });
});

test('tells a reader of either parent of the child, and keeps both until their records expire', async () => {
  const b = await stream();
  for (const ExplicitHashKey of ['0', LAST]) {
    b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(ExplicitHashKey), ExplicitHashKey });
  }
  b.clock.time += HOUR;
  expect(merge(b, 0, 1).status).toBe(200);
  const after = b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('x') });
  expect(after.ShardId).toBe('shardId-000000000002');
  await b.reopen();
  for (const [number, parent] of shards(b).slice(0, 2).entries()) {
    const { EndingSequenceNumber } = parent.SequenceNumberRange;
    expect(BigInt(after.SequenceNumber)).toBeGreaterThan(BigInt(EndingSequenceNumber));
    const from = {
      StreamName: 's',
      ShardId: `shardId-00000000000${number}`,
      ShardIteratorType: 'TRIM_HORIZON',
    };
    expect(b.ok('GetRecords', b.ok('GetShardIterator', from))).toMatchObject({
      NextShardIterator: null,
      Records: [{ PartitionKey: 'k' }],
      ChildShards: [
        {
          ShardId: 'shardId-000000000002',
          ParentShards: ['shardId-000000000000', 'shardId-000000000001'],
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: LAST },
        },
      ],
    });
  }
  b.clock.time = START + 24 * HOUR;
  expect(shards(b)).toHaveLength(3);
  // Their records have expired by now, and an hour later even an empty parent would have.
  b.clock.time = START + 25 * HOUR + 1;
  expect(shards(b).map(({ ShardId }: { ShardId: string }) => ShardId)).toEqual(['shardId-000000000002']);
});

test('takes the stream by ARN and the shards by their numbers, as AWS does', async () => {
  const b = await stream();
  b.ok('MergeShards', {
    StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    ShardToMerge: 'shard-0',
    AdjacentShardToMerge: '1',
  });
  expect(shards(b)).toHaveLength(3);
});

test.each([
  ['that do not touch', 0, 2],
  ['in the wrong order', 1, 0],
  ['that are the same', 1, 1],
])('refuses shards %s', async (_, lower, upper) => {
  const b = await stream(3);
  expect(merge(b, lower, upper)).toMatchObject({
    status: 400,
    body: {
      __type: 'InvalidArgumentException',
      message:
        `Shards shardId-00000000000${lower} and shardId-00000000000${upper} in stream s under account 000000000000 ` +
        'are not an adjacent pair of shards eligible for merging',
    },
  });
  expect(shards(b)).toHaveLength(3);
});

test.each([
  ['lower', 0, 1],
  ['upper', 1, 2],
])('refuses a pair whose %s shard is closed', async (_, lower, upper) => {
  const b = await stream(3);
  b.ok('SplitShard', {
    StreamName: 's',
    ShardToSplit: `shardId-${lower === 0 ? lower : upper}`,
    NewStartingHashKey: String(
      BigInt(shards(b)[lower === 0 ? lower : upper].HashKeyRange.StartingHashKey) + 9n,
    ),
  });
  expect(merge(b, lower, upper).body).toEqual({
    __type: 'InvalidArgumentException',
    message: expect.stringMatching(
      /^Shard shardId-00000000000[02] in stream s under account 000000000000 has already been merged or split, and thus/,
    ),
  });
});

const both = { StreamName: 's', ShardToMerge: 'shardId-0', AdjacentShardToMerge: 'shardId-1' };

test.each([
  [
    {},
    'ValidationException',
    "2 validation errors detected: Value null at 'shardToMerge' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'adjacentShardToMerge' failed to satisfy constraint: Member must not be null",
  ],
  [{ ...both, StreamName: undefined }, 'InvalidArgumentException', 'Missing StreamName or StreamARN.'],
  [{ ...both, ShardToMerge: 0 }, 'SerializationException', /BigDecimal can not be converted to an String/],
  [{ ...both, StreamName: 'none' }, 'ResourceNotFoundException', /^Stream none under account/],
  [
    { ...both, AdjacentShardToMerge: 'shardId-5' },
    'ResourceNotFoundException',
    'Could not find shard shardId-000000000005 in stream s under account 000000000000.',
  ],
  [{ ...both, ShardToMerge: 'a b' }, 'ValidationException', /at 'shardToMerge' failed/],
  [
    { ...both, StreamName: 'demand' },
    'ValidationException',
    /^Request is invalid. Stream \w+ under account 000000000000 is in On-Demand mode.$/,
  ],
])('refuses %j', async (body, type, message) => {
  const b = await stream();
  b.ok('CreateStream', { StreamName: 'demand', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  const reply = b.call('MergeShards', body);
  expect(reply.status).toBe(400);
  expect(reply.body.__type).toBe(type);
  expect(reply.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  expect(shards(b)).toHaveLength(2);
});
