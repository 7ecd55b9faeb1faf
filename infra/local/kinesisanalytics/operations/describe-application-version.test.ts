import {
  DescribeApplicationVersionCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DescribeApplicationVersion', () => {
  it('shows an application as it was in a version', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.client.send(
      new UpdateApplicationCommand({
        ApplicationName: 'app',
        CurrentApplicationVersionId: 1,
        RuntimeEnvironmentUpdate: 'FLINK-2_3',
      }),
    );
    const version = async (ApplicationVersionId: number) => {
      const command = new DescribeApplicationVersionCommand({ ApplicationName: 'app', ApplicationVersionId });
      return (await bench.client.send(command)).ApplicationVersionDetail;
    };
    expect(await version(1)).toMatchObject({ ApplicationVersionId: 1, RuntimeEnvironment: 'FLINK-2_2' });
    expect(await version(2)).toEqual(await bench.describe());
    await expect(version(3)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
