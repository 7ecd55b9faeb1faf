import { expect, test } from 'vitest';
import { type Bench, bench, START } from '../fixture.ts';

const DAY = 86_400_000;

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 3 });
  return b;
}

const to = (b: Bench, StreamMode: string, more: object = {}) =>
  b.call('UpdateStreamMode', {
    StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
    StreamModeDetails: { StreamMode },
    ...more,
  });
const summary = (b: Bench) => b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary;

test('switches to on demand and back, with the shards that there are', async () => {
  const b = await stream();
  expect(to(b, 'ON_DEMAND')).toMatchObject({ status: 200, body: undefined });
  await b.reopen();
  expect(summary(b)).toMatchObject({
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    OpenShardCount: 3,
    RecordDistributionStrategy: 'USER_PARTITION_KEY',
  });
  const split = { StreamName: 's', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '1000' };
  expect(b.call('SplitShard', split).body.__type).toBe('ValidationException');
  to(b, 'PROVISIONED');
  expect(summary(b)).toMatchObject({ StreamModeDetails: { StreamMode: 'PROVISIONED' }, OpenShardCount: 3 });
  expect(summary(b)).not.toHaveProperty('RecordDistributionStrategy');
  b.ok('SplitShard', split);
});

test('does so twice in 24 hours; to its own mode is no switch', async () => {
  const b = await stream();
  for (const mode of ['PROVISIONED', 'ON_DEMAND', 'ON_DEMAND', 'PROVISIONED', 'PROVISIONED']) {
    expect(to(b, mode).status).toBe(200);
  }
  expect(to(b, 'ON_DEMAND').body).toEqual({
    __type: 'LimitExceededException',
    message:
      'Stream s under account 000000000000 can have 2 switches of its capacity mode in 24 hours ' +
      `(the next from ${new Date(START + DAY).toISOString()} on).`,
  });
  b.clock.time += DAY;
  expect(to(b, 'ON_DEMAND').status).toBe(200);
});

test('remembers no switch of a time that the clock has not reached by far', async () => {
  const b = await stream();
  b.clock.time += 400 * DAY;
  to(b, 'ON_DEMAND');
  to(b, 'PROVISIONED');
  b.clock.time -= 400 * DAY;
  expect(to(b, 'ON_DEMAND').status).toBe(200);
});

test('goes no further than 50 streams on demand', async () => {
  const b = await stream();
  for (let i = 0; i < 50; i++) {
    b.ok('CreateStream', { StreamName: `d${i}`, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  }
  expect(to(b, 'ON_DEMAND').body).toMatchObject({
    __type: 'LimitExceededException',
    message: expect.stringMatching(/Current On-Demand streams count: 50\. Limit: 50\.$/),
  });
});

test.each([
  [{ StreamModeDetails: { StreamMode: 'FREE' } }, 'ValidationException', /streamModeDetails\.streamMode/],
  [{ StreamModeDetails: null }, 'ValidationException', /Value null at 'streamModeDetails'/],
  [{ StreamARN: null }, 'ValidationException', /Value null at 'streamARN'/],
  [{ WarmThroughputMiBps: 10 }, 'InvalidArgumentException', /^WarmThroughputMiBps is for accounts/],
  [
    { StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/none' },
    'ResourceNotFoundException',
    /^Stream none under/,
  ],
])('refuses %j', async (more, type, message) => {
  const b = await stream();
  expect(to(b, 'ON_DEMAND', more).body).toEqual({ __type: type, message: expect.stringMatching(message) });
  expect(summary(b).StreamModeDetails.StreamMode).toBe('PROVISIONED');
});
