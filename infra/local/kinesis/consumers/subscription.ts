import { WildRydesError } from '../../../../telemetry/errors.ts';
import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { describeChild } from '../description.ts';
import { internalFailure, type KinesisError } from '../errors.ts';
import { millisBehind, type RecordText, recordText } from '../record-text.ts';
import type { StoredShard } from '../store/shard.ts';
import type { StoredStream } from '../store/stream.ts';
import { TokenBucket } from '../token-bucket.ts';
import { eventMessage, exceptionMessage, initialResponse, type Payloads } from './event-stream.ts';
import type { Timer } from './timer.ts';

/** Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
const LIFETIME = 300_000;

/** Milliseconds after which an event goes out though there is no record. AWS does not say how often it sends one. */
const SILENCE = 5_000;

/** One event's worth. A message of this format should stay below 16 MiB, and memory holds one or two for each client. */
const ROOM = { records: 5_000, bytes: 1024 * 1024 } as const;

export interface SubscriptionOptions {
  readonly stream: StoredStream;
  readonly shard: StoredShard;
  /** Index of the first record to send. */
  readonly from: number;
  readonly payloads: Payloads;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Real milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly timer: Timer;
  /** Whether no more goes out in a second than on AWS. Asked again for every event. */
  readonly limited: () => boolean;
  /** What the client is told when the stream is deleted. */
  readonly streamGone: () => KinesisError;
  readonly log: (line: string) => void;
  /** Called once, when it is over in whatever way. */
  readonly onClosed: () => void;
}

/**
 * The answer to one SubscribeToShard call: a shard's records as messages of an event stream, as they come. It is pulled
 * by whoever writes it to the client, so that a slow client holds no more than the event that it is being sent. Between
 * records it waits for the shard, and asks it nothing.
 *
 * It ends after five minutes; at the end of a closed shard; by `end`; and by `return`, when its client has gone.
 */
export class Subscription implements AsyncIterableIterator<Uint8Array> {
  readonly #options: SubscriptionOptions;
  readonly #messages: AsyncGenerator<Uint8Array, void, void>;
  readonly #stopListening: readonly (() => void)[];
  readonly #deadline: number;
  readonly #bucket: TokenBucket;
  #next: number;
  #ending: { readonly exception: KinesisError | undefined } | undefined;
  #closed = false;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#next = options.from;
    const began = options.monotonic();
    this.#deadline = began + LIFETIME;
    this.#bucket = new TokenBucket(KINESIS_LIMITS.perSecond.bytesRead, began);
    const ring = () => this.#ring();
    this.#stopListening = [options.shard.onAppend(ring), options.stream.onShards(ring)];
    this.#messages = this.#produce();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    return this.#messages.next();
  }

  /** The client has gone. A generator's own `return` would wait until the next record came. */
  return(): Promise<IteratorResult<Uint8Array, void>> {
    this.end();
    this.#close();
    return this.#messages.return();
  }

  /** Ends it as soon as the client has taken what it is being sent, without a word or with an exception. */
  end(exception?: KinesisError): void {
    this.#ending ??= { exception };
    this.#ring();
  }

  async *#produce(): AsyncGenerator<Uint8Array, void, void> {
    const { payloads, log } = this.#options;
    try {
      yield initialResponse(payloads);
      yield* this.#events();
    } catch (error) {
      // A damaged log is told as it is, as to other readers; anything else is a fault of ours.
      const known = error instanceof WildRydesError;
      log(`kinesis: SubscribeToShard: ${known ? error.message : stackOf(error)}`);
      const failure = internalFailure(known ? error.message : 'Internal service failure.');
      yield exceptionMessage('InternalFailureException', failure, payloads);
    } finally {
      this.#close();
    }
  }

  async *#events(): AsyncGenerator<Uint8Array, void, void> {
    const { stream, shard, payloads, monotonic, streamGone, limited } = this.#options;
    let spokeAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const now = monotonic();
      const exception =
        this.#ending === undefined && stream.shards.length === 0 ? streamGone() : this.#ending?.exception;
      if (exception !== undefined) yield exceptionMessage(exception.type, exception, payloads);
      if (exception !== undefined || this.#ending !== undefined || now >= this.#deadline) return;

      const rest = this.#rest(now);
      if (rest > 0) {
        await this.#wait(Math.min(rest, this.#deadline - now));
        continue;
      }
      shard.trim();
      const read = recordText(shard, this.#next, ROOM);
      const finished = shard.closed && read.next >= shard.next;
      const silence = now - spokeAt;
      if (read.records === '' && !finished && silence < SILENCE) {
        await this.#wait(Math.min(SILENCE - silence, this.#deadline - now));
        continue;
      }
      this.#next = read.next;
      if (limited()) this.#bucket.take(read.bytes);
      spokeAt = now;
      yield eventMessage('SubscribeToShardEvent', this.#event(read, finished), payloads);
      if (finished) return;
    }
  }

  /** Without a ContinuationSequenceNumber at the shard's end: by that its readers know that they are to go on with the children. */
  #event(read: RecordText, finished: boolean): string {
    const { stream, shard, now } = this.#options;
    const end = finished
      ? `"ChildShards":${JSON.stringify(stream.childrenOf(shard).map(describeChild))}`
      : `"ContinuationSequenceNumber":"${shard.sequenceNumber(read.next - 1)}"`;
    return `{${end},"MillisBehindLatest":${millisBehind(shard, read, now())},"Records":[${read.records}]}`;
  }

  /** Milliseconds until a full event may go out. */
  #rest(now: number): number {
    if (!this.#options.limited()) return 0;
    return Math.max(0, ((ROOM.bytes - this.#bucket.level(now)) * 1000) / KINESIS_LIMITS.perSecond.bytesRead);
  }

  #ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, or at once if one came since the last wait, or after so many milliseconds. */
  async #wait(milliseconds: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const callOff = this.#options.timer(Math.ceil(milliseconds), resolve);
        this.#wake = () => {
          callOff();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#rung = false;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    this.#options.onClosed();
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
