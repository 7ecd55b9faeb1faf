import { operation, TAGS } from '../operation.ts';
import { tagEntries, taggedGroup, withTags } from '../tags.ts';

/**
 * Adds tags to a log group; one whose key is there is replaced.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
 */
export const tagResource = operation(
  {
    resourceArn: { type: 'String', required: true, min: 1, max: 1011 },
    tags: { ...TAGS, required: true },
  },
  ({ resourceArn, tags }, { store }) => {
    const name = taggedGroup(store, resourceArn);
    store.update(name, { tags: withTags(store.document(name).tags, tagEntries(tags)) });
    return undefined;
  },
);
