import {
  CreateApplicationSnapshotCommand,
  DescribeApplicationSnapshotCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { type AnalyticsBench, AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

const take = ({ client }: AnalyticsBench, SnapshotName: string) =>
  client.send(new CreateApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName }));

describe('CreateApplicationSnapshot', () => {
  it('notes a snapshot of what runs', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    await take(bench, '__proto__');
    const { SnapshotDetails } = await bench.client.send(
      new DescribeApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName: '__proto__' }),
    );
    expect(SnapshotDetails).toEqual({
      SnapshotName: '__proto__',
      SnapshotStatus: 'READY',
      ApplicationVersionId: 1,
      SnapshotCreationTimestamp: expect.any(Date),
      RuntimeEnvironment: 'FLINK-2_2',
    });
    await expect(take(bench, '__proto__')).rejects.toMatchObject({ name: 'ResourceInUseException' });
  });

  it('is refused for what does not run, or has no snapshots', async () => {
    const bench = await fixture.openAnalytics();
    await expect(take(bench, 's')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await bench.create();
    await expect(take(bench, 's')).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await bench.client.send(
      new UpdateApplicationCommand({
        ApplicationName: 'app',
        CurrentApplicationVersionId: 1,
        ApplicationConfigurationUpdate: {
          ApplicationSnapshotConfigurationUpdate: { SnapshotsEnabledUpdate: false },
        },
      }),
    );
    await bench.start();
    await expect(take(bench, 's')).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
    });
    await expect(take(bench, 'a b')).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
