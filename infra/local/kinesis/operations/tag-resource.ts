import { operation } from '../operation.ts';
import { RESOURCE_ARN, taggable } from '../taggable.ts';
import { TAGS, withTags } from '../tags.ts';

/**
 * Gives a stream or a consumer tags, in place of those with the same keys.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html
 */
export const tagResource = operation(
  { Tags: { ...TAGS, required: true }, ResourceARN: RESOURCE_ARN },
  (input, context) => {
    const { owner, tags, keep } = taggable(input.ResourceARN, context);
    keep(withTags(tags, input.Tags, owner));
    return undefined;
  },
);
