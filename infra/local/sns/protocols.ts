import { WildRydesError } from '../../../telemetry/errors.ts';
import { ServiceError } from '../protocol/errors.ts';
import { DeliveryFailure } from './delivery-failure.ts';
import { type DeliveryPolicy, MAIL_RETRIES, MANAGED_RETRIES, type RetryPolicy } from './delivery-policy.ts';
import { confirmUrl, envelope, lambdaEvent, unsubscribeUrl } from './envelope.ts';
import { invalidParameter } from './errors.ts';
import { type HttpEndpoints, isLoopback } from './http-endpoint.ts';
import type { Mailbox } from './mailbox.ts';
import { bodyFor, type Message } from './message.ts';
import { type Subscription, subscriptionArn } from './subscriptions.ts';

/**
 * Hands an event to a function, as an asynchronous invocation does: settles once it is the function's, and rejects when
 * the function cannot have it. A ServiceError with a status from 400 on, but not 429 or from 500 on, and a WildRydesError
 * NOT_FOUND mean that it never can.
 */
export type InvokeFunction = (functionArn: string, event: object) => Promise<unknown>;

/** The ways out of this service. */
export interface Couriers {
  readonly http: HttpEndpoints;
  readonly mailbox: Mailbox;
  readonly invoke: InvokeFunction;
  /** `http://127.0.0.1:PORT` of the local cloud, for links in messages. */
  readonly endpoint: () => string;
  readonly log: (line: string) => void;
}

/** One kind of subscriber. */
export interface Protocol {
  /** Whether a subscription takes effect only once its subscriber confirmed it. */
  readonly confirmed: boolean;
  /** Whether messages can go without their JSON around them. */
  readonly raw: boolean;
  /**
   * @param anywhere whether hosts other than this machine may be posted to
   * @throws SnsError InvalidParameter for what cannot be an endpoint of this kind
   */
  readonly check: (endpoint: string, anywhere: boolean) => void;
  /** @param policy what topic and subscription say of HTTP */
  readonly retries: (policy: DeliveryPolicy) => RetryPolicy;
  /** @throws DeliveryFailure, or anything else that counts as one that is not permanent */
  readonly send: (
    message: Message,
    subscription: Subscription,
    policy: DeliveryPolicy,
    couriers: Couriers,
  ) => Promise<void>;
}

export type ProtocolName = 'http' | 'https' | 'email' | 'email-json' | 'sms' | 'lambda';

/** What AWS has besides; refused, by name. */
const ELSEWHERE: ReadonlySet<string> = new Set(['sqs', 'firehose', 'application']);

const POSTED = {
  confirmed: true,
  raw: true,
  retries: ({ retries }: DeliveryPolicy) => retries,
  send: post,
} as const;

const MAILED = { confirmed: true, raw: false, retries: () => MAIL_RETRIES, check: checkAddress } as const;

/** A new protocol is a line here. */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<ProtocolName, Protocol>([
  ['http', { ...POSTED, check: (endpoint, anywhere) => checkUrl('http', endpoint, anywhere) }],
  ['https', { ...POSTED, check: (endpoint, anywhere) => checkUrl('https', endpoint, anywhere) }],
  ['email', { ...MAILED, send: mail }],
  ['email-json', { ...MAILED, send: mailJson }],
  ['sms', { confirmed: false, raw: false, retries: () => MAIL_RETRIES, check: checkNumber, send: text }],
  [
    'lambda',
    { confirmed: false, raw: false, retries: () => MANAGED_RETRIES, check: checkFunction, send: invoke },
  ],
]);

/**
 * The protocol of that name.
 *
 * @throws SnsError InvalidParameter
 */
export function protocolOf(name: string): Protocol {
  const protocol = PROTOCOLS.get(name);
  if (protocol !== undefined) return protocol;
  if (ELSEWHERE.has(name)) {
    throw invalidParameter(
      `Protocol Reason: the local cloud has no ${name} subscriptions; it has ${[...PROTOCOLS.keys()].join(', ')}`,
    );
  }
  throw invalidParameter(`Amazon SNS does not support this protocol string: ${name}`);
}

function checkUrl(scheme: string, endpoint: string, anywhere: boolean): void {
  if (!endpoint.startsWith(`${scheme}://`))
    throw invalidParameter('Endpoint must match the specified protocol');
  if (!URL.canParse(endpoint) || endpoint.length > 2048) throw invalidParameter('Endpoint');
  const { hostname } = new URL(endpoint);
  if (anywhere || isLoopback(hostname)) return;
  throw invalidParameter(
    `Endpoint Reason: the local cloud posts to localhost, 127.0.0.1 and [::1] only (given ${hostname})`,
  );
}

