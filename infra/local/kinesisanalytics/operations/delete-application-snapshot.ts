import { invalidArgument, notFound } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME, SNAPSHOT_NAME } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DeleteApplicationSnapshot.html */
export const deleteApplicationSnapshot = operation(
  {
    ApplicationName: APPLICATION_NAME,
    SnapshotName: { ...SNAPSHOT_NAME, required: true },
    SnapshotCreationTimestamp: { type: 'Timestamp', required: true },
  },
  ({ ApplicationName, SnapshotName, SnapshotCreationTimestamp }, { applications }) => {
    const record = applications.get(ApplicationName);
    const snapshot = record.snapshots.find(({ name }) => name === SnapshotName);
    if (snapshot === undefined) throw notFound(`Snapshot ${SnapshotName} of application ${ApplicationName}`);
    if (snapshot.createdAt !== SnapshotCreationTimestamp) {
      throw invalidArgument(
        `SnapshotCreationTimestamp must be that of the snapshot, ${new Date(snapshot.createdAt).toISOString()}.`,
      );
    }
    insistOnStatus(record, ['READY', 'RUNNING']);
    applications.keep({ ...record, snapshots: record.snapshots.filter((each) => each !== snapshot) });
    return {};
  },
  'A snapshot is gone at once. The state that the application goes on from stays.',
);
