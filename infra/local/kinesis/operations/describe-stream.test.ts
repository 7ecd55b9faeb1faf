import { expect, test } from 'vitest';
import { bench, START } from '../fixture.ts';

test('describes a stream with its shards', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 3 });
  const shard = (n: number, StartingHashKey: string, EndingHashKey: string) => ({
    ShardId: `shardId-00000000000${n}`,
    HashKeyRange: { StartingHashKey, EndingHashKey },
    SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^49\d{54}$/) },
  });
  expect(b.ok('DescribeStream', { StreamName: 's' })).toEqual({
    StreamDescription: {
      StreamName: 's',
      StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamCreationTimestamp: START / 1000,
      Shards: [
        shard(0, '0', '113427455640312821154458202477256070484'),
        shard(1, '113427455640312821154458202477256070485', '226854911280625642308916404954512140969'),
        shard(2, '226854911280625642308916404954512140970', '340282366920938463463374607431768211455'),
      ],
      HasMoreShards: false,
      RetentionPeriodHours: 24,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
      KeyId: null,
    },
  });
});

test('gives shards a page at a time', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 120 });
  const page = (more: object) => b.ok('DescribeStream', { StreamName: 's', ...more }).StreamDescription;
  expect(page({})).toMatchObject({ HasMoreShards: true, Shards: { length: 100 } });
  const rest = page({ ExclusiveStartShardId: 'shardId-000000000099' });
  expect(rest).toMatchObject({ HasMoreShards: false, Shards: { length: 20 } });
  expect(rest.Shards[0].ShardId).toBe('shardId-000000000100');
  expect(page({ Limit: 7 })).toMatchObject({ HasMoreShards: true, Shards: { length: 7 } });
});

test('finds the stream by name, by ARN of any region, or by both if they agree', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const arn = (name: string, account = '000000000000') =>
    `arn:aws:kinesis:ap-south-1:${account}:stream/${name}`;
  const describe = (body: object) => b.call('DescribeStream', body).body;
  for (const body of [
    { StreamName: 's' },
    { StreamARN: arn('s') },
    { StreamName: 's', StreamARN: arn('s') },
  ]) {
    expect(describe(body).StreamDescription.StreamName).toBe('s');
  }
  expect(describe({ StreamName: 's', StreamARN: arn('t') })).toEqual({
    __type: 'InvalidArgumentException',
    message: `StreamName and StreamARN must name the same stream (given s and ${arn('t')}).`,
  });
  expect(describe({}).__type).toBe('InvalidArgumentException');
  expect(describe({ StreamARN: arn('s', '123456789012') })).toEqual({
    __type: 'ResourceNotFoundException',
    message: 'Stream s under account 123456789012 not found.',
  });
  expect(describe({ StreamARN: 's' })).toEqual({
    __type: 'ValidationException',
    message:
      "1 validation error detected: Value 's' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+",
  });
});

test.each(['constructor', '__proto__', 'toString', '..'])(
  'does not know a stream called %s',
  async (StreamName) => {
    const b = await bench();
    expect(b.call('DescribeStream', { StreamName }).body).toEqual({
      __type: 'ResourceNotFoundException',
      message: `Stream ${StreamName} under account 000000000000 not found.`,
    });
  },
);
