import { mapField } from '../../protocol/query-service.ts';
import { invalidParameter } from '../errors.ts';
import { differing } from '../operation.ts';
import { readTags, sameTags, withTags } from '../tags.ts';
import { withTopicAttributes } from '../topic-attributes.ts';
import { topicArn } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const NAME = /^[A-Za-z0-9_-]{1,256}$/;

/** Creates a topic; one that exists already is answered as it is, unless other attributes or tags are asked for. */
export const createTopic = differing('There are no FIFO topics.', (fields, { topics }) => {
  const name = fields.get('Name') ?? '';
  const { FifoTopic, ...given } = mapField(fields, 'Attributes');
  if (name.endsWith('.fifo') || FifoTopic === 'true') {
    throw invalidParameter('Attributes Reason: FIFO topics are not supported by the local cloud');
  }
  if (!NAME.test(name)) throw invalidParameter('Topic Name');
  const attributes = withTopicAttributes({}, given, 'Attributes Reason: ');
  const tags = withTags([], readTags(fields));
  const existing = topics.get(name);
  if (existing === undefined) {
    topics.put(name, { name, attributes, tags });
    return `<TopicArn>${topicArn(name)}</TopicArn>`;
  }
  if (Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  if (tags.length > 0 && !sameTags(tags, existing.tags ?? [])) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
  return `<TopicArn>${topicArn(name)}</TopicArn>`;
});
