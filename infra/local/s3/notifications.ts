import { randomBytes } from 'node:crypto';
import type { S3Request } from './request.ts';
import type { PendingEvent } from './store/bucket.ts';
import type { BucketRecord, NotificationRule, OpenBucket } from './store/buckets.ts';

/** The functions that a bucket may tell of its events. */
export interface S3Functions {
  /** Whether there is a function of this ARN. */
  exists(functionArn: string): boolean | Promise<boolean>;
  /** Settles once the event is the function's own business; rejects if it cannot be handed over. */
  invoke(functionArn: string, event: unknown): Promise<unknown>;
}

/** What happened, as events name it. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
export type EventName =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload'
  | 'ObjectRemoved:Delete';

/** Same source: the ones that can happen here, and what stands for several of them. */
export const EVENT_TYPES: readonly string[] = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
];

/** The object that an event tells of; size and ETag only of one that was created. */
interface Subject {
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  readonly sequencer: string;
}

export interface NotifierOptions {
  readonly functions: S3Functions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * Tells functions of what happens in buckets. Events go to the journal together with what they tell of, and from there
 * to the functions, at least once each: what a killed process had not handed over, the next one does.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  get functions(): S3Functions {
    return this.#options.functions;
  }

  /** The events that a bucket's rules make of something that happens. */
  events(
    { notifications, ...bucket }: BucketRecord,
    name: EventName,
    subject: Subject,
    request: Pick<S3Request, 'id' | 'region'>,
  ): PendingEvent[] {
    return notifications
      .filter((rule) => applies(rule, name, subject.key))
      .map((rule) => ({
        id: randomBytes(8).toString('hex'),
        functionArn: rule.functionArn,
        event: { Records: [this.#record(bucket, rule, name, subject, request)] },
      }));
  }

  /** Hands events over that are in the bucket's journal. */
  deliver(bucket: OpenBucket, events: readonly PendingEvent[]): void {
    for (const event of events) {
      if (this.#underWay.has(event.id)) continue;
      const delivery = this.#deliver(bucket, event).finally(() => this.#underWay.delete(event.id));
      this.#underWay.set(event.id, delivery);
    }
  }

  /** Hands over what an earlier process had not. What is for a function that is not there yet waits for another call. */
  async resume(buckets: readonly OpenBucket[]): Promise<void> {
    for (const bucket of buckets) {
      for (const event of bucket.objects.pendingEvents()) {
        if (await isThere(this.#options.functions, event.functionArn)) this.deliver(bucket, [event]);
      }
    }
  }

  /** Settles when the deliveries under way have. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#underWay.values());
  }

  async #deliver({ record, objects }: OpenBucket, { id, functionArn, event }: PendingEvent): Promise<void> {
    const { functions, log } = this.#options;
    try {
      // After the answer to the request that it tells of.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#closed) return;
      await functions.invoke(functionArn, event);
    } catch (error) {
      const gone = !this.#closed && !(await isThere(functions, functionArn));
      const reason = error instanceof Error ? error.message : String(error);
      const fate = gone ? 'dropped' : 'kept for the next start';
      log(`s3: ${functionArn} was not told of an event of ${record.name}, which is ${fate}: ${reason}`);
      if (!gone) return;
    }
    try {
      objects.told(id);
    } catch {
      // Of a bucket that is gone, or a full disk: at worst the event comes once more.
    }
  }

  /** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
  #record(
    { name, region }: Pick<BucketRecord, 'name' | 'region'>,
    rule: NotificationRule,
    eventName: EventName,
    { key, size, etag, sequencer }: Subject,
    request: Pick<S3Request, 'id' | 'region'>,
  ): object {
    return {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: new Date(this.#options.now()).toISOString(),
      eventName,
      userIdentity: { principalId: PRINCIPAL },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': request.id, 'x-amz-id-2': request.id },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: rule.id,
        bucket: { name, ownerIdentity: { principalId: PRINCIPAL }, arn: `arn:aws:s3:::${name}` },
        object: {
          key: eventKey(key),
          ...(size === undefined ? {} : { size }),
          ...(etag === undefined ? {} : { eTag: etag }),
          sequencer,
        },
      },
    };
  }
}

async function isThere(functions: S3Functions, functionArn: string): Promise<boolean> {
  try {
    return await functions.exists(functionArn);
  } catch {
    return true;
  }
}

const PRINCIPAL = 'WILDRYDESLOCAL';

function applies(rule: NotificationRule, name: EventName, key: string): boolean {
  return (
    rule.events.some((type) => covers(type, `s3:${name}`)) &&
    key.startsWith(rule.prefix) &&
    key.endsWith(rule.suffix)
  );
}

/** Whether a type, which may end in `*`, stands for another. */
function covers(type: string, other: string): boolean {
  return type === other || (type.endsWith('*') && other.startsWith(type.slice(0, -1)));
}

/** A key as events have it: in the encoding of forms. */
export function eventKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/%20/g, '+')
    .replace(/%2F/g, '/')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Whether two rules would both tell of one event: S3 does not let a bucket have such ones.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function overlap(a: NotificationRule, b: NotificationRule): boolean {
  const share = a.events.some((one) => b.events.some((other) => covers(one, other) || covers(other, one)));
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  const suffixes = a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix);
  return share && prefixes && suffixes;
}
