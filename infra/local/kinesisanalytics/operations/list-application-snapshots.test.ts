import {
  CreateApplicationSnapshotCommand,
  DeleteApplicationSnapshotCommand,
  ListApplicationSnapshotsCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('ListApplicationSnapshots', () => {
  it('lists the latest first, a page at a time', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    for (const SnapshotName of ['b', 'a', 'c']) {
      await bench.client.send(new CreateApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName }));
    }
    const list = async (NextToken?: string) => {
      const command = new ListApplicationSnapshotsCommand({ ApplicationName: 'app', Limit: 2, NextToken });
      const { SnapshotSummaries = [], ...rest } = await bench.client.send(command);
      return {
        names: SnapshotSummaries.map(({ SnapshotName }) => SnapshotName),
        NextToken: rest.NextToken,
        last: SnapshotSummaries.at(-1),
      };
    };
    const first = await list();
    expect(first.names).toEqual(['c', 'a']);
    expect((await list(first.NextToken)).names).toEqual(['b']);
    await bench.client.send(
      new DeleteApplicationSnapshotCommand({
        ApplicationName: 'app',
        SnapshotName: 'a',
        SnapshotCreationTimestamp: first.last?.SnapshotCreationTimestamp,
      }),
    );
    // What the page ended with is gone: the next one begins where it would have.
    expect((await list(first.NextToken)).names).toEqual(['b']);
    await expect(list('x')).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });
});
