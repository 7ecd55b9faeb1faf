import { expect, test } from 'vitest';
import { type Bench, base64, bench, texts } from '../fixture.ts';

const HOUR = 3_600_000;
const FIRST = 'shardId-000000000000';

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

const put = (b: Bench, text: string) =>
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(text) });
const increase = (b: Bench, RetentionPeriodHours: unknown) =>
  b.call('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours });
const read = (b: Bench, ShardId = FIRST): string[] =>
  texts(
    b.ok(
      'GetRecords',
      b.ok('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    ).Records,
  );

test('keeps records longer, and is shown', async () => {
  const b = await stream();
  put(b, 'kept');
  expect(increase(b, 48)).toMatchObject({ status: 200, body: undefined });
  b.clock.time += 48 * HOUR;
  expect(read(b)).toEqual(['kept']);
  await b.reopen();
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription.RetentionPeriodHours).toBe(48);
  expect(read(b)).toEqual(['kept']);
  b.clock.time += 1;
  expect(read(b)).toEqual([]);
});

test('does not bring back what has expired, nor does a restart', async () => {
  const b = await stream();
  put(b, 'old');
  b.clock.time += 20 * HOUR;
  put(b, 'young');
  b.clock.time += 10 * HOUR;
  increase(b, 168);
  expect(read(b)).toEqual(['young']);
  await b.reopen();
  expect(read(b)).toEqual(['young']);
  b.clock.time += 158 * HOUR;
  expect(read(b)).toEqual(['young']);
});

test('lists the shards at the trim horizon that it kept', async () => {
  const b = await stream();
  put(b, 'old');
  b.ok('UpdateShardCount', { StreamName: 's', TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' });
  b.clock.time += 25 * HOUR;
  increase(b, 168);
  const { Shards } = b.ok('ListShards', { StreamName: 's', ShardFilter: { Type: 'AT_TRIM_HORIZON' } });
  expect(Shards).toHaveLength(2);
});

test('expires nothing new though the clock was ahead when it was increased', async () => {
  const b = await stream();
  b.clock.time += 1_000 * HOUR;
  increase(b, 48);
  await b.reopen();
  b.clock.time -= 999 * HOUR;
  put(b, 'new');
  expect(read(b)).toEqual(['new']);
  await b.reopen();
  expect(read(b)).toEqual(['new']);
});

test.each([
  [23, 'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.'],
  [-1, 'Minimum allowed retention period is 24 hours. Requested retention period (-1 hours) is too short.'],
  [
    8761,
    'Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.',
  ],
  [
    47,
    'Requested retention period (47 hours) for stream s can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.',
  ],
])('refuses %i hours', async (hours, message) => {
  const b = await stream();
  expect(increase(b, 48).status).toBe(200);
  expect(increase(b, hours)).toMatchObject({
    status: 400,
    body: { __type: 'InvalidArgumentException', message },
  });
});

test('takes from 24 to 8,760 hours, the period that it has included', async () => {
  const b = await stream();
  for (const hours of [24, 8_760, 8_760]) expect(increase(b, hours).status).toBe(200);
  expect(increase(b, null).body.message).toMatch(/^1 validation error detected: Value null at 'retentionPer/);
});
