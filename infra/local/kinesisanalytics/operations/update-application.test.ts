import {
  DescribeApplicationVersionCommand,
  ListApplicationSnapshotsCommand,
  StopApplicationCommand,
  UpdateApplicationCommand,
  type UpdateApplicationCommandInput,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { type AnalyticsBench, AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

const properties = (value: string) => ({
  EnvironmentPropertyUpdates: {
    PropertyGroups: [{ PropertyGroupId: 'OutputStream0', PropertyMap: { 'stream.name': value } }],
  },
});
const update = ({ client }: AnalyticsBench, more: Partial<UpdateApplicationCommandInput>) =>
  client.send(
    new UpdateApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId: 1, ...more }),
  );

describe('UpdateApplication', () => {
  it('gives an application that is READY its new version at once', async () => {
    const bench = await fixture.openAnalytics();
    const before = await bench.create();
    const { ApplicationDetail, OperationId } = await update(bench, {
      ServiceExecutionRoleUpdate: 'arn:aws:iam::000000000000:role/other',
      RuntimeEnvironmentUpdate: 'FLINK-2_3',
      ApplicationConfigurationUpdate: {
        ...properties('out'),
        ApplicationCodeConfigurationUpdate: {
          CodeContentUpdate: { S3ContentLocationUpdate: { ObjectVersionUpdate: '7' } },
        },
        FlinkApplicationConfigurationUpdate: {
          ParallelismConfigurationUpdate: { ConfigurationTypeUpdate: 'CUSTOM', ParallelismUpdate: 2 },
        },
        ApplicationSnapshotConfigurationUpdate: { SnapshotsEnabledUpdate: false },
      },
    });
    expect(ApplicationDetail).toMatchObject({
      ApplicationStatus: 'READY',
      ApplicationVersionId: 2,
      ApplicationVersionUpdatedFrom: 1,
      ServiceExecutionRole: 'arn:aws:iam::000000000000:role/other',
      RuntimeEnvironment: 'FLINK-2_3',
      ApplicationConfigurationDescription: {
        ApplicationCodeConfigurationDescription: {
          CodeContentDescription: {
            S3ApplicationCodeLocationDescription: {
              BucketARN: 'arn:aws:s3:::code',
              FileKey: 'job.jar',
              ObjectVersion: '7',
            },
          },
        },
        EnvironmentPropertyDescriptions: {
          PropertyGroupDescriptions: [
            { PropertyGroupId: 'OutputStream0', PropertyMap: { 'stream.name': 'out' } },
          ],
        },
        FlinkApplicationConfigurationDescription: {
          ParallelismConfigurationDescription: { Parallelism: 2, ParallelismPerKPU: 1 },
          MonitoringConfigurationDescription: { ConfigurationType: 'DEFAULT' },
        },
        ApplicationSnapshotConfigurationDescription: { SnapshotsEnabled: false },
      },
    });
    expect(await bench.operation(OperationId)).toMatchObject({
      Operation: 'UpdateApplication',
      OperationStatus: 'SUCCESSFUL',
      ApplicationVersionChangeDetails: { ApplicationVersionUpdatedFrom: 1, ApplicationVersionUpdatedTo: 2 },
    });
    const { ApplicationVersionDetail } = await bench.client.send(
      new DescribeApplicationVersionCommand({ ApplicationName: 'app', ApplicationVersionId: 1 }),
    );
    expect(ApplicationVersionDetail?.ApplicationConfigurationDescription).toEqual(
      before.ApplicationConfigurationDescription,
    );
  });

  it('starts one that runs anew: UPDATING, a snapshot, RUNNING', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const release = bench.engine.hold();
    const { ApplicationDetail, OperationId } = await update(bench, {
      ApplicationConfigurationUpdate: properties('out'),
    });
    expect(ApplicationDetail?.ApplicationStatus).toBe('UPDATING');
    await expect(
      update(bench, { CurrentApplicationVersionId: 2, ApplicationConfigurationUpdate: properties('x') }),
    ).rejects.toMatchObject({ name: 'ResourceInUseException' });
    release();
    await bench.until('RUNNING');
    expect(await bench.operation(OperationId)).toMatchObject({ OperationStatus: 'SUCCESSFUL' });
    expect(bench.engine.starts.at(-1)?.application.properties).toEqual([
      { id: 'OutputStream0', values: { 'stream.name': 'out' } },
    ]);
    const { SnapshotSummaries } = await bench.client.send(
      new ListApplicationSnapshotsCommand({ ApplicationName: 'app' }),
    );
    expect(SnapshotSummaries).toHaveLength(1);
  });

  it('that the engine cannot start is FAILED, and the application READY', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    bench.engine.startFails = new Error('no such stream');
    const { OperationId } = await update(bench, { ApplicationConfigurationUpdate: properties('out') });
    await bench.until('READY');
    expect(await bench.operation(OperationId)).toMatchObject({
      OperationStatus: 'FAILED',
      OperationFailureDetails: { ErrorInfo: { ErrorString: 'no such stream' } },
    });
    bench.engine.startFails = undefined;
    await bench.start();
    bench.engine.refuses = 'taken';
    await expect(
      update(bench, { CurrentApplicationVersionId: 2, ApplicationConfigurationUpdate: properties('x') }),
    ).rejects.toMatchObject({ name: 'InvalidApplicationConfigurationException', message: 'taken' });
    expect((await bench.describe()).ApplicationVersionId).toBe(2);
  });

  it('can be ended by force', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const release = bench.engine.hold();
    const { OperationId } = await update(bench, { ApplicationConfigurationUpdate: properties('out') });
    await bench.client.send(new StopApplicationCommand({ ApplicationName: 'app', Force: true }));
    release();
    await bench.until('READY');
    expect(bench.engine.running.size).toBe(0);
    expect(await bench.operation(OperationId)).toMatchObject({ OperationStatus: 'CANCELLED' });
  });

  it('takes the version or the token that is current, and no other', async () => {
    const bench = await fixture.openAnalytics();
    const { ConditionalToken } = await bench.create();
    const refused = { name: 'ConcurrentModificationException', $metadata: { httpStatusCode: 400 } };
    await expect(update(bench, { CurrentApplicationVersionId: 2 })).rejects.toMatchObject(refused);
    await update(bench, { CurrentApplicationVersionId: undefined, ConditionalToken });
    await expect(
      update(bench, { CurrentApplicationVersionId: undefined, ConditionalToken }),
    ).rejects.toMatchObject(refused);
    await expect(update(bench, {})).rejects.toMatchObject(refused);
    await expect(update(bench, { CurrentApplicationVersionId: undefined })).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
  });

  it.each([
    [{ RuntimeEnvironmentUpdate: 'SQL-1_0' }, 'InvalidArgumentException'],
    [{ RunConfigurationUpdate: {} }, 'InvalidArgumentException'],
    [{ ApplicationConfigurationUpdate: { VpcConfigurationUpdates: [] } }, 'InvalidArgumentException'],
    [{ CloudWatchLoggingOptionUpdates: [{ CloudWatchLoggingOptionId: '9.9' }] }, 'InvalidArgumentException'],
    [{ ApplicationName: 'other' }, 'ResourceNotFoundException'],
    [
      {
        ApplicationConfigurationUpdate: {
          ApplicationCodeConfigurationUpdate: { CodeContentTypeUpdate: 'PLAINTEXT' },
        },
      },
      'InvalidArgumentException',
    ],
    [{ CurrentApplicationVersionId: 0 }, 'ValidationException'],
  ])('refuses %j', async (more, type) => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const body = { ApplicationName: 'app', CurrentApplicationVersionId: 1, ...more };
    expect(await bench.raw('UpdateApplication', JSON.stringify(body))).toMatchObject({
      status: 400,
      body: { __type: type },
    });
    expect((await bench.describe()).ApplicationVersionId).toBe(1);
  });
});
