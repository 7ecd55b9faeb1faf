import {
  ListApplicationVersionsCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('ListApplicationVersions', () => {
  it('lists the latest first', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    for (const CurrentApplicationVersionId of [1, 2]) {
      await bench.client.send(
        new UpdateApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId }),
      );
    }
    const list = (NextToken?: string) =>
      bench.client.send(new ListApplicationVersionsCommand({ ApplicationName: 'app', Limit: 2, NextToken }));
    const first = await list();
    expect(first.ApplicationVersionSummaries).toEqual([
      { ApplicationVersionId: 3, ApplicationStatus: 'READY' },
      { ApplicationVersionId: 2, ApplicationStatus: 'READY' },
    ]);
    expect((await list(first.NextToken)).ApplicationVersionSummaries).toEqual([
      { ApplicationVersionId: 1, ApplicationStatus: 'READY' },
    ]);
  });
});
