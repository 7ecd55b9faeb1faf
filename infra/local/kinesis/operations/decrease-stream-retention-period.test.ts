import { expect, test } from 'vitest';
import { base64, bench, texts } from '../fixture.ts';

const HOUR = 3_600_000;

test('lets go of what is older at once, for good', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 72 });
  const put = (text: string) => b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(text) });
  const read = () =>
    texts(
      b.ok(
        'GetRecords',
        b.ok('GetShardIterator', {
          StreamName: 's',
          ShardId: 'shardId-000000000000',
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      ).Records,
    );
  put('old');
  b.clock.time += 30 * HOUR;
  put('young');
  expect(read()).toEqual(['old', 'young']);
  expect(
    b.call('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 24 }),
  ).toMatchObject({ status: 200, body: undefined });
  expect(read()).toEqual(['young']);
  b.ok('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 72 });
  await b.reopen();
  expect(read()).toEqual(['young']);
});

test('lets a closed shard go with its records', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 72 });
  b.ok('UpdateShardCount', { StreamName: 's', TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' });
  b.clock.time += 30 * HOUR;
  expect(b.ok('ListShards', { StreamName: 's' }).Shards).toHaveLength(3);
  b.ok('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 24 });
  expect(b.ok('ListShards', { StreamName: 's' }).Shards).toHaveLength(2);
});

test.each([
  [23, 'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.'],
  [
    9_000,
    'Maximum allowed retention period is 8760 hours. Requested retention period (9000 hours) is too long.',
  ],
  [
    25,
    'Requested retention period (25 hours) for stream s can not be longer than existing retention period (24 hours). Use IncreaseRetentionPeriod API.',
  ],
])('refuses %i hours', async (RetentionPeriodHours, message) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours }).body).toEqual({
    __type: 'InvalidArgumentException',
    message,
  });
});
