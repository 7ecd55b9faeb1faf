import { AnalyticsError } from '../errors.ts';
import { operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { APPLICATION_NAME, SNAPSHOT_NAME } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/** Snapshots of an application that its owner may take. Source: https://docs.aws.amazon.com/managed-flink/latest/java/limits.html */
const MOST_SNAPSHOTS = 1_000;

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CreateApplicationSnapshot.html */
export const createApplicationSnapshot = operation(
  { ApplicationName: APPLICATION_NAME, SnapshotName: { ...SNAPSHOT_NAME, required: true } },
  ({ ApplicationName: name, SnapshotName }, { applications }) => {
    const record = applications.get(name);
    insistOnStatus(record, ['RUNNING']);
    if (!currentVersion(record).configuration.snapshotsEnabled) {
      throw new AnalyticsError(
        'InvalidApplicationConfigurationException',
        `Application ${name} must have snapshots enabled.`,
      );
    }
    if (record.snapshots.some((snapshot) => snapshot.name === SnapshotName)) {
      throw new AnalyticsError(
        'ResourceInUseException',
        `Application ${name} already has a snapshot ${SnapshotName}.`,
      );
    }
    if (record.snapshots.length >= MOST_SNAPSHOTS) {
      throw new AnalyticsError(
        'LimitExceededException',
        `An application may have ${MOST_SNAPSHOTS} snapshots: delete some of ${name}.`,
      );
    }
    applications.snapshot(name, SnapshotName);
    return {};
  },
  "A snapshot is READY at once, and a note only: of the state, the application's latest is kept.",
);
