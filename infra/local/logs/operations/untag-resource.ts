import { operation } from '../operation.ts';
import { taggedGroup } from '../tags.ts';

/**
 * Takes tags from a log group; those that it does not have are passed over.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html
 */
export const untagResource = operation(
  {
    resourceArn: { type: 'String', required: true, min: 1, max: 1011 },
    tagKeys: { type: 'List', required: true, max: 50, each: { type: 'String', min: 1, max: 128 } },
  },
  ({ resourceArn, tagKeys }, { store }) => {
    const name = taggedGroup(store, resourceArn);
    store.update(name, { tags: store.document(name).tags.filter(([key]) => !tagKeys.includes(key)) });
    return undefined;
  },
);
