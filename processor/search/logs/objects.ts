import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { type GetsObjects, ObjectGone, type OpenObject, openObject } from '../../objects/object-body.ts';
import { readUploads } from '../../objects/upload.ts';
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
 *
 * @throws WildRydesError USAGE when the event is not one of created objects
 */
export function objectsIn(event: unknown): LogObject[] {
  return readUploads(event).map(({ bucket, key, eventTime, sequencer = '' }) => {
    const arrival = Number.isNaN(eventTime) ? 0 : eventTime;
    const version = sequencerVersion(sequencer) ?? sequencerVersion(sequencerAt(arrival)) ?? 1n;
    return { bucket, key, version, arrival };
  });
}

/** What AWS would have made at a time, of whose sequencers the first five bytes are the seconds: for events by hand. */
function sequencerAt(arrival: number): string {
  return ((BigInt(arrival) << 32n) / 1000n).toString(16).padStart(18, '0');
}

/** The bucket, as far as logs are read from it. */
export interface LogStore {
  /** Opens what is there now, whatever the event says. @returns undefined when the object is gone */
  open(
    object: LogObject,
    effort: Effort,
  ): Promise<Pick<OpenObject, 'etag' | 'pieces' | 'contentEncoding'> | undefined>;
  /** What the object's content is known by; undefined when it is gone. */
  etag(object: LogObject, effort: Effort): Promise<string | undefined>;
}

/** What is used of an S3 client. */
export interface ReadsObjects extends GetsObjects {
  send: GetsObjects['send'] &
    ((command: HeadObjectCommand, options: { abortSignal: AbortSignal }) => Promise<HeadObjectCommandOutput>);
}

export function createLogStore(client: ReadsObjects): LogStore {
  return {
    async open({ bucket, key }, effort) {
      try {
        return await openObject(client, { bucket, key, etag: undefined }, effort);
      } catch (error) {
        if (error instanceof ObjectGone) return undefined;
        throw error;
      }
    },
    async etag({ bucket: Bucket, key: Key }, effort) {
      try {
        const { ETag = '' } = await insist(effort, (abortSignal) =>
          client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal }),
        );
        return ETag.replaceAll('"', '');
      } catch (error) {
        // HEAD has no body that would name the error.
        if (error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined;
        throw error;
      }
    },
  };
}
