import { operation, STREAM } from '../operation.ts';
import { taggableStream } from '../taggable.ts';
import { TAGS, withTags } from '../tags.ts';

/**
 * Gives a stream tags, in place of those with the same keys.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
 */
export const addTagsToStream = operation(
  { Tags: { ...TAGS, required: true, min: 1 }, ...STREAM },
  (input, context) => {
    const { owner, tags, keep } = taggableStream(input, context);
    keep(withTags(tags, input.Tags, owner));
    return undefined;
  },
);
