import { LOCAL } from '../../../../telemetry/topology.ts';
import { escapeXml } from '../../gateway/refusal.ts';
import type { Operation } from '../operation.ts';
import { topicArn, topicOf } from '../topics.ts';

/** What AWS reports of any topic, beside the attributes given at creation. Nobody subscribes by SNS itself here. */
const OF_EVERY_TOPIC = {
  Owner: LOCAL.accountId,
  SubscriptionsConfirmed: '0',
  SubscriptionsPending: '0',
  SubscriptionsDeleted: '0',
  DisplayName: '',
} as const;

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export const getTopicAttributes: Operation = (fields, { topics }) => {
  const topic = topicOf(topics, 'TopicArn', fields.get('TopicArn'));
  const attributes = { TopicArn: topicArn(topic.name), ...OF_EVERY_TOPIC, ...topic.attributes };
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></entry>`,
  );
  return `<Attributes>${entries.join('')}</Attributes>`;
};
