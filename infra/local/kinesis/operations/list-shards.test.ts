import { expect, test } from 'vitest';
import { bench, START } from '../fixture.ts';

const ids = (answer: { Shards: { ShardId: string }[] }): number[] =>
  answer.Shards.map(({ ShardId }) => Number(ShardId.slice(-12)));

test('lists shards a page at a time', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 5 });
  const all = b.ok('ListShards', { StreamName: 's' });
  expect(ids(all)).toEqual([0, 1, 2, 3, 4]);
  expect(all).not.toHaveProperty('NextToken');
  const first = b.ok('ListShards', {
    StreamName: 's',
    MaxResults: 2,
    ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: 'shardId-000000000000' },
  });
  expect(ids(first)).toEqual([1, 2]);
  const second = b.ok('ListShards', { NextToken: first.NextToken, MaxResults: 1 });
  expect(ids(second)).toEqual([3]);
  expect(ids(b.ok('ListShards', { NextToken: second.NextToken }))).toEqual([4]);
  expect(ids(b.ok('ListShards', { StreamName: 's', ExclusiveStartShardId: 'shardId-000000000003' }))).toEqual(
    [4],
  );
});

test('takes a token for five minutes', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  const { NextToken } = b.ok('ListShards', { StreamName: 's', MaxResults: 1 });
  b.clock.elapsed += 300_000;
  b.ok('ListShards', { NextToken });
  b.clock.elapsed += 1;
  expect(b.call('ListShards', { NextToken }).body.__type).toBe('ExpiredNextTokenException');
});

test('takes a token alone, and only its own', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  const { NextToken } = b.ok('ListShards', { StreamName: 's', MaxResults: 1 });
  expect(b.call('ListShards', { NextToken, StreamName: 's' }).body).toEqual({
    __type: 'InvalidArgumentException',
    message: 'NextToken and StreamName cannot be provided together.',
  });
  expect(b.call('ListShards', { NextToken: NextToken.slice(4) }).body.__type).toBe(
    'InvalidArgumentException',
  );
  b.ok('DeleteStream', { StreamName: 's' });
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  expect(b.call('ListShards', { NextToken }).body.__type).toBe('ResourceNotFoundException');
});

test('tells streams of the same name apart by their creation', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const at = (time: number) =>
    b.call('ListShards', { StreamName: 's', StreamCreationTimestamp: time / 1000 });
  expect(at(START).status).toBe(200);
  expect(at(START - 1).body.__type).toBe('ResourceNotFoundException');
});

test('refuses filters that it does not know', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('ListShards', { StreamName: 's', ShardFilter: {} }).body.message).toMatch(
    "Value null at 'shardFilter.type' failed to satisfy constraint: Member must not be null",
  );
  expect(b.call('ListShards', { StreamName: 's', ShardFilter: { Type: 'OPEN' } }).body.message).toMatch(
    'Member must satisfy enum value set: [AFTER_SHARD_ID, ',
  );
});
