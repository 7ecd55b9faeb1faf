import { LOCAL } from '../../../telemetry/topology.ts';
import { escapeXml } from '../gateway/refusal.ts';
import { type Subscription, subscriptionArn } from './subscriptions.ts';
import { topicArn } from './topics.ts';

/** Attributes as a Query answer has them: `<Attributes><entry><key>…</key><value>…</value></entry></Attributes>`. */
export function attributesXml(attributes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></entry>`,
  );
  return `<Attributes>${entries.join('')}</Attributes>`;
}

/** Subscriptions as lists have them. Until it is confirmed, one is told without its ARN. */
export function subscriptionsXml(subscriptions: readonly Subscription[]): string {
  const members = subscriptions.map((one) => {
    const arn = one.pending ? 'PendingConfirmation' : subscriptionArn(one);
    return (
      `<member><SubscriptionArn>${arn}</SubscriptionArn><Owner>${LOCAL.accountId}</Owner>` +
      `<Protocol>${one.protocol}</Protocol><Endpoint>${escapeXml(shownEndpoint(one))}</Endpoint>` +
      `<TopicArn>${topicArn(one.topicName)}</TopicArn></member>`
    );
  });
  return `<Subscriptions>${members.join('')}</Subscriptions>`;
}

/** Without the password that a URL may have. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html */
export function shownEndpoint({ protocol, endpoint }: Subscription): string {
  if (!protocol.startsWith('http')) return endpoint;
  const password = /^(https?:\/\/[^/@:]*:)[^/@]*@/.exec(endpoint);
  return password === null ? endpoint : `${password[1]}****@${endpoint.slice(password[0].length)}`;
}

/** A result without members: botocore looks for its element all the same, where the API's model has one. */
export const EMPTY_RESULT = '\n';
