import {
  AddApplicationCloudWatchLoggingOptionCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

const stream = (name: string) => `arn:aws:logs:us-west-2:000000000000:log-group:g:log-stream:${name}`;

describe('AddApplicationCloudWatchLoggingOption', () => {
  it('notes the option, in a further version, of what runs too', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const add = (LogStreamARN: string, CurrentApplicationVersionId: number) =>
      bench.client.send(
        new AddApplicationCloudWatchLoggingOptionCommand({
          ApplicationName: 'app',
          CurrentApplicationVersionId,
          CloudWatchLoggingOption: { LogStreamARN },
        }),
      );
    const added = await add(stream('a'), 1);
    expect(added).toMatchObject({
      ApplicationARN: 'arn:aws:kinesisanalytics:us-west-2:000000000000:application/app',
      ApplicationVersionId: 2,
      CloudWatchLoggingOptionDescriptions: [{ CloudWatchLoggingOptionId: '1.1', LogStreamARN: stream('a') }],
    });
    expect(await bench.operation(added.OperationId)).toMatchObject({ OperationStatus: 'SUCCESSFUL' });
    await expect(add(stream('b'), 1)).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
    await expect(add(stream('a'), 2)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    await bench.client.send(
      new UpdateApplicationCommand({
        ApplicationName: 'app',
        CurrentApplicationVersionId: 2,
        CloudWatchLoggingOptionUpdates: [
          { CloudWatchLoggingOptionId: '1.1', LogStreamARNUpdate: stream('c') },
        ],
      }),
    );
    expect((await bench.describe()).CloudWatchLoggingOptionDescriptions).toEqual([
      { CloudWatchLoggingOptionId: '1.1', LogStreamARN: stream('c') },
    ]);
  });
});
