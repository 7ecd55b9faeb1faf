import { bodyFor, type Message } from './message.ts';
import { attributesByName } from './message-attributes.ts';
import { type Subscription, subscriptionArn } from './subscriptions.ts';

export const API_VERSION = '2010-03-31';

/** Stands where AWS signs: a local cloud has no key that anyone could trust. */
const UNSIGNED = Buffer.from('not signed by the local cloud').toString('base64');

/** A message in SNS's own JSON: what is posted to HTTP endpoints and mailed as email-json. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export function envelope(message: Message, subscription: Subscription, endpoint: string): string {
  const { attributes, token, subject } = message;
  const fields = {
    Type: message.kind,
    MessageId: message.messageId,
    ...(token === null ? {} : { Token: token }),
    TopicArn: message.topicArn,
    ...(subject === null ? {} : { Subject: subject }),
    Message: bodyFor(message, subscription.protocol),
    ...(token === null ? {} : { SubscribeURL: confirmUrl(message, endpoint) }),
    Timestamp: new Date(message.timestamp).toISOString(),
    SignatureVersion: '1',
    Signature: UNSIGNED,
    SigningCertURL: certificateUrl(endpoint),
    ...(token === null ? { UnsubscribeURL: unsubscribeUrl(subscription, endpoint) } : {}),
    ...(attributes.length === 0 ? {} : { MessageAttributes: attributesByName(attributes) }),
  };
  return JSON.stringify(fields, null, 2);
}

/** The event that a function gets. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function lambdaEvent(message: Message, subscription: Subscription, endpoint: string): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn(subscription),
        Sns: {
          Type: message.kind,
          MessageId: message.messageId,
          TopicArn: message.topicArn,
          Subject: message.subject,
          Message: bodyFor(message, subscription.protocol),
          Timestamp: new Date(message.timestamp).toISOString(),
          SignatureVersion: '1',
          Signature: UNSIGNED,
          SigningCertUrl: certificateUrl(endpoint),
          UnsubscribeUrl: unsubscribeUrl(subscription, endpoint),
          MessageAttributes: attributesByName(message.attributes),
        },
      },
    ],
  };
}

/** Confirms a subscription when it is visited. */
export function confirmUrl({ topicArn, token }: Message, endpoint: string): string {
  return actionUrl(endpoint, {
    Action: 'ConfirmSubscription',
    TopicArn: topicArn ?? '',
    Token: token ?? '',
  });
}

/** Ends a subscription when it is visited. */
export function unsubscribeUrl(subscription: Subscription, endpoint: string): string {
  return actionUrl(endpoint, { Action: 'Unsubscribe', SubscriptionArn: subscriptionArn(subscription) });
}

/** The version, which AWS's own links lack, is what tells the local cloud that SNS is meant. */
function actionUrl(endpoint: string, fields: Readonly<Record<string, string>>): string {
  return `${endpoint}/?${new URLSearchParams({ ...fields, Version: API_VERSION })}`;
}

function certificateUrl(endpoint: string): string {
  return `${endpoint}/SimpleNotificationService-local.pem`;
}
