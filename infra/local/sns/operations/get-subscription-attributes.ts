import { LOCAL } from '../../../../telemetry/topology.ts';
import { attributesXml, shownEndpoint } from '../answer.ts';
import { subscriptionPolicyText } from '../delivery-policy.ts';
import type { Operation } from '../operation.ts';
import { DEFAULT_SCOPE, effectivePolicy } from '../subscription-attributes.ts';
import { subscriptionArn } from '../subscriptions.ts';
import { topicArn } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html */
export const getSubscriptionAttributes: Operation = (fields, { topics, subscriptions }) => {
  const one = subscriptions.byArn(fields.get('SubscriptionArn'));
  const isPosted = one.protocol === 'http' || one.protocol === 'https';
  return attributesXml({
    SubscriptionArn: subscriptionArn(one),
    TopicArn: topicArn(one.topicName),
    Owner: LOCAL.accountId,
    SubscriptionPrincipal: `arn:aws:iam::${LOCAL.accountId}:root`,
    Protocol: one.protocol,
    Endpoint: shownEndpoint(one),
    PendingConfirmation: String(one.pending),
    ConfirmationWasAuthenticated: String(one.token === null || one.authenticatedUnsubscribe),
    RawMessageDelivery: 'false',
    ...(one.attributes.FilterPolicy === undefined ? {} : { FilterPolicyScope: DEFAULT_SCOPE }),
    ...(isPosted
      ? { EffectiveDeliveryPolicy: subscriptionPolicyText(effectivePolicy(one, topics.get(one.topicName))) }
      : {}),
    ...one.attributes,
  });
};
