import { expect, test } from 'vitest';
import { bench, START } from '../fixture.ts';

test('describes a stream without its shards', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' })).toEqual({
    StreamDescriptionSummary: {
      StreamName: 's',
      StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamCreationTimestamp: START / 1000,
      RetentionPeriodHours: 24,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
      OpenShardCount: 2,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: 1024,
    },
  });
});

test('knows no other stream', async () => {
  const b = await bench();
  expect(b.call('DescribeStreamSummary', { StreamName: 's' }).body.__type).toBe('ResourceNotFoundException');
});
