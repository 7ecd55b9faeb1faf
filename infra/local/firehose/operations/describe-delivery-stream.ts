import {
  DESTINATION_ID,
  type DeliveryStream,
  deliveryStreamArn,
  namedStream,
  STREAM_NAME,
} from '../delivery-streams.ts';
import type { S3Settings } from '../destination.ts';
import { operation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html */
export const describeDeliveryStream = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    Limit: { type: 'Integer', min: 1, max: 10_000 },
    ExclusiveStartDestinationId: { type: 'String', min: 1, max: 100, pattern: '[a-zA-Z0-9-]+' },
  },
  ({ DeliveryStreamName, ExclusiveStartDestinationId: after }, { streams }) => {
    const stream = namedStream(streams, DeliveryStreamName);
    return { DeliveryStreamDescription: describe(stream, after !== DESTINATION_ID) };
  },
);

function describe(stream: DeliveryStream, isShown: boolean): object {
  const { name, source, version, createdAt, updatedAt, destination } = stream;
  const described = {
    DestinationId: DESTINATION_ID,
    S3DestinationDescription: plain(destination),
    ...(stream.extended
      ? {
          ExtendedS3DestinationDescription: {
            ...destination,
            S3BackupMode: destination.S3BackupMode ?? 'Disabled',
          },
        }
      : {}),
  };
  return {
    DeliveryStreamName: name,
    DeliveryStreamARN: deliveryStreamArn(name),
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
    DeliveryStreamType: source === null ? 'DirectPut' : 'KinesisStreamAsSource',
    VersionId: String(version),
    CreateTimestamp: createdAt / 1000,
    ...(updatedAt === null ? {} : { LastUpdateTimestamp: updatedAt / 1000 }),
    ...(source === null
      ? {}
      : {
          Source: {
            KinesisStreamSourceDescription: {
              KinesisStreamARN: source.streamArn,
              RoleARN: source.roleArn,
              DeliveryStartTimestamp: createdAt / 1000,
            },
          },
        }),
    Destinations: isShown ? [described] : [],
    HasMoreDestinations: false,
  };
}

/** What any S3 destination has. */
function plain(destination: S3Settings): object {
  const { RoleARN, BucketARN, Prefix, ErrorOutputPrefix, BufferingHints } = destination;
  const { CompressionFormat, EncryptionConfiguration, CloudWatchLoggingOptions } = destination;
  return {
    RoleARN,
    BucketARN,
    Prefix,
    ErrorOutputPrefix,
    BufferingHints,
    CompressionFormat,
    EncryptionConfiguration,
    CloudWatchLoggingOptions,
  };
}
