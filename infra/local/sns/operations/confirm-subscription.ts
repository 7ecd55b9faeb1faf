import { invalidParameter, SnsError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { subscriptionArn } from '../subscriptions.ts';
import { topicNameOf } from '../topics.ts';

/**
 * Confirms a subscription by the token that was sent to its endpoint; one that is confirmed already is answered alike.
 * Needs no signature, so that visiting the link in the message is enough.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 */
export const confirmSubscription: Operation = (fields, { subscriptions, signed }) => {
  const topicName = topicNameOf('TopicArn', fields.get('TopicArn'));
  const token = fields.get('Token');
  if (!token) throw invalidParameter('Token');
  const subscription = subscriptions.of(topicName).find((one) => one.token === token);
  if (subscription === undefined) throw invalidParameter('Token');
  const authenticated = fields.get('AuthenticateOnUnsubscribe') === 'true';
  if (authenticated && !signed) {
    throw new SnsError(403, 'AuthorizationError', 'AuthenticateOnUnsubscribe needs a request that is signed');
  }
  if (subscription.pending) {
    subscriptions.put({ ...subscription, pending: false, authenticatedUnsubscribe: authenticated });
  }
  return `<SubscriptionArn>${subscriptionArn(subscription)}</SubscriptionArn>`;
};
