import { subscriptionsXml } from '../answer.ts';
import type { Operation } from '../operation.ts';
import { page } from '../paging.ts';
import { subscriptionArn } from '../subscriptions.ts';
import { topicOf } from '../topics.ts';

/** Lists the subscriptions of one topic. Source: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export const listSubscriptionsByTopic: Operation = (fields, { topics, subscriptions }) => {
  const topic = topicOf(topics, 'TopicArn', fields.get('TopicArn'));
  const { items, token } = page(subscriptions.of(topic.name), subscriptionArn, fields.get('NextToken'));
  return `${subscriptionsXml(items)}${token}`;
};
