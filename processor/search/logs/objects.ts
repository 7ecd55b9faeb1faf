import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { S3Event } from 'aws-lambda';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { type Effort, insist } from '../../resend.ts';
import { sequencerVersion } from '../version.ts';

/** An object that an event tells of. */
export interface LogObject {
  readonly bucket: string;
  readonly key: string;
  /** Higher than those of the objects that were there before, under the same key. */
  readonly version: bigint;
  /** When it was put, milliseconds since the epoch. */
  readonly arrival: number;
}

/**
 * The objects that an S3 event tells of.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @throws WildRydesError USAGE when the event is not one of created objects
 */
export function objectsIn(event: S3Event): LogObject[] {
  const records = Array.isArray(event?.Records) ? event.Records : undefined;
  if (records === undefined || records.some((record) => record?.s3?.object?.key === undefined)) {
    throw new WildRydesError(
      'USAGE',
      'the event must be one of a bucket: {"Records":[{"s3":{"bucket":…,"object":…}}]}',
      { next: 'Invoke the function with the event.json beside its handler, or by its trigger.' },
    );
  }
  return records
    .filter(({ eventName }) => !/^(?:s3:)?ObjectRemoved/.test(eventName))
    .map(({ s3, eventTime }) => {
      const time = Date.parse(eventTime);
      const arrival = Number.isNaN(time) ? 0 : time;
      const { sequencer = '' } = s3.object as { sequencer?: string };
      return {
        bucket: s3.bucket.name,
        // In the encoding of forms: a plus is a blank.
        key: decodeURIComponent(s3.object.key.replaceAll('+', ' ')),
        version: sequencerVersion(sequencer) ?? sequencerVersion(sequencerAt(arrival)) ?? 1n,
        arrival,
      };
    });
}

/** What AWS would have made at a time, of whose sequencers the first five bytes are the seconds: for events by hand. */
function sequencerAt(arrival: number): string {
  return ((BigInt(arrival) << 32n) / 1000n).toString(16).padStart(18, '0');
}

/** The bucket, as far as logs are read from it. */
export interface LogStore {
  /** @returns undefined when the object is gone */
  open(
    object: LogObject,
    effort: Effort,
  ): Promise<{ readonly etag: string; readonly body: AsyncIterable<Uint8Array> } | undefined>;
  /** What the object's content is known by; undefined when it is gone. */
  etag(object: LogObject, effort: Effort): Promise<string | undefined>;
}

/** What is used of an S3 client. */
export interface ReadsObjects {
  send(command: GetObjectCommand, options: { abortSignal?: AbortSignal }): Promise<GetObjectCommandOutput>;
  send(command: HeadObjectCommand, options: { abortSignal?: AbortSignal }): Promise<HeadObjectCommandOutput>;
}

export function createLogStore(client: ReadsObjects): LogStore {
  return {
    async open({ bucket: Bucket, key: Key }, effort) {
      try {
        // Without the attempt's limit, which would also end the reading of the body.
        const { Body, ETag = '' } = await insist(effort, () =>
          client.send(new GetObjectCommand({ Bucket, Key }), {}),
        );
        return { etag: ETag, body: (Body ?? []) as AsyncIterable<Uint8Array> };
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    async etag({ bucket: Bucket, key: Key }, effort) {
      try {
        const { ETag } = await insist(effort, (abortSignal) =>
          client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal }),
        );
        return ETag;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
  };
}

/** HEAD has no body that would name the error. */
function isGone(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}
