import type { Operation } from '../operation.ts';
import { page } from '../paging.ts';
import { topicArn } from '../topics.ts';

/** Lists topics by name. Source: https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export const listTopics: Operation = (fields, { topics }) => {
  const { items, token } = page(topics.all(), ({ name }) => name, fields.get('NextToken'));
  const members = items.map(({ name }) => `<member><TopicArn>${topicArn(name)}</TopicArn></member>`);
  return `<Topics>${members.join('')}</Topics>${token}`;
};
