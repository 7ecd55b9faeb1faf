import type { Fault } from './filter-policy.ts';

/**
 * How often and when a delivery that failed is tried again, in four phases, each of some retries: at once, after the
 * least delay, after delays that grow from the least to the most, after the most. Delays in seconds.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export interface RetryPolicy {
  /** 1 to maxDelayTarget. */
  readonly minDelayTarget: number;
  /** At most 3600. */
  readonly maxDelayTarget: number;
  /** Of all phases together: what the others leave is the growing one. */
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: keyof typeof GROWTH;
}

/** HTTP and HTTPS, unless their topic or subscription has a policy. Same source. */
export const HTTP_RETRIES: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

/** What AWS runs itself: Lambda. Over 23 days. Same source. */
export const MANAGED_RETRIES: RetryPolicy = {
  minDelayTarget: 1,
  maxDelayTarget: 20,
  numRetries: 100_015,
  numMaxDelayRetries: 100_000,
  numNoDelayRetries: 3,
  numMinDelayRetries: 2,
  backoffFunction: 'exponential',
};

/** Mail and text messages. Over 6 hours. Same source. */
export const MAIL_RETRIES: RetryPolicy = {
  minDelayTarget: 10,
  maxDelayTarget: 600,
  numRetries: 50,
  numMaxDelayRetries: 38,
  numNoDelayRetries: 0,
  numMinDelayRetries: 2,
  backoffFunction: 'exponential',
};

/** From 0 to 1, where the delay stands between the least and the most; `x` is how far the growing phase is. */
const GROWTH = {
  linear: (x: number) => x,
  arithmetic: (x: number) => (x * (x + 1)) / 2,
  geometric: (x: number) => x ** 2,
  exponential: (x: number) => 2 ** x - 1,
} as const;

/**
 * Milliseconds before a retry, without jitter; undefined when there are no more.
 *
 * @param retry 1 for the first
 */
export function delayBefore(policy: RetryPolicy, retry: number): number | undefined {
  const { minDelayTarget: least, maxDelayTarget: most } = policy;
  if (retry > policy.numRetries) return undefined;
  const growing = retry - policy.numNoDelayRetries - policy.numMinDelayRetries;
  if (retry <= policy.numNoDelayRetries) return 0;
  if (growing <= 0) return least * 1000;
  const steps =
    policy.numRetries - policy.numNoDelayRetries - policy.numMinDelayRetries - policy.numMaxDelayRetries;
  if (growing > steps) return most * 1000;
  const x = steps === 1 ? 0 : (growing - 1) / (steps - 1);
  return Math.round((least + (most - least) * GROWTH[policy.backoffFunction](x)) * 1000);
}

/** What a topic or a subscription says of its HTTP deliveries. */
export interface DeliveryPolicy {
  readonly retries: RetryPolicy;
  /** Content-Type of what is posted. */
  readonly contentType: string;
}

export const DEFAULT_POLICY: DeliveryPolicy = {
  retries: HTTP_RETRIES,
  contentType: 'text/plain; charset=UTF-8',
};

/** In seconds or times; AWS bounds the whole of a policy to an hour. */
const BOUNDS = {
  minDelayTarget: [1, 3600],
  maxDelayTarget: [1, 3600],
  numRetries: [0, 100],
  numNoDelayRetries: [0, 100],
  numMinDelayRetries: [0, 100],
  numMaxDelayRetries: [0, 100],
} as const satisfies Record<string, readonly [number, number]>;

/** The attribute DeliveryPolicy of a topic, parsed. */
export interface TopicPolicy extends DeliveryPolicy {
  /** Whether subscriptions' own policies count for nothing. */
  readonly overrides: boolean;
}

/**
 * Reads a topic's DeliveryPolicy: `{"http": {"defaultHealthyRetryPolicy": {…}, "disableSubscriptionOverrides": false,
 * "defaultRequestPolicy": {"headerContentType": "…"}}}`. What it leaves out is as by default.
 *
 * @param text JSON; undefined or '' for none
 * @throws what `fault` makes
 */
