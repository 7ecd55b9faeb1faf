import { CreateDeliveryStreamCommand, type CreateDeliveryStreamCommandInput } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { DESTINATION, FirehoseFixture, PROCESSING } from '../fixture.ts';

const fixture = new FirehoseFixture();
afterEach(() => fixture.closeAll());

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/rides';
const SOURCE = { KinesisStreamARN: STREAM, RoleARN: DESTINATION.RoleARN };

describe('CreateDeliveryStream', () => {
  it.each(['likes', '..', '__proto__', 'x'.repeat(64)])('creates %j', async (DeliveryStreamName) => {
    const { create } = await fixture.openFirehose();
    expect(await create({}, { DeliveryStreamName })).toMatchObject({
      DeliveryStreamARN: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${DeliveryStreamName}`,
    });
    await expect(create({}, { DeliveryStreamName })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Firehose ${DeliveryStreamName} under accountId 000000000000 already exists`,
    });
  });

  it.each<[string, Partial<CreateDeliveryStreamCommandInput>, string]>([
    [
      'no destination',
      { ExtendedS3DestinationConfiguration: undefined },
      'Exactly one destination configuration',
    ],
    [
      'two destinations',
      { S3DestinationConfiguration: DESTINATION },
      'Exactly one destination configuration',
    ],
    [
      'another kind of destination',
      {
        ExtendedS3DestinationConfiguration: undefined,
        HttpEndpointDestinationConfiguration: {
          EndpointConfiguration: { Url: 'https://a' },
          S3Configuration: DESTINATION,
        },
      },
      'The local cloud delivers to S3 only (given HttpEndpointDestinationConfiguration).',
    ],
    [
      'a source of another type',
      { DeliveryStreamType: 'MSKAsSource' },
      'no sources but DirectPut and KinesisStreamAsSource',
    ],
    [
      'a source that is not used',
      { KinesisStreamSourceConfiguration: SOURCE },
      'only applicable for KinesisStreamAsSource',
    ],
    ['no source', { DeliveryStreamType: 'KinesisStreamAsSource' }, 'KinesisSourceStreamConfig is required'],
    [
      'a source that is not there',
      { DeliveryStreamType: 'KinesisStreamAsSource', KinesisStreamSourceConfiguration: SOURCE },
      `There is no stream ${STREAM}.`,
    ],
    ['a tag of AWS', { Tags: [{ Key: 'aws:a' }] }, 'must not begin with aws:'],
  ])('refuses %s', async (_what, input, reason) => {
    const { create } = await fixture.openFirehose();
    await expect(create({}, input)).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    [{ CompressionFormat: 'ZIP' as const }, 'GZIP only (given ZIP)'],
    [{ BufferingHints: { SizeInMBs: 5 } }, 'both SizeInMBs and IntervalInSeconds'],
    [{ S3BackupMode: 'Enabled' as const }, 'does not support S3BackupMode'],
    [{ DynamicPartitioningConfiguration: { Enabled: true } }, 'does not support DynamicPartitioning'],
    [{ CustomTimeZone: 'Asia/Tokyo' }, 'in UTC only (given Asia/Tokyo)'],
    [{ Prefix: '!{timestamp:yyyy}/' }, 'ErrorOutputPrefix cannot be null'],
    [
      { ProcessingConfiguration: { ...PROCESSING, Processors: [{ Type: 'Lambda' as const }] } },
      'LambdaArn must be the ARN of a function (given none)',
    ],
    [
      { ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Decompression' as const }] } },
      'does not support the processor Decompression',
    ],
    [
      {
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'Lambda' as const,
              Parameters: [
                ...PROCESSING.Processors[0]!.Parameters,
                { ParameterName: 'BufferSizeInMBs' as const, ParameterValue: '4' },
              ],
            },
          ],
        },
      },
      'BufferSizeInMBs must be from 0.2 to 3 (given 4)',
    ],
  ])('refuses the destination %j', async (destination, reason) => {
    const { create } = await fixture.openFirehose();
    await expect(create(destination)).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: expect.stringContaining(reason),
    });
  });

  it('lists what breaks its constraints', async () => {
    const { client } = await fixture.openFirehose();
    const create = new CreateDeliveryStreamCommand({
      DeliveryStreamName: 'a b',
      ExtendedS3DestinationConfiguration: {
        ...DESTINATION,
        BucketARN: 'rides',
        BufferingHints: { SizeInMBs: 129, IntervalInSeconds: 901 },
      },
    });
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /^4 validation errors detected: .*'deliveryStreamName'.*'extendedS3DestinationConfiguration.bucketARN'.*less than or equal to 128.*less than or equal to 900/,
      ),
    });
  });
});
