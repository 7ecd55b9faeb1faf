import { escapeXml } from '../../gateway/refusal.ts';
import type { Fields } from '../../protocol/query-service.ts';
import { SnsError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { type Topic, type TopicStore, topicNameOf } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html */
export const listTagsForResource: Operation = (fields, { topics }) => {
  const members = (taggedTopic(fields, topics).tags ?? []).map(
    ({ key, value }) => `<member><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></member>`,
  );
  return `<Tags>${members.join('')}</Tags>`;
};

/**
 * The topic whose tags a request is about.
 *
 * @throws SnsError InvalidParameter when it is no topic's ARN, ResourceNotFound when there is no such topic
 */
export function taggedTopic(fields: Fields, topics: TopicStore): Topic {
  const topic = topics.get(topicNameOf('ResourceArn', fields.get('ResourceArn')));
  if (topic === undefined) throw new SnsError(404, 'ResourceNotFound', 'Resource does not exist');
  return topic;
}
