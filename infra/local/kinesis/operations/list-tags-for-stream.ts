import { operation, STREAM } from '../operation.ts';
import { taggableStream } from '../taggable.ts';
import { describeTags, TAG_KEY } from '../tags.ts';

/** Tags in an answer, at most, and unless Limit says otherwise: as many as a stream can have. */
const MOST = 50;

/**
 * The tags of a stream, by key, a page at a time.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
 */
export const listTagsForStream = operation(
  { Limit: { type: 'Integer', min: 1, max: MOST }, ExclusiveStartTagKey: TAG_KEY, ...STREAM },
  (input, context) => {
    const { tags } = taggableStream(input, context);
    const after = input.ExclusiveStartTagKey ?? '';
    const rest = tags.filter(([key]) => key > after);
    const page = rest.slice(0, input.Limit ?? MOST);
    return { Tags: describeTags(page), HasMoreTags: page.length < rest.length };
  },
);
