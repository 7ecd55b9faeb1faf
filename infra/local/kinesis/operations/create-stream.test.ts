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
  [{ StreamName: 'a', MaxRecordSizeInKiB: 2048 }, 'InvalidArgumentException', /keeps records up to 1024 KiB/],
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
