import { GROUP_NAME, operation, STREAM_NAME } from '../operation.ts';

/**
 * Creates a log stream in a group.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
 */
export const createLogStream = operation(
  { logGroupName: { ...GROUP_NAME, required: true }, logStreamName: { ...STREAM_NAME, required: true } },
  ({ logGroupName, logStreamName }, { store }) => {
    store.group(logGroupName).createStream(logStreamName);
    return undefined;
  },
);
