import { DescribeApplicationSnapshotCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DescribeApplicationSnapshot', () => {
  it.each(['s', 'constructor', '__proto__'])(
    'does not find %s, which was not taken',
    async (SnapshotName) => {
      const bench = await fixture.openAnalytics();
      const command = new DescribeApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName });
      await expect(bench.client.send(command)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'Application app does not exist.',
      });
      await bench.create();
      await expect(bench.client.send(command)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Snapshot ${SnapshotName} of application app does not exist.`,
      });
    },
  );
});