export function topicPolicy(text: string | undefined, fault: Fault): TopicPolicy {
  const http = member(parse(text, fault), 'http', fault);
  return {
    retries: retriesOf(member(http, 'defaultHealthyRetryPolicy', fault), HTTP_RETRIES, fault),
    contentType: contentTypeOf(http, 'defaultRequestPolicy', DEFAULT_POLICY, fault),
    overrides: http.disableSubscriptionOverrides === true,
  };
}

/**
 * Reads a subscription's DeliveryPolicy: `{"healthyRetryPolicy": {…}, "requestPolicy": {"headerContentType": "…"}}`.
 * What it leaves out is as the topic says.
 *
 * @param text JSON; undefined or '' for none
 * @throws what `fault` makes
 */
export function subscriptionPolicy(
  text: string | undefined,
  topic: TopicPolicy,
  fault: Fault,
): DeliveryPolicy {
  const policy = parse(text, fault);
  const own: DeliveryPolicy = {
    retries: retriesOf(member(policy, 'healthyRetryPolicy', fault), topic.retries, fault),
    contentType: contentTypeOf(policy, 'requestPolicy', topic, fault),
  };
  return topic.overrides ? topic : own;
}

type Members = Readonly<Record<string, unknown>>;

function parse(text: string | undefined, fault: Fault): Members {
  if (!text) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw fault('DeliveryPolicy: failed to parse JSON.');
  }
  return members(parsed, 'it', fault);
}

function member(of: Members, name: string, fault: Fault): Members {
  return Object.hasOwn(of, name) ? members(of[name] ?? {}, name, fault) : {};
}

function members(value: unknown, name: string, fault: Fault): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault(`DeliveryPolicy: ${name} must be a JSON object`);
  }
  return value as Members;
}

function retriesOf(given: Members, fallback: RetryPolicy, fault: Fault): RetryPolicy {
  const policy: Record<string, unknown> = { ...fallback };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    if (!Object.hasOwn(given, name) || given[name] === null) continue;
    const value = given[name];
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      throw fault(
        `DeliveryPolicy: ${name} must be from ${least} to ${most} (given ${JSON.stringify(value)})`,
      );
    }
    policy[name] = value;
  }
  const growth = given.backoffFunction ?? fallback.backoffFunction;
  if (typeof growth !== 'string' || !Object.hasOwn(GROWTH, growth)) {
    throw fault(
      `DeliveryPolicy: backoffFunction must be one of ${Object.keys(GROWTH).join(', ')} (given ${JSON.stringify(growth)})`,
    );
  }
  const retries = { ...policy, backoffFunction: growth } as RetryPolicy;
  if (retries.minDelayTarget > retries.maxDelayTarget) {
    throw fault('DeliveryPolicy: minDelayTarget must not be greater than maxDelayTarget');
  }
  const phases = retries.numNoDelayRetries + retries.numMinDelayRetries + retries.numMaxDelayRetries;
  if (phases > retries.numRetries) {
    throw fault('DeliveryPolicy: numRetries must not be less than the retries of its phases together');
  }
  return retries;
}

/** Printable, because it becomes a header. */
const CONTENT_TYPE = /^[!-~][ -~]{0,199}$/;

function contentTypeOf(given: Members, name: string, fallback: DeliveryPolicy, fault: Fault): string {
  const type = member(given, name, fault).headerContentType ?? fallback.contentType;
  if (typeof type !== 'string' || !CONTENT_TYPE.test(type)) {
    throw fault(`DeliveryPolicy: headerContentType must be a media type (given ${JSON.stringify(type)})`);
  }
  return type;
}

/** EffectiveDeliveryPolicy of a topic, as AWS tells it. */
export function topicPolicyText({ retries, contentType, overrides }: TopicPolicy): string {
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: retries,
      disableSubscriptionOverrides: overrides,
      defaultRequestPolicy: { headerContentType: contentType },
    },
  });
}

/** EffectiveDeliveryPolicy of a subscription, as AWS tells it. */
export function subscriptionPolicyText({ retries, contentType }: DeliveryPolicy): string {
  return JSON.stringify({
    healthyRetryPolicy: retries,
    sicklyRetryPolicy: null,
    throttlePolicy: null,
    requestPolicy: { headerContentType: contentType },
    guaranteed: false,
  });
}
