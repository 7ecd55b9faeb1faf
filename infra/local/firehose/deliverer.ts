import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import type { Clock } from '../../../telemetry/clock.ts';
import { type DeliveryStream, deliveryStreamArn } from './delivery-streams.ts';
import { bucketOf, bufferOf, processingOf, type S3Settings } from './destination.ts';
import { slowDown } from './errors.ts';
import { orAborted } from './or-aborted.ts';
import { evaluatePrefix, objectName } from './prefix.ts';
import { reasonOf } from './reason.ts';
import type { Origin, Spool, SpooledRecord } from './spool.ts';
import { type FailedRecord, failureLines, type InvokeFunction, transform } from './transformation.ts';

const gzip = promisify(gzipWithCallback);

/** Puts an object into a bucket; rejects when it is not there then. */
export type PutObject = (
  bucket: string,
  key: string,
  body: Uint8Array,
  options: { readonly contentType: string; readonly contentEncoding?: string },
) => Promise<unknown>;

/** Settles after so many milliseconds, or rejects when the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

export interface Surroundings {
  readonly putObject: PutObject;
  readonly invoke: InvokeFunction;
  /** Takes one event of a delivery stream's error log, in JSON. */
  readonly writeLog: (logGroup: string, logStream: string, event: string) => void;
  readonly clock: Clock;
  /** Default real time. */
  readonly wait?: Wait | undefined;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}

export const realTime: Wait = (milliseconds, signal) => sleep(milliseconds, undefined, { signal });

/** Milliseconds between attempts to put an object, from the first on, doubled up to the last. */
const AGAIN = { first: 1_000, most: 60_000 } as const;

/** Bytes on disk of one delivery stream that are not delivered, before it takes no more. */
const PENDING_AT_MOST = 1024 * 1024 * 1024;

/** Gathers the records of one delivery stream, and delivers them: at least once, in order. */
export class Deliverer {
  #stream: DeliveryStream;
  readonly #spool: Spool;
  readonly #around: Surroundings;
  readonly #closing = new AbortController();
  /** Aborted when there is something to look at: records, a full buffer, another destination. */
  #wake = new AbortController();
  readonly #ended: Promise<void>;

