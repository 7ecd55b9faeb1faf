import { invalidParameter, notFound } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { withAttributes } from '../subscription-attributes.ts';
import { checkFilterPolicies } from './subscribe.ts';

/** Sets one attribute of a subscription; '' removes it. Source: https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html */
export const setSubscriptionAttributes: Operation = (fields, { topics, subscriptions }) => {
  const subscription = subscriptions.byArn(fields.get('SubscriptionArn'));
  const topic = topics.get(subscription.topicName);
  if (topic === undefined) throw notFound('Topic');
  const name = fields.get('AttributeName');
  if (!name) throw invalidParameter('AttributeName');
  const given = Object.fromEntries([[name, fields.get('AttributeValue') ?? '']]);
  const { protocol, attributes: before } = subscription;
  const attributes = withAttributes(before, given, { protocol, topic }, '');
  if (before.FilterPolicy === undefined && attributes.FilterPolicy !== undefined) {
    checkFilterPolicies(subscriptions.of(topic.name));
  }
  subscriptions.put({ ...subscription, attributes });
  return '';
};
