import { LOCAL } from '../../../telemetry/topology.ts';
import type { Documents } from '../documents.ts';
import type { Rule } from '../protocol/validation.ts';
import type { S3Settings } from './destination.ts';
import { streamNotFound } from './errors.ts';

export interface Tag {
  readonly Key: string;
  /** Absent and empty are told apart, as on AWS. */
  readonly Value?: string;
}

/** A delivery stream as it is kept. */
export interface DeliveryStream {
  readonly name: string;
  /** Names its folder, because a name may be `..`. */
  readonly id: string;
  /** The stream that it reads; null: what is put to it. */
  readonly source: KinesisSource | null;
  /** Counts from 1, up with each change of the destination. */
  readonly version: number;
  readonly destination: S3Settings;
  /** Whether it was created by ExtendedS3DestinationConfiguration. */
  readonly extended: boolean;
  readonly tags: readonly Tag[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export interface KinesisSource {
  readonly streamArn: string;
  readonly roleArn: string;
}

/** By name. */
export type DeliveryStreamStore = Documents<DeliveryStream>;

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
export const STREAM_NAME = {
  type: 'String',
  required: true,
  min: 1,
  max: 64,
  pattern: '[a-zA-Z0-9_.-]+',
} as const satisfies Rule;

/** One S3 destination is all that a delivery stream has. */
export const DESTINATION_ID = 'destinationId-000000000001';

export function deliveryStreamArn(name: string): string {
  return `arn:aws:firehose:${LOCAL.region}:${LOCAL.accountId}:deliverystream/${name}`;
}

/** @throws ServiceError ResourceNotFoundException */
export function namedStream(streams: DeliveryStreamStore, name: string): DeliveryStream {
  const stream = streams.get(name);
  if (stream === undefined) throw streamNotFound(name);
  return stream;
}
