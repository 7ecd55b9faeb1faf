import { attributesXml } from '../answer.ts';
import { differing } from '../operation.ts';
import { topicDefaults } from '../topic-attributes.ts';
import { topicOf } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export const getTopicAttributes = differing(
  'SubscriptionsDeleted is always 0.',
  (fields, { topics, subscriptions }) => {
    const topic = topicOf(topics, 'TopicArn', fields.get('TopicArn'));
    const subscribed = subscriptions.of(topic.name);
    const pending = subscribed.filter((one) => one.pending).length;
    return attributesXml({
      ...topicDefaults(topic),
      SubscriptionsConfirmed: String(subscribed.length - pending),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: '0',
      ...topic.attributes,
    });
  },
);
