import { SnsError } from '../errors.ts';
import { differing } from '../operation.ts';

/**
 * Ends a subscription; one that does not exist is no error. Needs no signature, so that the link in a message is
 * enough, unless its subscriber asked for one. Source: https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
 */
export const unsubscribe = differing(
  'HTTP endpoints are sent no UnsubscribeConfirmation.',
  (fields, { subscriptions, signed }) => {
    try {
      const subscription = subscriptions.byArn(fields.get('SubscriptionArn'));
      if (subscription.authenticatedUnsubscribe && !signed) {
        throw new SnsError(403, 'AuthorizationError', 'This subscription is ended by signed requests only');
      }
      subscriptions.delete(subscription.id);
    } catch (error) {
      if (!(error instanceof SnsError && error.type === 'NotFound')) throw error;
    }
    return '';
  },
);