function checkAddress(endpoint: string): void {
  if (!/^[!-?A-~]{1,64}@[!-?A-~]{1,255}$/.test(endpoint)) throw invalidParameter('Email address');
}

/** E.164. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-phone-number-as-subscriber.html */
export function isPhoneNumber(text: string): boolean {
  return /^\+?[1-9]\d{4,14}$/.test(text.replace(/(?<=\d)[ .-](?=\d)/g, ''));
}

function checkNumber(endpoint: string): void {
  if (!isPhoneNumber(endpoint)) throw invalidParameter(`Invalid SMS endpoint: ${endpoint}`);
}

function checkFunction(endpoint: string): void {
  if (
    !/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_$-]{1,128})?$/.test(
      endpoint,
    )
  ) {
    throw invalidParameter('Lambda endpoint ARN');
  }
}

/** Source of the headers: https://docs.aws.amazon.com/sns/latest/dg/http-header.html */
async function post(
  message: Message,
  subscription: Subscription,
  policy: DeliveryPolicy,
  { http, endpoint }: Couriers,
): Promise<void> {
  const isNotification = message.kind === 'Notification';
  const raw = isNotification && subscription.attributes.RawMessageDelivery === 'true';
  await http.post({
    url: subscription.endpoint,
    headers: {
      'x-amz-sns-message-type': message.kind,
      'x-amz-sns-message-id': message.messageId,
      'x-amz-sns-topic-arn': message.topicArn ?? '',
      ...(isNotification ? { 'x-amz-sns-subscription-arn': subscriptionArn(subscription) } : {}),
      ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      'content-type': policy.contentType,
      'user-agent': 'Amazon Simple Notification Service Agent',
    },
    body: raw ? bodyFor(message, subscription.protocol) : envelope(message, subscription, endpoint()),
  });
}

async function invoke(
  message: Message,
  subscription: Subscription,
  _policy: DeliveryPolicy,
  couriers: Couriers,
): Promise<void> {
  try {
    await couriers.invoke(subscription.endpoint, lambdaEvent(message, subscription, couriers.endpoint()));
  } catch (error) {
    if (error instanceof DeliveryFailure) throw error;
    throw new DeliveryFailure(error instanceof Error ? error.message : String(error), isForGood(error));
  }
}

function isForGood(error: unknown): boolean {
  if (error instanceof WildRydesError) return error.code === 'NOT_FOUND';
  return error instanceof ServiceError && error.status < 500 && error.status !== 429;
}

async function mail(
  message: Message,
  subscription: Subscription,
  _policy: DeliveryPolicy,
  couriers: Couriers,
): Promise<void> {
  const body = bodyFor(message, subscription.protocol);
  const isNotification = message.kind === 'Notification';
  const link = isNotification
    ? `--\nTo stop receiving notifications from this topic, visit:\n${unsubscribeUrl(subscription, couriers.endpoint())}`
    : `Confirm subscription:\n${confirmUrl(message, couriers.endpoint())}`;
  putLetter(message, subscription, `${body}\n\n${link}`, couriers);
}

async function mailJson(
  message: Message,
  subscription: Subscription,
  _policy: DeliveryPolicy,
  couriers: Couriers,
): Promise<void> {
  putLetter(message, subscription, envelope(message, subscription, couriers.endpoint()), couriers);
}

function putLetter(
  message: Message,
  { endpoint: to, id: recipient }: Subscription,
  body: string,
  { mailbox, log }: Couriers,
): void {
  const { messageId, timestamp } = message;
  const fallback =
    message.kind === 'Notification'
      ? 'AWS Notification Message'
      : 'AWS Notification - Subscription Confirmation';
  const subject = message.subject ?? fallback;
  const path = mailbox.put({ to, subject, body, messageId, timestamp, recipient });
  log(`sns: mail to ${to} is in ${path}`);
}

async function text(
  message: Message,
  { endpoint: to, id: recipient, protocol }: Subscription,
  _policy: DeliveryPolicy,
  { mailbox, log }: Couriers,
): Promise<void> {
  const { messageId, timestamp } = message;
  const body = bodyFor(message, protocol);
  const path = mailbox.put({ to, subject: null, body, messageId, timestamp, recipient });
  log(`sns: text message to ${to} is in ${path}`);
}
