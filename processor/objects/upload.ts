import { WildRydesError } from '../../telemetry/errors.ts';
import type { ObjectName } from './object-body.ts';

/** One record of an S3 event: an object that was put into a bucket. */
export interface Upload extends ObjectName {
  /** Milliseconds since the epoch; NaN if the event does not say. */
  readonly eventTime: number;
  /** Tells the order of events of one key, as hexadecimal digits; undefined if the event does not say. */
  readonly sequencer: string | undefined;
}

/**
 * Reads an event of S3. Keys come as in forms on the web, with + for spaces, and are decoded.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @returns the uploads, in the order of the event; none for the test event that S3 sends when a rule is made, nor for
 *   records of deletions
 * @throws WildRydesError USAGE when it is no such event
 */
export function readUploads(event: unknown): Upload[] {
  const { Records, Event } = Object(event) as { readonly Records?: unknown; readonly Event?: unknown };
  if (Event === 's3:TestEvent') return [];
  if (!Array.isArray(Records)) throw noEvent('it has no list Records');
  return Records.flatMap((record: unknown) => {
    const { eventName, eventTime, s3 } = Object(record) as Partial<Record<string, unknown>>;
    if (typeof eventName === 'string' && !eventName.includes('ObjectCreated')) return [];
    const { bucket, object } = Object(s3) as Partial<Record<string, unknown>>;
    const { name } = Object(bucket) as { readonly name?: unknown };
    const { key, eTag, sequencer } = Object(object) as Partial<Record<string, unknown>>;
    if (typeof name !== 'string' || name === '') throw noEvent('a record has no s3.bucket.name');
    if (typeof key !== 'string' || key === '') throw noEvent('a record has no s3.object.key');
    return [
      {
        bucket: name,
        key: decodeKey(key),
        etag: typeof eTag === 'string' && eTag !== '' ? eTag.replaceAll('"', '') : undefined,
        eventTime: typeof eventTime === 'string' ? Date.parse(eventTime) : Number.NaN,
        sequencer: typeof sequencer === 'string' ? sequencer : undefined,
      },
    ];
  });
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw noEvent('the s3.object.key of a record is not URL-encoded UTF-8');
  }
}

function noEvent(why: string): WildRydesError {
  return new WildRydesError('USAGE', `the event must be one that S3 sends (given one of which ${why})`, {
    next: 'Invoke the function with the event.json beside its handler, or by its trigger.',
  });
}
