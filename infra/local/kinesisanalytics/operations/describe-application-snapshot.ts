import { describeSnapshot } from '../description.ts';
import { notFound } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME, SNAPSHOT_NAME } from '../shapes.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DescribeApplicationSnapshot.html */
export const describeApplicationSnapshot = operation(
  { ApplicationName: APPLICATION_NAME, SnapshotName: { ...SNAPSHOT_NAME, required: true } },
  ({ ApplicationName, SnapshotName }, { applications }) => {
    const { snapshots } = applications.get(ApplicationName);
    const snapshot = snapshots.find(({ name }) => name === SnapshotName);
    if (snapshot === undefined) throw notFound(`Snapshot ${SnapshotName} of application ${ApplicationName}`);
    return { SnapshotDetails: describeSnapshot(snapshot) };
  },
);
