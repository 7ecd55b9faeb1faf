import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from '../../../telemetry/clock.ts';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import type { ApiResponse, RequestHead, Service } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { errorAnswer, signed } from './answers.ts';
import { DEFAULT_ALGORITHM } from './body/checksums.ts';
import { digestContent } from './body/receive.ts';
import { storeObject } from './changes.ts';
import { S3Error } from './errors.ts';
import { checkHeaders } from './header-values.ts';
import { Notifier, type S3Functions } from './notifications.ts';
import { bucketOf, type Context, checkKey } from './operation.ts';
import { readRequest } from './request.ts';
import { nameOfOperation, OPERATIONS, operationOf } from './routes.ts';
import { Buckets } from './store/buckets.ts';
import type { Pairs } from './store/object.ts';

export interface S3Options {
  /** State folder, created if missing; null: temporary files, removed at close. */
  readonly folder: string | null;
  readonly clock: Pick<Clock, 'now'>;
  /** The functions that buckets may tell of their events. Default: there are none. */
  readonly functions?: S3Functions;
  /** Told of faults, which clients see as InternalError, and of events that could not be handed over. */
  readonly log?: (line: string) => void;
}

/** What the other services put into a bucket. */
export interface PutOptions {
  /** Default `binary/octet-stream`. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** By names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface S3Service extends Service {
  /** Whether there is a bucket of this name. */
  hasBucket(bucket: string): boolean;
  /** An object's whole content; undefined if there is no such bucket or key. */
  readObject(bucket: string, key: string): Promise<Buffer | undefined>;
  /**
   * Puts an object as PutObject does, with its events. On disk when it settles.
   *
   * @throws S3Error NoSuchBucket, KeyTooLongError; InvalidArgument for what no header can hold
   */
  putObject(bucket: string, key: string, body: Uint8Array | string, options?: PutOptions): Promise<void>;
  /**
   * Hands over the events that an earlier process had not, to the functions that are there: to be called when there may
   * be more of them.
   */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/**
 * S3: buckets and objects in files, as REST with XML.
 *
 * @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE
 */
export function createS3({ folder, clock, functions = NONE, log = () => {} }: S3Options): S3Service {
  const home = folderOrTemporary(folder);
  const now = () => clock.now();
  const buckets = new Buckets(home.path, log);
  const notifier = new Notifier({ functions, now, log });
  const context: Context = { buckets, notifier, now };

  async function answer(head: RequestHead, body: Readable): Promise<ApiResponse> {
    const id = randomUUID();
    try {
      const request = readRequest(head, body, id);
      const operation = operationOf(request);
      checkOwner(request.header('x-amz-expected-bucket-owner'));
      return signed(head, id, await operation(request, context));
    } catch (error) {
      const [resource = ''] = head.path.split('?');
      return signed(head, id, errorAnswer(asS3Error(error, head), resource, id));
    }
  }

  function asS3Error(error: unknown, { method, path }: RequestHead): S3Error {
    if (error instanceof S3Error) return error;
    if (error instanceof ServiceError) return new S3Error(error.status, error.type, error.message);
    const known = error instanceof WildRydesError;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(`s3: ${method} ${path.slice(0, 200)}: ${known ? error.message : stack}`);
    const message = known ? error.message : 'We encountered an internal error. Please try again.';
    return new S3Error(500, 'InternalError', message);
  }

  return {
    title: 'S3',
    signingName: 's3',
    targetPrefixes: [],
    // Bodies are read by the operations, each with its own bound.
    maxBody: 0,
    operations: OPERATIONS,
    nameOperation(head) {
      try {
        return nameOfOperation(readRequest(head, Readable.from([]), '')) ?? '';
      } catch {
        return ''; // what cannot be read is answered with an error
      }
    },
    handle: ({ body, ...head }) => answer(head, Readable.from(body.length === 0 ? [] : [body])),
    receive: (head, body) => answer(head, body),
    hasBucket: (bucket) => buckets.get(bucket) !== undefined,
    async readObject(bucket, key) {
      const object = buckets.get(bucket)?.objects.get(key);
      if (object === undefined) return undefined;
      const pieces: Buffer[] = [];
      for await (const piece of buckets.blobs.read(object.content)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    async putObject(bucket, key, body, options = {}) {
      const { record } = bucketOf(context, bucket);
      checkKey(key);
      const headers = headersOf(options);
      const metadata = Object.entries(options.metadata ?? {}).map(
        ([name, value]) => [name.toLowerCase(), value] as const,
      );
      checkHeaders([...headers, ...metadata]);
      const { blobs } = buckets;
      const writer = await blobs.create();
      const bytes = Buffer.from(body);
      await writer.write(bytes).catch(async (error) => {
        await writer.discard();
        throw error;
      });
      const content = await writer.finish();
      try {
        const { md5, checksum } = await digestContent(blobs, content, DEFAULT_ALGORITHM);
        const attributes = {
          headers,
          metadata,
          tags: [],
          storageClass: 'STANDARD',
          encryption: record.encryption,
        };
        storeObject(
          context,
          { bucket, key, id: randomUUID(), region: record.region },
          {
            attributes,
            size: bytes.length,
            etag: md5,
            content,
            checksum: { algorithm: DEFAULT_ALGORITHM, value: checksum, type: 'FULL_OBJECT' },
          },
          { event: 'ObjectCreated:Put' },
        );
      } finally {
        blobs.release(content);
      }
    },
    resume: () => notifier.resume(buckets.all()),
    async close() {
      await notifier.close();
      await buckets.close();
      home.remove();
    },
  };
}

const NONE: S3Functions = {
  exists: () => false,
  invoke: () => Promise.reject(new Error('there are no functions')),
};

function headersOf({ contentType, contentEncoding }: PutOptions): Pairs {
  return [['content-type', contentType] as const, ['content-encoding', contentEncoding] as const].filter(
    (pair): pair is [string, string] & typeof pair => pair[1] !== undefined,
  );
}

/** Everything is the one account's. */
function checkOwner(expected: string | undefined): void {
  if (expected === undefined || expected === LOCAL.accountId) return;
  throw new S3Error(403, 'AccessDenied', 'Access Denied');
}
