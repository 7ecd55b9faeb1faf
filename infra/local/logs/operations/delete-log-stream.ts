import { GROUP_NAME, operation, STREAM_NAME } from '../operation.ts';

/**
 * Deletes a log stream with its events.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html
 */
export const deleteLogStream = operation(
  { logGroupName: { ...GROUP_NAME, required: true }, logStreamName: { ...STREAM_NAME, required: true } },
  ({ logGroupName, logStreamName }, { store }) => {
    store.group(logGroupName).deleteStream(logStreamName);
    return undefined;
  },
);
