import { operation, STREAM } from '../operation.ts';
import { taggableStream } from '../taggable.ts';
import { TAG_KEYS, withoutTags } from '../tags.ts';

/**
 * Takes tags from a stream; keys that it does not have are no error.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html
 */
export const removeTagsFromStream = operation({ TagKeys: TAG_KEYS, ...STREAM }, (input, context) => {
  const { owner, tags, keep } = taggableStream(input, context);
  keep(withoutTags(tags, input.TagKeys, owner));
  return undefined;
});
