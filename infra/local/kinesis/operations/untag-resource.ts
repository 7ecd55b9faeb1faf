import { operation } from '../operation.ts';
import { RESOURCE_ARN, taggable } from '../taggable.ts';
import { TAG_KEYS, withoutTags } from '../tags.ts';

/**
 * Takes tags from a stream or a consumer; keys that it does not have are no error.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html
 */
export const untagResource = operation({ TagKeys: TAG_KEYS, ResourceARN: RESOURCE_ARN }, (input, context) => {
  const { owner, tags, keep } = taggable(input.ResourceARN, context);
  keep(withoutTags(tags, input.TagKeys, owner));
  return undefined;
});
