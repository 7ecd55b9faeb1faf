import { randomBytes } from 'node:crypto';
import type { Checksum } from './body/checksums.ts';
import type { EventName } from './notifications.ts';
import { bucketOf, type Context } from './operation.ts';
import type { S3Request } from './request.ts';
import type { Extent } from './store/blobs.ts';
import type { OpenBucket } from './store/buckets.ts';
import type { ObjectAttributes, ObjectPart, StoredObject } from './store/object.ts';

/** An object that is to be, but for what is decided in the moment in which it becomes one. */
export interface NewObject {
  readonly attributes: ObjectAttributes;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string;
  readonly content: readonly Extent[];
  readonly checksum: Checksum | undefined;
  readonly parts?: readonly ObjectPart[];
}

/** Where and why: of a client's request, or of a call from within. */
export type Cause = Pick<S3Request, 'bucket' | 'key' | 'id' | 'region'>;

export interface StoreOptions {
  readonly event: EventName;
  /** Asked in the moment before, with what has the key until then; may throw. */
  readonly check?: (existing: StoredObject | undefined, bucket: OpenBucket) => void;
  /** Multipart upload that ends in it. */
  readonly uploadId?: string;
}

/**
 * Makes an object of what was received, and events of that; on disk when it returns.
 *
 * @throws S3Error NoSuchBucket, also when the bucket went away meanwhile
 */
export function storeObject(
  context: Context,
  cause: Cause,
  made: NewObject,
  options: StoreOptions,
): StoredObject {
  const bucket = bucketOf(context, cause.bucket);
  const { record, objects } = bucket;
  options.check?.(objects.get(cause.key), bucket);
  const { attributes, checksum, ...rest } = made;
  const object: StoredObject = {
    key: cause.key,
    ...attributes,
    ...rest,
    ...(checksum === undefined ? {} : { checksum }),
    modified: context.now(),
    sequencer: nextSequencer(context, bucket),
  };
  const events = context.notifier.events(record, options.event, object, cause);
  if (options.uploadId === undefined) objects.put(object, events);
  else objects.completeUpload(options.uploadId, object, events);
  context.notifier.deliver(bucket, events);
  return object;
}

/** Removes a key, and makes events of that; nothing happens if there is none. */
export function deleteObject(context: Context, cause: Cause): void {
  const bucket = bucketOf(context, cause.bucket);
  if (bucket.objects.get(cause.key) === undefined) return;
  const sequencer = nextSequencer(context, bucket);
  const events = context.notifier.events(
    bucket.record,
    'ObjectRemoved:Delete',
    { key: cause.key, sequencer },
    cause,
  );
  bucket.objects.delete(cause.key, events);
  context.notifier.deliver(bucket, events);
}

/** Greater than all before in this bucket, also when the clock goes back. */
function nextSequencer(context: Context, { objects }: OpenBucket): string {
  const now = BigInt(Math.trunc(context.now())) << 16n;
  const last = objects.lastSequencer === '' ? 0n : BigInt(`0x${objects.lastSequencer}`);
  const next = now > last ? now : last + 1n;
  objects.lastSequencer = next.toString(16).toUpperCase().padStart(18, '0');
  return objects.lastSequencer;
}

/** An opaque name for something new. */
export function newId(): string {
  return randomBytes(24).toString('base64url');
}
