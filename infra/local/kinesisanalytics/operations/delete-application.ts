import { invalidArgument } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/**
 * Begins to remove an application and all that is kept of it; one that runs is stopped first.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DeleteApplication.html
 */
export const deleteApplication = operation(
  { ApplicationName: APPLICATION_NAME, CreateTimestamp: { type: 'Timestamp', required: true } },
  ({ ApplicationName, CreateTimestamp }, { applications }) => {
    const record = applications.get(ApplicationName);
    if (CreateTimestamp !== record.createdAt) {
      throw invalidArgument(
        `CreateTimestamp must be that of the application, ${new Date(record.createdAt).toISOString()}.`,
      );
    }
    insistOnStatus(record, ['READY', 'RUNNING']);
    applications.delete(ApplicationName);
    return {};
  },
  "The kit's own application wildrydes-aggregation comes back at the next ./wildrydes start, and goes on where it stopped.",
);
