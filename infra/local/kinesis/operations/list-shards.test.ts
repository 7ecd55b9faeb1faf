import { expect, test } from 'vitest';
import { type Bench, bench, START } from '../fixture.ts';

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

const HOUR = 3_600_000;

/** Two shards from START on, four an hour later, three after another. */
async function scaled(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  for (const TargetShardCount of [4, 3]) {
    b.clock.time += HOUR;
    b.ok('UpdateShardCount', { StreamName: 's', TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
  }
  b.clock.time += HOUR;
  return b;
}

const filtered = (b: Bench, Type: string, more: object = {}) =>
  b.ok('ListShards', { StreamName: 's', ShardFilter: { Type, ...more } });
const at = (time: number) => ({ Timestamp: time / 1000 });

test('takes the shards that were open at a moment, both its ends included', async () => {
  const b = await scaled();
  expect(ids(filtered(b, 'AT_TIMESTAMP', at(START - 1)))).toEqual([]);
  expect(ids(filtered(b, 'AT_TIMESTAMP', at(START)))).toEqual([0, 1]);
  expect(ids(filtered(b, 'AT_TIMESTAMP', at(START + HOUR - 1)))).toEqual([0, 1]);
  expect(ids(filtered(b, 'AT_TIMESTAMP', at(START + HOUR)))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(ids(filtered(b, 'AT_TIMESTAMP', at(START + HOUR + 1)))).toEqual([2, 3, 4, 5]);
  expect(filtered(b, 'AT_TIMESTAMP', at(START + 2 * HOUR + 1)).Shards).toHaveLength(3);
  expect(filtered(b, 'AT_TIMESTAMP', at(START + 9 * HOUR)).Shards).toHaveLength(3);
});

test('takes the shards from a moment on, which is the trim horizon at the earliest', async () => {
  const b = await scaled();
  const all = ids(b.ok('ListShards', { StreamName: 's' }));
  expect(ids(filtered(b, 'FROM_TIMESTAMP', at(START - HOUR)))).toEqual(all);
  expect(ids(filtered(b, 'FROM_TIMESTAMP', at(START + HOUR)))).toEqual(all);
  expect(ids(filtered(b, 'FROM_TIMESTAMP', at(START + HOUR + 1)))).toEqual(all.slice(2));
  expect(ids(filtered(b, 'FROM_TIMESTAMP', at(START + 9 * HOUR)))).toEqual(ids(filtered(b, 'AT_LATEST')));
});

test('takes the shards at the trim horizon as that moves on', async () => {
  const b = await scaled();
  const horizon = () => ids(filtered(b, 'AT_TRIM_HORIZON'));
  expect(horizon()).toEqual([0, 1]);
  b.clock.time = START + 25 * HOUR + 1;
  expect(horizon()).toEqual([2, 3, 4, 5]);
  expect(ids(filtered(b, 'FROM_TRIM_HORIZON'))).toEqual(ids(b.ok('ListShards', { StreamName: 's' })));
  b.clock.time = START + 26 * HOUR + 1;
  expect(horizon()).toEqual(ids(filtered(b, 'AT_LATEST')));
});

test('goes on with the filter that a list began with', async () => {
  const b = await scaled();
  for (const [Type, more] of [
    ['AT_LATEST', {}],
    ['AT_TRIM_HORIZON', {}],
    ['FROM_TRIM_HORIZON', {}],
    ['AFTER_SHARD_ID', { ShardId: 'shardId-000000000003' }],
    ['AT_TIMESTAMP', at(START + HOUR)],
    ['FROM_TIMESTAMP', at(START + HOUR + 1)],
  ] as const) {
    const listed: number[] = [];
    let page = b.ok('ListShards', { StreamName: 's', MaxResults: 1, ShardFilter: { Type, ...more } });
    listed.push(...ids(page));
    while (page.NextToken !== undefined) {
      page = b.ok('ListShards', { NextToken: page.NextToken, MaxResults: 1 });
      listed.push(...ids(page));
    }
    expect(listed, Type).toEqual(ids(filtered(b, Type, more)));
  }
});
