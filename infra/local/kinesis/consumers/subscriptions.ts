import type { KinesisError } from '../errors.ts';
import type { StoredShard } from '../store/shard.ts';
import type { StoredStream } from '../store/stream.ts';
import type { Consumer } from './consumers.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';
import type { Timer } from './timer.ts';

/**
 * Milliseconds after a successful call in which the same consumer cannot subscribe to the same shard again, whether or not
 * the first subscription still goes on.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
const SETTLED_AFTER = 5_000;

export interface SubscriptionsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Real milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly timer: Timer;
  /** Whether each subscription gives no more in a second than on AWS. */
  readonly limited: () => boolean;
  readonly log: (line: string) => void;
}

/** Who subscribes to what: a consumer, and a shard of its stream. */
export interface Subscriber {
  readonly consumer: Consumer;
  readonly stream: StoredStream;
  readonly shard: StoredShard;
}

export interface Opening extends Subscriber, Pick<SubscriptionOptions, 'from' | 'payloads' | 'streamGone'> {
  /** What the subscription that this one takes over from is told. */
  readonly takenOver: KinesisError;
}

interface Entry {
  readonly consumer: Consumer;
  readonly since: number;
  readonly subscription: Subscription;
  open: boolean;
}

/** The subscriptions that are open: one at most for each consumer and shard. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  /** The last one of each consumer and shard, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  #ended = false;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /** How many are open. */
  get size(): number {
    let size = 0;
    for (const { open } of this.#entries.values()) if (open) size += 1;
    return size;
  }

  /** Whether the last call for this consumer and shard is too recent for another. */
  isTaken(subscriber: Subscriber): boolean {
    const entry = this.#entries.get(keyOf(subscriber));
    return entry !== undefined && this.#isFresh(entry);
  }

  /** Opens one, and ends the one that it takes over from. The caller has checked that it may. */
  open(opening: Opening): Subscription {
    const { consumer, takenOver } = opening;
    const key = keyOf(opening);
    this.#entries.get(key)?.subscription.end(takenOver);
    this.#forgetOld();
    const subscription = new Subscription({
      ...this.#options,
      ...opening,
      onClosed: () => this.#closed(entry),
    });
    const entry: Entry = { consumer, since: this.#options.monotonic(), subscription, open: true };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#ended) subscription.end();
    return subscription;
  }

  /** Ends a consumer's subscriptions with an exception, and lets a later one of its ARN begin at once. */
  endOf({ consumerArn }: Consumer, exception: KinesisError): void {
    for (const [key, { consumer, subscription }] of this.#entries) {
      if (consumer.consumerArn !== consumerArn) continue;
      subscription.end(exception);
      this.#entries.delete(key);
    }
  }

  /** Ends all of them without a word, as after five minutes, and whatever is opened from now on. */
  endAll(): void {
    this.#ended = true;
    for (const { subscription } of this.#entries.values()) subscription.end();
  }

  #closed(entry: Entry): void {
    entry.open = false;
  }

  #isFresh({ since }: Entry): boolean {
    return this.#options.monotonic() - since < SETTLED_AFTER;
  }

  #forgetOld(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#isFresh(entry)) return;
      if (!entry.open) this.#entries.delete(key);
    }
  }
}

function keyOf({ consumer, stream, shard }: Subscriber): string {
  return `${consumer.consumerArn} ${stream.createdAt} ${shard.shardId}`;
}
