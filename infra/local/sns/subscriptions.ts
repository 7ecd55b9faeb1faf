import { randomUUID } from 'node:crypto';
import type { Documents } from '../documents.ts';
import { invalidParameter, notFound } from './errors.ts';
import type { FilterScope } from './filter-policy.ts';
import type { ProtocolName } from './protocols.ts';
import { topicArn } from './topics.ts';

/** Names as in the API's attributes. */
export interface SubscriptionAttributes {
  readonly RawMessageDelivery?: 'true' | 'false';
  /** JSON; absent: every message. */
  readonly FilterPolicy?: string;
  readonly FilterPolicyScope?: FilterScope;
  /** JSON. */
  readonly DeliveryPolicy?: string;
}

export interface Subscription {
  /** The last part of its ARN. */
  readonly id: string;
  readonly topicName: string;
  readonly protocol: ProtocolName;
  readonly endpoint: string;
  readonly attributes: SubscriptionAttributes;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** What is asked of the subscriber, and since when; kept after confirmation, because confirming twice is no error. Null where none is needed. */
  readonly token: string | null;
  readonly pending: boolean;
  /** Whether the subscriber asked that only signed requests may end it. */
  readonly authenticatedUnsubscribe: boolean;
}

/** A subscription that nobody confirms goes after two days. Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const PENDING_AT_MOST = 2 * 24 * 60 * 60 * 1000;

/** The subscriptions of all topics. What has waited too long for its confirmation is not there. */
export class Subscriptions {
  readonly #documents: Documents<Subscription>;
  readonly #now: () => number;

  constructor(documents: Documents<Subscription>, now: () => number) {
    this.#documents = documents;
    this.#now = now;
  }

  /** In the order of their ARNs. */
  all(): readonly Subscription[] {
    return this.#where(() => true).sort((a, b) => (subscriptionArn(a) < subscriptionArn(b) ? -1 : 1));
  }

  /** Of one topic, in the order of their ARNs. */
  of(topicName: string): readonly Subscription[] {
    return this.#where((one) => one.topicName === topicName);
  }

  /** Forgets what nobody confirmed in time. */
  sweep(): void {
    for (const one of this.#documents.all()) if (!this.#lives(one)) this.#documents.delete(one.id);
  }

  /** In the order of their ids, which within a topic is that of their ARNs. */
  #where(wanted: (one: Subscription) => boolean): Subscription[] {
    return this.#documents.all().filter((one) => wanted(one) && this.#lives(one));
  }

  get(id: string): Subscription | undefined {
    const found = this.#documents.get(id);
    return found !== undefined && this.#lives(found) ? found : undefined;
  }

  /**
   * The subscription of an ARN, whatever the region and the account in it.
   *
   * @throws SnsError InvalidParameter when it is no subscription's ARN, NotFound when there is no such subscription
   */
  byArn(arn: string | null): Subscription {
    const { id, topicName } = partsOf(arn);
    const found = this.get(id);
    if (found === undefined || found.topicName !== topicName) throw notFound('Subscription');
    return found;
  }

  /** Adds, or replaces, and is on disk when it returns. */
  put(subscription: Subscription): void {
    this.#documents.put(subscription.id, subscription);
  }

  delete(id: string): void {
    this.#documents.delete(id);
  }

  #lives({ pending, createdAt }: Subscription): boolean {
    return !pending || this.#now() - createdAt < PENDING_AT_MOST;
  }
}

export function newSubscriptionId(): string {
  return randomUUID();
}

export function subscriptionArn({ topicName, id }: Pick<Subscription, 'topicName' | 'id'>): string {
  return `${topicArn(topicName)}:${id}`;
}

function partsOf(arn: string | null): { readonly topicName: string; readonly id: string } {
  const parts = (arn ?? '').split(':');
  const [scheme, , service, , , topicName = '', id = '', ...more] = parts;
  if (scheme !== 'arn' || service !== 'sns' || parts.length < 6) {
    throw invalidParameter(
      `SubscriptionArn Reason: An ARN must have at least 6 elements, not ${parts.length}`,
    );
  }
  if (topicName === '' || id === '' || more.length > 0) throw invalidParameter('SubscriptionId');
  return { topicName, id };
}
