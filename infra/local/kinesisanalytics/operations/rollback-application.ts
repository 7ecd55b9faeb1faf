import { describeApplication } from '../description.ts';
import { AnalyticsError } from '../errors.ts';
import { insistOnCurrent, insistOnRunnable, operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { APPLICATION_NAME, VERSION_ID } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/**
 * Starts an application anew as it was before its latest update, as a further version.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_RollbackApplication.html
 */
export const rollbackApplication = operation(
  { ApplicationName: APPLICATION_NAME, CurrentApplicationVersionId: { ...VERSION_ID, required: true } },
  (input, { applications }) => {
    const { ApplicationName: name, CurrentApplicationVersionId } = input;
    const record = applications.get(name);
    insistOnCurrent(record, { CurrentApplicationVersionId, ConditionalToken: undefined });
    insistOnStatus(record, ['UPDATING', 'RUNNING']);
    const { updatedFrom } = currentVersion(record);
    const target = record.versions.find(({ id }) => id === updatedFrom);
    if (target === undefined) {
      throw new AnalyticsError(
        'InvalidRequestException',
        `Application ${name} has no version before this one.`,
      );
    }
    if (record.snapshots.length === 0) {
      throw new AnalyticsError(
        'InvalidRequestException',
        `Application ${name} has no snapshot to roll back to.`,
      );
    }
    insistOnRunnable(applications, record, target);
    const OperationId = applications.rollBack(name, target);
    return { ApplicationDetail: describeApplication(applications.get(name)), OperationId };
  },
  'The application goes on from its latest state, not from that of the latest snapshot.',
);
