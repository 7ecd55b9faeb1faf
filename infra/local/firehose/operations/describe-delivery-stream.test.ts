import { DescribeDeliveryStreamCommand, UpdateDestinationCommand } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { DESTINATION, FirehoseFixture, PROCESSING } from '../fixture.ts';

const fixture = new FirehoseFixture();
afterEach(() => fixture.closeAll());

describe('DescribeDeliveryStream', () => {
  it('tells what was given, with the defaults', async () => {
    const { client, create } = await fixture.openFirehose();
    await create({ Prefix: 'in/', BufferingHints: undefined, ProcessingConfiguration: PROCESSING });
    const describeIt = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'likes' });
    const { DeliveryStreamDescription } = await client.send(describeIt);
    const plain = {
      RoleARN: DESTINATION.RoleARN,
      BucketARN: DESTINATION.BucketARN,
      Prefix: 'in/',
      BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
      CompressionFormat: 'UNCOMPRESSED',
      EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
      CloudWatchLoggingOptions: { Enabled: false },
    };
    expect(DeliveryStreamDescription).toEqual({
      DeliveryStreamName: 'likes',
      DeliveryStreamARN: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/likes',
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      CreateTimestamp: expect.any(Date),
      Destinations: [
        {
          DestinationId: 'destinationId-000000000001',
          S3DestinationDescription: plain,
          ExtendedS3DestinationDescription: {
            ...plain,
            ProcessingConfiguration: PROCESSING,
            S3BackupMode: 'Disabled',
          },
        },
      ],
      HasMoreDestinations: false,
    });
  });

  it('tells of a change', async () => {
    const { client, create } = await fixture.openFirehose();
    await create({ Prefix: 'in/' });
    const update = (CurrentDeliveryStreamVersionId: string, DestinationId = 'destinationId-000000000001') =>
      client.send(
        new UpdateDestinationCommand({
          DeliveryStreamName: 'likes',
          CurrentDeliveryStreamVersionId,
          DestinationId,
          ExtendedS3DestinationUpdate: { CompressionFormat: 'GZIP' },
        }),
      );
    await update('1');
    const describeIt = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'likes' });
    expect((await client.send(describeIt)).DeliveryStreamDescription).toMatchObject({
      VersionId: '2',
      LastUpdateTimestamp: expect.any(Date),
      Destinations: [{ ExtendedS3DestinationDescription: { Prefix: 'in/', CompressionFormat: 'GZIP' } }],
    });
    await expect(update('1')).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
    await expect(update('2', 'another')).rejects.toMatchObject({
      message: 'Destination Id another not found',
    });
  });

  it('does not find what does not exist', async () => {
    const { client } = await fixture.openFirehose();
    const describeIt = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'nowhere' });
    await expect(client.send(describeIt)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Firehose nowhere under account 000000000000 not found.',
    });
  });
});
