import { DescribeApplicationCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DescribeApplication', () => {
  it('shows what runs in place of the Jar, while it runs and when asked to', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const plan = async (IncludeAdditionalDetails: boolean) => {
      const command = new DescribeApplicationCommand({ ApplicationName: 'app', IncludeAdditionalDetails });
      const { ApplicationDetail } = await bench.client.send(command);
      return ApplicationDetail?.ApplicationConfigurationDescription?.FlinkApplicationConfigurationDescription
        ?.JobPlanDescription;
    };
    expect(await plan(true)).toBeUndefined();
    await bench.start();
    expect(await plan(false)).toBeUndefined();
    expect(JSON.parse((await plan(true))!)).toMatchObject({ name: 'aggregation' });
  });

  it('does not find what does not exist', async () => {
    const bench = await fixture.openAnalytics();
    for (const name of ['app', 'constructor', '__proto__']) {
      await expect(bench.describe(name)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Application ${name} does not exist.`,
        $metadata: { httpStatusCode: 400 },
      });
    }
  });
});
