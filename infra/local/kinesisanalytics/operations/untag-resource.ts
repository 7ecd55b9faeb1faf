import { operation } from '../operation.ts';
import { applicationOf, RESOURCE_ARN, TAG_KEYS } from '../tags.ts';

/** Keys that the application does not have are no error. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UntagResource.html */
export const untagResource = operation(
  { ResourceARN: RESOURCE_ARN, TagKeys: TAG_KEYS },
  ({ ResourceARN, TagKeys }, { applications }) => {
    const record = applicationOf(ResourceARN, applications);
    applications.keep({ ...record, tags: record.tags.filter(([key]) => !TagKeys.includes(key)) });
    return {};
  },
);
