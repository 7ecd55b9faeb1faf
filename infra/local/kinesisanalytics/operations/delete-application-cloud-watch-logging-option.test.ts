import {
  AddApplicationCloudWatchLoggingOptionCommand,
  DeleteApplicationCloudWatchLoggingOptionCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteApplicationCloudWatchLoggingOption', () => {
  it('removes an option, whose id is not given again', async () => {
    const bench = await fixture.openAnalytics();
    const CloudWatchLoggingOptions = [{ LogStreamARN: 'arn:a' }, { LogStreamARN: 'arn:b' }];
    await bench.create('app', { CloudWatchLoggingOptions });
    const remove = (CloudWatchLoggingOptionId: string, CurrentApplicationVersionId: number) =>
      bench.client.send(
        new DeleteApplicationCloudWatchLoggingOptionCommand({
          ApplicationName: 'app',
          CurrentApplicationVersionId,
          CloudWatchLoggingOptionId,
        }),
      );
    expect(await remove('1.2', 1)).toMatchObject({
      ApplicationVersionId: 2,
      CloudWatchLoggingOptionDescriptions: [{ CloudWatchLoggingOptionId: '1.1', LogStreamARN: 'arn:a' }],
    });
    await expect(remove('1.2', 2)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(remove('1.1', 1)).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
    const added = await bench.client.send(
      new AddApplicationCloudWatchLoggingOptionCommand({
        ApplicationName: 'app',
        CurrentApplicationVersionId: 2,
        CloudWatchLoggingOption: { LogStreamARN: 'arn:c' },
      }),
    );
    expect(added.CloudWatchLoggingOptionDescriptions?.at(-1)?.CloudWatchLoggingOptionId).toBe('1.3');
  });
});
