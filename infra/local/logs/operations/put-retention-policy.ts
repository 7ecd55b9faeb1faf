import { invalidParameter } from '../errors.ts';
import { GROUP_NAME, operation } from '../operation.ts';
import { RETENTION_DAYS } from '../retention.ts';

/**
 * Says how long a group keeps its events. Older ones are not answered from now on.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const putRetentionPolicy = operation(
  { logGroupName: { ...GROUP_NAME, required: true }, retentionInDays: { type: 'Integer', required: true } },
  ({ logGroupName, retentionInDays }, { store }) => {
    if (!RETENTION_DAYS.some((days) => days === retentionInDays)) {
      throw invalidParameter(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
      );
    }
    store.update(logGroupName, { retentionInDays });
    return undefined;
  },
  'Expired events are not answered, but stay in their files until those are replaced.',
);
