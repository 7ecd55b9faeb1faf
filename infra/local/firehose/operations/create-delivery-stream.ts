import { randomUUID } from 'node:crypto';
import {
  type DeliveryStream,
  deliveryStreamArn,
  type KinesisSource,
  STREAM_NAME,
} from '../delivery-streams.ts';
import { S3, settingsOf } from '../destination.ts';
import { invalidArgument, streamExists } from '../errors.ts';
import { type Context, operation } from '../operation.ts';
import { TAGS, withTags } from '../tags.ts';

/** What AWS can deliver to besides. */
const ELSEWHERE = [
  'RedshiftDestinationConfiguration',
  'ElasticsearchDestinationConfiguration',
  'AmazonopensearchserviceDestinationConfiguration',
  'AmazonOpenSearchServerlessDestinationConfiguration',
  'SplunkDestinationConfiguration',
  'HttpEndpointDestinationConfiguration',
  'SnowflakeDestinationConfiguration',
  'IcebergDestinationConfiguration',
] as const;

const ANYTHING = { type: 'Structure', members: {} } as const;

/** Creates a delivery stream, which is ACTIVE when it is answered. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
export const createDeliveryStream = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    DeliveryStreamType: {
      type: 'String',
      oneOf: ['DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource'],
    },
    KinesisStreamSourceConfiguration: {
      type: 'Structure',
      members: {
        KinesisStreamARN: { type: 'String', required: true, min: 1, max: 512, pattern: 'arn:.*' },
        RoleARN: { type: 'String', required: true, min: 1, max: 512, pattern: 'arn:.*' },
      },
    },
    S3DestinationConfiguration: { type: 'Structure', members: S3.creation },
    ExtendedS3DestinationConfiguration: { type: 'Structure', members: S3.extendedCreation },
    Tags: TAGS,
    ...(Object.fromEntries(ELSEWHERE.map((name) => [name, ANYTHING])) as Record<
      (typeof ELSEWHERE)[number],
      typeof ANYTHING
    >),
  },
  async (input, context) => {
    const { DeliveryStreamName: name, S3DestinationConfiguration: plain } = input;
    const { ExtendedS3DestinationConfiguration: extended } = input;
    const elsewhere = ELSEWHERE.find((member) => input[member] !== undefined);
    if (elsewhere !== undefined) {
      throw invalidArgument(`The local cloud delivers to S3 only (given ${elsewhere}).`);
    }
    const given = extended ?? plain;
    if (given === undefined || (extended !== undefined && plain !== undefined)) {
      throw invalidArgument('Exactly one destination configuration is supported for a Firehose');
    }
    if (context.streams.has(name)) throw streamExists(name);
    const stream: DeliveryStream = {
      name,
      id: randomUUID(),
      source: sourceOf(input, context),
      version: 1,
      destination: settingsOf(given),
      extended: extended !== undefined,
      tags: withTags([], input.Tags ?? []),
      createdAt: context.now(),
      updatedAt: null,
    };
    // What is started and not noted is swept away; what is noted and not started would answer nothing.
    context.start(stream);
    try {
      context.streams.put(name, stream);
    } catch (error) {
      await context.stop(stream);
      throw error;
    }
    return { DeliveryStreamARN: deliveryStreamArn(name) };
  },
  'It is ACTIVE at once. Destinations other than S3, source backup, format conversion, dynamic partitioning and encryption are missing.',
);

interface GivenSource {
  readonly DeliveryStreamType: string | undefined;
  readonly KinesisStreamSourceConfiguration:
    | { readonly KinesisStreamARN: string; readonly RoleARN: string }
    | undefined;
}

function sourceOf(input: GivenSource, { findStream }: Context): KinesisSource | null {
  const { DeliveryStreamType: type = 'DirectPut', KinesisStreamSourceConfiguration: source } = input;
  if (type === 'DirectPut') {
    if (source === undefined) return null;
    throw invalidArgument(
      'KinesisStreamSourceConfig is only applicable for KinesisStreamAsSource stream type.',
    );
  }
  if (type !== 'KinesisStreamAsSource') {
    throw invalidArgument(
      `The local cloud has no sources but DirectPut and KinesisStreamAsSource (given ${type}).`,
    );
  }
  if (source === undefined) {
    throw invalidArgument('KinesisSourceStreamConfig is required for KinesisStreamAsSource stream type.');
  }
  if (findStream(source.KinesisStreamARN) === undefined) {
    throw invalidArgument(`There is no stream ${source.KinesisStreamARN}.`);
  }
  return { streamArn: source.KinesisStreamARN, roleArn: source.RoleARN };
}
