import { GROUP_NAME, operation } from '../operation.ts';

/**
 * Deletes a log group with its streams and their events.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
 */
export const deleteLogGroup = operation(
  { logGroupName: { ...GROUP_NAME, required: true } },
  ({ logGroupName }, { store }) => {
    store.delete(logGroupName);
    return undefined;
  },
);
