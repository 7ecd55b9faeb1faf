import { EMPTY_RESULT } from '../answer.ts';
import type { Operation } from '../operation.ts';
import { readTags, withTags } from '../tags.ts';
import { taggedTopic } from './list-tags-for-resource.ts';

/** Adds tags to a topic, or replaces them. Source: https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html */
export const tagResource: Operation = (fields, { topics }) => {
  const topic = taggedTopic(fields, topics);
  topics.put(topic.name, { ...topic, tags: withTags(topic.tags ?? [], readTags(fields)) });
  return EMPTY_RESULT;
};