  constructor(stream: DeliveryStream, spool: Spool, around: Surroundings) {
    this.#stream = stream;
    this.#spool = spool;
    this.#around = around;
    setMaxListeners(0, this.#closing.signal);
    this.#ended = this.#run();
  }

  /** Index of the first record of a shard of the source that was not taken; undefined for a shard that is new. */
  takenFrom(shardId: string): number | undefined {
    return this.#spool.takenFrom(shardId);
  }

  /**
   * Takes records, on disk when it returns. Returns the index of the first.
   *
   * @param records data in base64, checked before
   * @throws WildRydesError STATE_UNUSABLE
   */
  put(records: readonly { readonly data: string; readonly origin: Origin | null }[]): number {
    const wasEmpty = this.#isEmpty;
    const first = this.#spool.append(records, this.#around.clock.now());
    if (wasEmpty || this.#isFull) this.#ring();
    return first;
  }

  /** Notes where a new shard of the source begins. */
  begin(shardId: string, index: number): void {
    this.#spool.begin(shardId, index);
  }

  /** @throws ServiceError ServiceUnavailableException when too much waits for its delivery */
  checkRoom(): void {
    if (this.#spool.pendingBytes > PENDING_AT_MOST) throw slowDown();
  }

  /** What follows is delivered by these settings. */
  update(stream: DeliveryStream): void {
    this.#stream = stream;
    this.#ring();
  }

  /** Breaks off, and closes the spool; what is not delivered stays there. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
    this.#spool.close();
  }

  /** Breaks off, and throws away what is not delivered. */
  async remove(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
    this.#spool.remove();
  }

  get #isEmpty(): boolean {
    return this.#spool.position >= this.#spool.next;
  }

  get #isFull(): boolean {
    return this.#spool.pendingBytes >= bufferOf(this.#stream.destination).bytes;
  }

  #ring(): void {
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#gather();
        if (!signal.aborted) await this.#flush();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) {
          this.#around.log(`firehose: delivery of ${this.#stream.name} is tried again: ${reasonOf(error)}`);
          this.#tell(codeOf(error), reasonOf(error));
        }
        failures += 1;
        const delay = Math.min(AGAIN.first * 2 ** (failures - 1), AGAIN.most);
        await this.#pause(delay * (0.5 + this.#around.random() / 2), signal);
      }
    }
  }

  /** Until the buffer is full, or its interval has passed since there was something in it. */
  async #gather(): Promise<void> {
    const { signal } = this.#closing;
    const { clock } = this.#around;
    while (this.#isEmpty && !signal.aborted) {
      await this.#until((either) => orAborted(new Promise(() => {}), either));
    }
    const start = clock.monotonic();
    while (!this.#isFull && !signal.aborted) {
      const rest = bufferOf(this.#stream.destination).milliseconds - (clock.monotonic() - start);
      if (rest <= 0) return;
      if (await this.#until((either) => (this.#around.wait ?? realTime)(rest, either))) return;
    }
  }

  /** Waits until there is something to look at; true if what was waited for came instead. */
  async #until(wait: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    this.#wake = new AbortController();
    return this.#settles(wait(AbortSignal.any([this.#wake.signal, this.#closing.signal])));
  }

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#settles((this.#around.wait ?? realTime)(milliseconds, signal));
  }

  async #settles(waited: Promise<unknown>): Promise<boolean> {
    try {
      await waited;
      return true;
    } catch {
      return false;
    }
  }

  async #flush(): Promise<void> {
    const stream = this.#stream;
    const { destination } = stream;
    const records = this.#spool.read(bufferOf(destination).bytes);
    if (records.length === 0) return;
    const { transformation, delimiter } = processingOf(destination);
    const { delivered, failed } =
      transformation === undefined
        ? { delivered: records.map(({ data }) => data), failed: [] }
        : await transform(records, {
            stream,
            transformation,
            invoke: this.#around.invoke,
            now: this.#around.clock.now,
            signal: this.#closing.signal,
          });
    // A function that was stopped with the cloud says nothing about the records.
    if (this.#closing.signal.aborted) return;
    if (delivered.length > 0) await this.#put(stream, records, null, joined(delivered, delimiter));
    if (failed.length > 0 && transformation !== undefined) {
      this.#tellFailures(failed);
      const lines = Buffer.from(failureLines(failed, transformation.functionArn));
      await this.#put(stream, records, 'processing-failed', lines);
    }
    this.#spool.delivered(records);
  }

  async #put(
    stream: DeliveryStream,
    records: readonly SpooledRecord[],
    error: string | null,
    content: Buffer,
  ): Promise<void> {
    const { destination } = stream;
    const [first] = records;
    const oldest = first?.arrival ?? 0;
    const isZipped = destination.CompressionFormat === 'GZIP';
    const place = {
      prefix: destination.Prefix ?? '',
      errorPrefix: destination.ErrorOutputPrefix || null,
      error,
      oldest,
    };
    const extension =
      error === null ? (destination.FileExtension ?? (isZipped ? '.gz' : '')) : isZipped ? '.gz' : '';
    const name = objectName(stream, oldest, `${stream.id} ${first?.index} ${error}`);
    const body = isZipped ? await gzip(content) : content;
    const put = this.#around.putObject(
      bucketOf(destination),
      evaluatePrefix(place) + name + extension,
      body,
      {
        contentType: 'application/octet-stream',
        ...(isZipped ? { contentEncoding: 'gzip' } : {}),
      },
    );
    await orAborted(put, this.#closing.signal);
  }

  /** One line for each kind of failure, as the error log of AWS has. */
  #tellFailures(failed: readonly FailedRecord[]): void {
    const byCode = new Map(failed.map((one) => [one.errorCode, one.errorMessage]));
    for (const [code, message] of byCode) {
      this.#around.log(`firehose: ${this.#stream.name}: ${code}: ${message}`);
      this.#tell(code, message);
    }
  }

  /** Source: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
  #tell(errorCode: string, message: string): void {
    const { name, version, destination } = this.#stream;
    const { Enabled, LogGroupName, LogStreamName } = loggingOf(destination);
    if (Enabled !== true || !LogGroupName || !LogStreamName) return;
    const event = {
      deliveryStreamARN: deliveryStreamArn(name),
      destination: destination.BucketARN,
      deliveryStreamVersionId: version,
      message,
      errorCode,
    };
    this.#around.writeLog(LogGroupName, LogStreamName, JSON.stringify(event));
  }
}

function loggingOf(destination: S3Settings): {
  readonly Enabled?: boolean | undefined;
  readonly LogGroupName?: string | undefined;
  readonly LogStreamName?: string | undefined;
} {
  return destination.CloudWatchLoggingOptions ?? {};
}

function joined(parts: readonly Buffer[], delimiter: string): Buffer {
  if (delimiter === '') return Buffer.concat(parts);
  const end = Buffer.from(delimiter);
  return Buffer.concat(parts.flatMap((part) => [part, end]));
}

/** `S3.NoSuchBucket`, from whatever the bucket's service says. */
function codeOf(error: unknown): string {
  const { type, name } = (error ?? {}) as { type?: unknown; name?: unknown };
  return `S3.${typeof type === 'string' ? type : String(name ?? 'Error')}`;
}
