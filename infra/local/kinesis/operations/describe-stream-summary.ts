import { describeSettings, describeStream } from '../description.ts';
import { namedStream, operation, STREAM } from '../operation.ts';

/**
 * A stream without its shards.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 */
export const describeStreamSummary = operation(STREAM, (input, context) => {
  const stream = namedStream(input, context);
  return {
    StreamDescriptionSummary: {
      ...describeStream(stream),
      ...describeSettings(stream),
      OpenShardCount: stream.openShards.length,
      ConsumerCount: context.consumers.of(stream).length,
      MaxRecordSizeInKiB: stream.settings.maxRecordSizeInKiB,
      ...(stream.mode === 'ON_DEMAND' ? { RecordDistributionStrategy: 'USER_PARTITION_KEY' } : {}),
    },
  };
});
