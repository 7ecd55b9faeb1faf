import { operation } from '../operation.ts';
import { RESOURCE_ARN, taggable } from '../taggable.ts';
import { describeTags } from '../tags.ts';

/**
 * The tags of a stream or a consumer, by key, all at once.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource = operation({ ResourceARN: RESOURCE_ARN }, (input, context) => ({
  Tags: describeTags(taggable(input.ResourceARN, context).tags),
}));
