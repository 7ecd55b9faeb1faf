import {
  CreateApplicationSnapshotCommand,
  DeleteApplicationSnapshotCommand,
  ListApplicationSnapshotsCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteApplicationSnapshot', () => {
  it('needs the time at which the snapshot was taken', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    await bench.client.send(
      new CreateApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName: 's' }),
    );
    const list = async () =>
      (await bench.client.send(new ListApplicationSnapshotsCommand({ ApplicationName: 'app' })))
        .SnapshotSummaries!;
    const { SnapshotCreationTimestamp } = (await list())[0]!;
    const remove = (SnapshotName: string, time: Date) =>
      bench.client.send(
        new DeleteApplicationSnapshotCommand({
          ApplicationName: 'app',
          SnapshotName,
          SnapshotCreationTimestamp: time,
        }),
      );
    await expect(remove('s', new Date(0))).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    await expect(remove('t', SnapshotCreationTimestamp!)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await remove('s', SnapshotCreationTimestamp!);
    expect(await list()).toEqual([]);
  });
});
