import { EMPTY_RESULT } from '../answer.ts';
import type { Operation } from '../operation.ts';
import { taggedTopic } from './list-tags-for-resource.ts';

/** Removes tags from a topic; one that it does not have is no error. Source: https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html */
export const untagResource: Operation = (fields, { topics }) => {
  const topic = taggedTopic(fields, topics);
  const removed = new Set<string>();
  for (let n = 1; fields.has(`TagKeys.member.${n}`); n++)
    removed.add(fields.get(`TagKeys.member.${n}`) ?? '');
  topics.put(topic.name, { ...topic, tags: (topic.tags ?? []).filter(({ key }) => !removed.has(key)) });
  return EMPTY_RESULT;
};
