import { mapField } from '../../protocol/query-service.ts';
import { invalidParameter } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { topicArn } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const NAME = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Creates a topic; one that exists already is answered as it is, unless other attributes are asked for. Tags are
 * accepted and forgotten. First-in-first-out topics are not supported.
 */
export const createTopic: Operation = (fields, { topics }) => {
  const name = fields.get('Name') ?? '';
  const attributes = mapField(fields, 'Attributes');
  if (name.endsWith('.fifo') || attributes.FifoTopic === 'true') {
    throw invalidParameter('Attributes Reason: FIFO topics are not supported by the local cloud');
  }
  if (!NAME.test(name)) throw invalidParameter('Topic Name');
  const existing = topics.get(name);
  if (existing === undefined) {
    topics.put(name, { name, attributes });
  } else if (Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  return `<TopicArn>${topicArn(name)}</TopicArn>`;
};
