import { operation } from '../operation.ts';
import { applicationOf, RESOURCE_ARN, TAGS, withTags } from '../tags.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_TagResource.html */
export const tagResource = operation(
  { ResourceARN: RESOURCE_ARN, Tags: { ...TAGS, required: true } },
  ({ ResourceARN, Tags }, { applications }) => {
    const record = applicationOf(ResourceARN, applications);
    applications.keep({ ...record, tags: withTags(record.tags, Tags) });
    return {};
  },
);
