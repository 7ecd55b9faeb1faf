import { differing } from '../operation.ts';
import { topicNameOf } from '../topics.ts';

/**
 * Deletes a topic and its subscriptions; one that does not exist is no error.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
 */
export const deleteTopic = differing(
  'Its subscriptions are gone at once; on AWS they are listed for some time.',
  (fields, { topics, subscriptions }) => {
    const name = topicNameOf('TopicArn', fields.get('TopicArn'));
    // The topic last: while it is there, a delete that was cut short can be repeated.
    for (const { id } of subscriptions.of(name)) subscriptions.delete(id);
    topics.delete(name);
    return '';
  },
);
