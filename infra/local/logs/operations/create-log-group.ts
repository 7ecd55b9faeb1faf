import { invalidParameter } from '../errors.ts';
import { GROUP_NAME, operation, TAGS } from '../operation.ts';
import { tagEntries } from '../tags.ts';

/**
 * Creates a log group, which keeps its events for ever until it has a retention policy.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
 */
export const createLogGroup = operation(
  {
    logGroupName: { ...GROUP_NAME, required: true },
    kmsKeyId: { type: 'String', max: 256 },
    tags: TAGS,
    logGroupClass: { type: 'String', oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] },
  },
  ({ logGroupName, tags, logGroupClass = 'STANDARD' }, { store }) => {
    if (logGroupName.startsWith('aws/')) {
      throw invalidParameter("Log groups starting with 'aws/' are reserved for AWS.");
    }
    store.create(logGroupName, { logGroupClass, tags: tagEntries(tags ?? {}) });
    return undefined;
  },
  'A key for encryption is accepted and not used; all classes of log groups can do the same.',
);
