import { operation } from '../operation.ts';
import { applicationOf, RESOURCE_ARN } from '../tags.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListTagsForResource.html */
export const listTagsForResource = operation(
  { ResourceARN: RESOURCE_ARN },
  ({ ResourceARN }, { applications }) => ({
    Tags: applicationOf(ResourceARN, applications).tags.map(([Key, Value]) => ({ Key, Value })),
  }),
);
