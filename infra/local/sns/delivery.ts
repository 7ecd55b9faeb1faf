import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeliveryFailure } from './delivery-failure.ts';
import { type DeliveryPolicy, delayBefore } from './delivery-policy.ts';
import { SnsError } from './errors.ts';
import type { Message } from './message.ts';
import type { Outbox } from './outbox.ts';
import { type Couriers, protocolOf } from './protocols.ts';
import { type Subscription, subscriptionArn } from './subscriptions.ts';

export interface DeliveryOptions {
  readonly outbox: Outbox;
  readonly couriers: Couriers;
  /** Undefined once a subscription has ended: what was for it goes. */
  readonly subscription: (id: string) => Subscription | undefined;
  /** What topic and subscription say of HTTP deliveries. */
  readonly policy: (subscription: Subscription) => DeliveryPolicy;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Settles after so many milliseconds, or rejects when the signal aborts. */
  readonly wait?: Wait;
  readonly log: (line: string) => void;
}

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

const realTime: Wait = (milliseconds, signal) => sleep(milliseconds, undefined, { signal });

/** Messages under way at most: a publisher that outruns its subscribers is told so, and tries again later. */
const UNDER_WAY = 10_000;

/** Takes messages to subscribers, each on its own and as often as its protocol's policy says. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    // One for each delivery under way.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Takes up what an earlier process left. */
  resume(): void {
    for (const { message, to } of this.#options.outbox.left) this.#begin(message, to);
  }

  /**
   * Keeps a message for subscribers, on disk when this returns, and begins to deliver it soon after.
   *
   * @param to ids of subscriptions
   * @throws SnsError Throttled when too many messages are under way
   */
  send(message: Message, to: readonly string[]): void {
    if (to.length === 0) return;
    const { outbox } = this.#options;
    if (outbox.size >= UNDER_WAY) {
      throw new SnsError(429, 'Throttled', `Rate exceeded: ${UNDER_WAY} messages are still to be delivered`);
    }
    outbox.keep({ message, to });
    this.#begin(message, to);
  }

  /** Breaks off. What was not delivered is in the outbox. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  /** Not at once: the publisher is answered first. */
  #begin(message: Message, to: readonly string[]): void {
    setImmediate(() => {
      for (const id of to) {
        const delivered = this.#deliver(message, id).catch((error: unknown) => {
          this.#options.log(`sns: delivery of ${message.messageId} failed: ${String(error)}`);
        });
        this.#underWay.add(delivered);
        void delivered.then(() => this.#underWay.delete(delivered));
      }
    });
  }

  async #deliver(message: Message, id: string): Promise<void> {
    const { outbox, log } = this.#options;
    for (let attempt = 1; ; attempt++) {
      if (this.#closing.signal.aborted) return;
      const subscription = this.#options.subscription(id);
      // Ended meanwhile, or confirmed before it was asked to.
      if (subscription === undefined || subscription.pending !== (message.kind !== 'Notification')) break;
      const policy = this.#options.policy(subscription);
      const protocol = protocolOf(subscription.protocol);
      const failure = await this.#attempt(
        protocol.send(message, subscription, policy, this.#options.couriers),
      );
      if (failure === undefined) break;
      if (this.#closing.signal.aborted) return;
      const delay = failure.permanent ? undefined : delayBefore(protocol.retries(policy), attempt);
      const what = `sns: message ${message.messageId} to ${subscription.endpoint} (${subscriptionArn(subscription)})`;
      if (delay === undefined) {
        log(`${what} is given up after ${attempt} attempt${attempt > 1 ? 's' : ''}: ${failure.message}`);
        break;
      }
      if (attempt === 1) log(`${what} is tried again: ${failure.message}`);
      if (!(await this.#pause(delay))) return;
    }
    outbox.settle(message.messageId, id);
  }

  /** How a delivery failed; undefined if it did not. One that ends only after `close` counts as failed. */
  async #attempt(sent: Promise<void>): Promise<DeliveryFailure | undefined> {
    const { signal } = this.#closing;
    let stop = () => {};
    const closed = new Promise<never>((_resolve, reject) => {
      stop = () => reject(new DeliveryFailure('the local cloud is closing', false));
      signal.addEventListener('abort', stop);
    });
    try {
      await Promise.race([sent, closed]);
      return undefined;
    } catch (error) {
      if (error instanceof DeliveryFailure) return error;
      return new DeliveryFailure(error instanceof Error ? error.message : String(error), false);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Between half of a delay and all of it; false if the cloud closed meanwhile. */
  async #pause(delay: number): Promise<boolean> {
    const { random, wait = realTime } = this.#options;
    try {
      await wait(delay * (0.5 + random() / 2), this.#closing.signal);
      return true;
    } catch {
      return false;
    }
  }
}
