import { SnsError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { topicOf } from '../topics.ts';

/** Deletes a topic; one that does not exist is no error. Source: https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html */
export const deleteTopic: Operation = (fields, { topics }) => {
  try {
    topics.delete(topicOf(topics, 'TopicArn', fields.get('TopicArn')).name);
  } catch (error) {
    if (!(error instanceof SnsError && error.type === 'NotFound')) throw error;
  }
  return '';
};
