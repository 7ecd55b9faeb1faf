import { GROUP_NAME, operation } from '../operation.ts';

/**
 * Has a group keep its events for ever again.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html
 */
export const deleteRetentionPolicy = operation(
  { logGroupName: { ...GROUP_NAME, required: true } },
  ({ logGroupName }, { store }) => {
    store.update(logGroupName, { retentionInDays: undefined });
    return undefined;
  },
);
