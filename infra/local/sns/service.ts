import { join } from 'node:path';
import { type Clock, systemClock } from '../../../telemetry/clock.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import type { Notification } from '../control/api.ts';
import { openDocuments } from '../documents.ts';
import type { Service } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import { createQueryService, isSigned } from '../protocol/query-service.ts';
import { Delivery, type Wait } from './delivery.ts';
import { API_VERSION } from './envelope.ts';
import { createHttpEndpoints } from './http-endpoint.ts';
import { openMailbox } from './mailbox.ts';
import { bodyFor, type Message } from './message.ts';
import type { Context, Operation } from './operation.ts';
import { confirmSubscription } from './operations/confirm-subscription.ts';
import { createTopic } from './operations/create-topic.ts';
import { deleteTopic } from './operations/delete-topic.ts';
import { getSubscriptionAttributes } from './operations/get-subscription-attributes.ts';
import { getTopicAttributes } from './operations/get-topic-attributes.ts';
import { listSubscriptions } from './operations/list-subscriptions.ts';
import { listSubscriptionsByTopic } from './operations/list-subscriptions-by-topic.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { listTopics } from './operations/list-topics.ts';
import { publish } from './operations/publish.ts';
import { publishBatch } from './operations/publish-batch.ts';
import { setSubscriptionAttributes } from './operations/set-subscription-attributes.ts';
import { setTopicAttributes } from './operations/set-topic-attributes.ts';
import { subscribe } from './operations/subscribe.ts';
import { tagResource } from './operations/tag-resource.ts';
import { unsubscribe } from './operations/unsubscribe.ts';
import { untagResource } from './operations/untag-resource.ts';
import { openOutbox } from './outbox.ts';
import type { InvokeFunction } from './protocols.ts';
import { accepts, effectivePolicy } from './subscription-attributes.ts';
import { type Subscription, Subscriptions } from './subscriptions.ts';
import { type Topic, topicArn } from './topics.ts';

export interface SnsOptions {
  /** State folder, created if missing; null: in memory, and a temporary folder for mail. */
  readonly folder: string | null;
  /** `http://127.0.0.1:PORT` of the local cloud, for the links in messages; asked at each of them. Default LOCAL's port. */
  readonly endpoint?: () => string;
  /** Hands events to functions. Default: there are none. */
  readonly invoke?: InvokeFunction;
  /** Whether hosts other than this machine may be posted to. Default false. */
  readonly anywhere?: boolean;
  readonly clock?: Clock;
  /** For the jitter of retries. Default Math.random. */
  readonly random?: () => number;
  /** How retries wait. Default real time. */
  readonly wait?: Wait;
  /** Told where mail is, of deliveries that fail, and of faults, which the client sees as InternalError. */
  readonly log?: (line: string) => void;
}

export interface SnsService extends Service {
  /**
   * Publishes a message as Publish does. On disk when it settles.
   *
   * @throws SnsError as Publish answers it: InvalidParameter, NotFound
   */
  publish(topicArn: string, message: string): Promise<void>;
  /** Calls `listener` for each message published from now on, before its publisher is answered. Returns how to end that. */
  onPublish(listener: (notification: Notification) => void): () => void;
}

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['ConfirmSubscription', confirmSubscription],
  ['CreateTopic', createTopic],
  ['DeleteTopic', deleteTopic],
  ['GetSubscriptionAttributes', getSubscriptionAttributes],
  ['GetTopicAttributes', getTopicAttributes],
  ['ListSubscriptions', listSubscriptions],
  ['ListSubscriptionsByTopic', listSubscriptionsByTopic],
  ['ListTagsForResource', listTagsForResource],
  ['ListTopics', listTopics],
  ['Publish', publish],
  ['PublishBatch', publishBatch],
  ['SetSubscriptionAttributes', setSubscriptionAttributes],
  ['SetTopicAttributes', setTopicAttributes],
  ['Subscribe', subscribe],
  ['TagResource', tagResource],
  ['Unsubscribe', unsubscribe],
  ['UntagResource', untagResource],
]);

/** What the links in messages do. */
const LINKS: ReadonlySet<string> = new Set(['ConfirmSubscription', 'Unsubscribe']);

/**
 * SNS: topics, and messages taken to their subscribers and to whoever listens in this process.
 *
 * @throws WildRydesError STATE_CORRUPT when the state in the folder cannot be read
 */
export function createSns(options: SnsOptions): SnsService {
  const { folder, log = () => {}, clock = systemClock, anywhere = false } = options;
  const fileOf = (name: string) => (folder === null ? null : join(folder, name));
  const topics = openDocuments<Topic>({ file: fileOf('topics.json'), what: 'topics' });
  const subscriptions = new Subscriptions(
    openDocuments<Subscription>({ file: fileOf('subscriptions.json'), what: 'subscriptions' }),
    clock.now,
  );
  const http = createHttpEndpoints(anywhere);
  const mailbox = openMailbox(folder);
  const delivery = new Delivery({
    outbox: openOutbox(fileOf('outbox')),
    couriers: {
      http,
      mailbox,
      invoke: options.invoke ?? noFunctions,
      endpoint: options.endpoint ?? (() => DEFAULT_ENDPOINT),
      log,
    },
    subscription: (id) => subscriptions.get(id),
    policy: (subscription) => effectivePolicy(subscription, topics.get(subscription.topicName)),
    random: options.random ?? Math.random,
    ...(options.wait === undefined ? {} : { wait: options.wait }),
    log,
  });
  const listeners = new Set<(notification: Notification) => void>();

  function publishTo(message: Message, topicName: string): void {
    const { messageId } = message;
    const to = subscriptions.of(topicName).filter((one) => !one.pending && accepts(one, message));
    delivery.send(
      message,
      to.map(({ id }) => id),
    );
    const notification = { topicArn: topicArn(topicName), messageId, message: bodyFor(message, 'default') };
    for (const listener of listeners) listener(notification);
  }

  const contextOf = (signed: boolean): Context => ({
    topics,
    subscriptions,
    publish: publishTo,
    send: (message, to) => delivery.send(message, to),
    mailbox,
    signed,
    anywhere,
    now: clock.now,
  });
  const service = createQueryService<Context>({
    title: 'SNS',
    signingName: 'sns',
    version: API_VERSION,
    namespace: `http://sns.amazonaws.com/doc/${API_VERSION}/`,
    // A message of 256 KiB, every byte of it percent-encoded, and room for the rest.
    maxBody: 1024 * 1024,
    operations: OPERATIONS,
    links: LINKS,
    context: (request) => contextOf(isSigned(request)),
    log,
  });
  subscriptions.sweep();
  delivery.resume();
  return {
    ...service,
    async publish(topicArn, message) {
      await publish(new URLSearchParams({ TopicArn: topicArn, Message: message }), contextOf(true));
    },
    onPublish(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      http.close();
      await delivery.close();
      mailbox.close();
    },
  };
}

const DEFAULT_ENDPOINT = `http://127.0.0.1:${LOCAL.port}`;

function noFunctions(functionArn: string): Promise<never> {
  return Promise.reject(
    new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404),
  );
}
