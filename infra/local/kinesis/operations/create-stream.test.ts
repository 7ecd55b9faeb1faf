import { expect, test } from 'vitest';
import { bench, START } from '../fixture.ts';

test('makes a stream of one shard, ACTIVE at once, with an empty answer', async () => {
  const b = await bench();
  expect(b.call('CreateStream', { StreamName: 'wildrydes' })).toMatchObject({ status: 200, body: undefined });
  expect(b.ok('DescribeStreamSummary', { StreamName: 'wildrydes' }).StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 1,
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    StreamCreationTimestamp: START / 1000,
    StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/wildrydes',
  });
});

test('takes a number of shards, or a mode', async () => {
  const b = await bench();
  const shards = (StreamName: string) =>
    b.ok('DescribeStreamSummary', { StreamName }).StreamDescriptionSummary.OpenShardCount;
  b.ok('CreateStream', {
    StreamName: 'three',
    ShardCount: 3,
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
  });
  b.ok('CreateStream', { StreamName: 'demand', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  expect(shards('three')).toBe(3);
  expect(shards('demand')).toBe(4);
});

test('gives it the tags and the record size of the request', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', Tags: { team: 'rydes', area: '' }, MaxRecordSizeInKiB: 10_240 });
  await b.reopen();
  expect(b.ok('ListTagsForStream', { StreamName: 's' }).Tags).toEqual([
    { Key: 'area', Value: '' },
    { Key: 'team', Value: 'rydes' },
  ]);
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    MaxRecordSizeInKiB: 10_240,
  });
});

test('makes 50 streams on demand, and no more', async () => {
  const b = await bench();
  const demand = (n: number) =>
    b.call('CreateStream', {
      StreamName: `demand-${n}`,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      RecordDistributionStrategy: 'USER_PARTITION_KEY',
    });
  for (let n = 0; n < 50; n++) expect(demand(n).status).toBe(200);
  expect(demand(50).body).toEqual({
    __type: 'LimitExceededException',
    message:
      'This request would exceed the limit on the number of On-Demand streams for the account 000000000000 in ' +
      'eu-west-1. Current On-Demand streams count: 50. Limit: 50.',
  });
  expect(b.ok('DescribeLimits', {})).toEqual({
    ShardLimit: 500,
    OpenShardCount: 200,
    OnDemandStreamCount: 50,
    OnDemandStreamCountLimit: 50,
  });
});

test.each([
  [
    { StreamName: 'a b' },
    'ValidationException',
    "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  ],
  [
    { StreamName: '', ShardCount: 0 },
    'ValidationException',
    "3 validation errors detected: Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; " +
      "Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    { StreamName: 'a', StreamModeDetails: { StreamMode: 'FREE' } },
    'ValidationException',
    "1 validation error detected: Value 'FREE' at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must satisfy enum value set: [ON_DEMAND, PROVISIONED]",
  ],
  [
    { StreamName: 'a', StreamModeDetails: { StreamMode: 'ON_DEMAND' }, ShardCount: 2 },
    'InvalidArgumentException',
    'ShardCount must not be given for a stream in ON_DEMAND mode.',
  ],
  [
    { StreamName: 'a', MaxRecordSizeInKiB: 1023 },
    'ValidationException',
    /at 'maxRecordSizeInKiB' .* greater than or equal to 1024$/,
  ],
  [
    { StreamName: 'a', StreamModeDetails: { StreamMode: 'ON_DEMAND' }, WarmThroughputMiBps: 5 },
    'InvalidArgumentException',
    /^WarmThroughputMiBps is for accounts with MinimumThroughputBillingCommitment enabled/,
  ],
  [
    { StreamName: 'a', RecordDistributionStrategy: 'USER_PARTITION_KEY' },
    'InvalidArgumentException',
    /^RecordDistributionStrategy is for streams in ON_DEMAND mode/,
  ],
  [
    { StreamName: 'a', StreamModeDetails: { StreamMode: 'ON_DEMAND' }, RecordDistributionStrategy: 'AUTO' },
    'InvalidArgumentException',
    /by USER_PARTITION_KEY only/,
  ],
  [{ StreamName: 'a', Tags: { 'a;b': 'c' } }, 'InvalidArgumentException', /^Some tags contain invalid/],
  [
    { StreamName: 'there' },
    'ResourceInUseException',
    'Stream there under account 000000000000 already exists.',
  ],
  [
    { StreamName: 'a', ShardCount: 1e9 },
    'LimitExceededException',
    /Current shard count for the account: 1. Limit: 500/,
  ],
])('refuses %j', async (body, type, message) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 'there' });
  const reply = b.call('CreateStream', body);
  expect(reply.status).toBe(400);
  expect(reply.body.__type).toBe(type);
  expect(reply.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});
