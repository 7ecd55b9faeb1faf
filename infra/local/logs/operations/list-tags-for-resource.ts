import { operation } from '../operation.ts';
import { taggedGroup } from '../tags.ts';

/**
 * The tags of a log group.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource = operation(
  { resourceArn: { type: 'String', required: true, min: 1, max: 1011 } },
  ({ resourceArn }, { store }) => ({
    tags: Object.fromEntries(store.document(taggedGroup(store, resourceArn)).tags),
  }),
);
