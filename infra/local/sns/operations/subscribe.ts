import { randomBytes } from 'node:crypto';
import { mapField } from '../../protocol/query-service.ts';
import { invalidParameter, SnsError } from '../errors.ts';
import { confirmation } from '../message.ts';
import { type Context, differing } from '../operation.ts';
import { type ProtocolName, protocolOf } from '../protocols.ts';
import { withAttributes } from '../subscription-attributes.ts';
import { newSubscriptionId, type Subscription, subscriptionArn } from '../subscriptions.ts';
import { topicArn, topicOf } from '../topics.ts';

/** Of one topic. Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const FILTER_POLICIES = 200;

/** Bytes of a token; as hexadecimal digits it is as long as AWS's. */
const TOKEN = 144;

/**
 * Subscribes an endpoint to a topic; one that already is keeps its subscription, and is asked again for the confirmation
 * that it has not given. Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 */
export const subscribe = differing(
  'HTTP endpoints must be on this machine. Mail and text messages go to files. There are no subscriptions of SQS, Firehose and mobile push, and no RedrivePolicy.',
  (fields, context) => {
    const topic = topicOf(context.topics, 'TopicArn', fields.get('TopicArn'));
    const name = fields.get('Protocol') ?? '';
    const protocol = protocolOf(name);
    const endpoint = fields.get('Endpoint') ?? '';
    if (endpoint === '') throw new SnsError(404, 'NotFound', 'Endpoint not specified in subscription');
    protocol.check(endpoint, context.anywhere);
    const attributes = withAttributes(
      {},
      mapField(fields, 'Attributes'),
      { protocol: name, topic },
      'Attributes Reason: ',
    );
    const others = context.subscriptions.of(topic.name);
    const existing = others.find((one) => one.protocol === name && one.endpoint === endpoint);
    if (existing !== undefined) return again(existing, attributes, fields, context);
    if (attributes.FilterPolicy !== undefined) checkFilterPolicies(others);
    const subscription: Subscription = {
      id: newSubscriptionId(),
      topicName: topic.name,
      protocol: name as ProtocolName,
      endpoint,
      attributes,
      createdAt: context.now(),
      token: protocol.confirmed ? randomBytes(TOKEN).toString('hex') : null,
      pending: protocol.confirmed,
      authenticatedUnsubscribe: false,
    };
    context.subscriptions.put(subscription);
    ask(subscription, context);
    return answer(subscription, fields);
  },
);

function again(
  existing: Subscription,
  attributes: Subscription['attributes'],
  fields: URLSearchParams,
  context: Context,
): string {
  const kept: Readonly<Record<string, string | undefined>> = { ...existing.attributes };
  if (Object.entries(attributes).some(([name, value]) => kept[name] !== value)) {
    throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
  }
  ask(existing, context);
  return answer(existing, fields);
}

function ask({ pending, token, topicName, id }: Subscription, { send, now }: Context): void {
  if (pending && token !== null) send(confirmation(topicArn(topicName), token, now()), [id]);
}

function answer(subscription: Subscription, fields: URLSearchParams): string {
  const shown = !subscription.pending || fields.get('ReturnSubscriptionArn') === 'true';
  return `<SubscriptionArn>${shown ? subscriptionArn(subscription) : 'pending confirmation'}</SubscriptionArn>`;
}

/** @throws SnsError FilterPolicyLimitExceeded */
export function checkFilterPolicies(ofTopic: readonly Subscription[]): void {
  if (ofTopic.filter(({ attributes }) => attributes.FilterPolicy !== undefined).length < FILTER_POLICIES)
    return;
  throw new SnsError(
    403,
    'FilterPolicyLimitExceeded',
    `Filter policy limit exceeded: a topic has at most ${FILTER_POLICIES}`,
  );
}
