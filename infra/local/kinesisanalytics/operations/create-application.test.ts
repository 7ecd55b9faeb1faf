import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture, definition } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('CreateApplication', () => {
  it('makes an application that is READY, with the defaults of AWS', async () => {
    const bench = await fixture.openAnalytics();
    const made = await bench.create('app', {
      ApplicationDescription: 'minutes',
      ApplicationMode: 'STREAMING',
    });
    expect(made).toEqual({
      ApplicationARN: 'arn:aws:kinesisanalytics:us-west-2:000000000000:application/app',
      ApplicationDescription: 'minutes',
      ApplicationName: 'app',
      RuntimeEnvironment: 'FLINK-2_2',
      ServiceExecutionRole: 'arn:aws:iam::000000000000:role/flink',
      ApplicationStatus: 'READY',
      ApplicationVersionId: 1,
      CreateTimestamp: expect.any(Date),
      LastUpdateTimestamp: made.CreateTimestamp,
      ApplicationVersionCreateTimestamp: made.CreateTimestamp,
      ConditionalToken: expect.stringMatching(/^[a-zA-Z0-9+/=_-]{44}$/),
      ApplicationMode: 'STREAMING',
      ApplicationConfigurationDescription: {
        ApplicationCodeConfigurationDescription: {
          CodeContentType: 'ZIPFILE',
          CodeContentDescription: {
            S3ApplicationCodeLocationDescription: { BucketARN: 'arn:aws:s3:::code', FileKey: 'job.jar' },
          },
        },
        FlinkApplicationConfigurationDescription: {
          CheckpointConfigurationDescription: {
            ConfigurationType: 'DEFAULT',
            CheckpointingEnabled: true,
            CheckpointInterval: 60_000,
            MinPauseBetweenCheckpoints: 5_000,
          },
          MonitoringConfigurationDescription: {
            ConfigurationType: 'DEFAULT',
            MetricsLevel: 'APPLICATION',
            LogLevel: 'INFO',
          },
          ParallelismConfigurationDescription: {
            ConfigurationType: 'DEFAULT',
            Parallelism: 1,
            ParallelismPerKPU: 1,
            AutoScalingEnabled: true,
            CurrentParallelism: 1,
          },
        },
        EnvironmentPropertyDescriptions: {
          PropertyGroupDescriptions: [
            { PropertyGroupId: 'InputStream0', PropertyMap: { 'stream.name': 'in' } },
          ],
        },
        ApplicationSnapshotConfigurationDescription: { SnapshotsEnabled: true },
      },
    });
    expect(made.CreateTimestamp!.getMilliseconds()).toBe(0);
    expect(await bench.describe()).toEqual(made);
  });

  it('shows what is asked for, and the checksum and size of code that comes along', async () => {
    const bench = await fixture.openAnalytics();
    const made = await bench.create('app', {
      ApplicationConfiguration: {
        ApplicationCodeConfiguration: {
          CodeContentType: 'ZIPFILE',
          CodeContent: { ZipFileContent: Buffer.from('abc') },
        },
        FlinkApplicationConfiguration: {
          ParallelismConfiguration: {
            ConfigurationType: 'CUSTOM',
            Parallelism: 4,
            AutoScalingEnabled: false,
          },
          MonitoringConfiguration: { ConfigurationType: 'DEFAULT', LogLevel: 'DEBUG' },
        },
        ApplicationSnapshotConfiguration: { SnapshotsEnabled: false },
        ApplicationSystemRollbackConfiguration: { RollbackEnabled: true },
        ApplicationEncryptionConfiguration: { KeyType: 'CUSTOMER_MANAGED_KEY', KeyId: 'key' },
      },
      CloudWatchLoggingOptions: [
        { LogStreamARN: 'arn:aws:logs:us-west-2:000000000000:log-group:g:log-stream:s' },
      ],
    });
    expect(made.CloudWatchLoggingOptionDescriptions).toEqual([
      {
        CloudWatchLoggingOptionId: '1.1',
        LogStreamARN: 'arn:aws:logs:us-west-2:000000000000:log-group:g:log-stream:s',
      },
    ]);
    expect(made.ApplicationConfigurationDescription).toMatchObject({
      ApplicationCodeConfigurationDescription: {
        CodeContentDescription: { CodeMD5: 'kAFQmDzST7DWlj99KOF/cg==', CodeSize: 3 },
      },
      FlinkApplicationConfigurationDescription: {
        ParallelismConfigurationDescription: {
          ConfigurationType: 'CUSTOM',
          Parallelism: 4,
          ParallelismPerKPU: 1,
          CurrentParallelism: 4,
          AutoScalingEnabled: false,
        },
        MonitoringConfigurationDescription: { ConfigurationType: 'DEFAULT', LogLevel: 'INFO' },
      },
      ApplicationSnapshotConfigurationDescription: { SnapshotsEnabled: false },
      ApplicationSystemRollbackConfigurationDescription: { RollbackEnabled: true },
      ApplicationEncryptionConfigurationDescription: { KeyType: 'CUSTOMER_MANAGED_KEY', KeyId: 'key' },
    });
  });

  it('takes names and properties for text, whatever they are', async () => {
    const bench = await fixture.openAnalytics();
    for (const name of ['__proto__', 'constructor', '..', '.']) await bench.create(name);
    const group = `{"PropertyGroupId":"__proto__","PropertyMap":{"__proto__":"x","constructor":"y"}}`;
    const { status } = await bench.raw(
      'CreateApplication',
      `{"ApplicationName":"toString","RuntimeEnvironment":"FLINK-2_3","ServiceExecutionRole":"arn:r","ApplicationConfiguration":{"EnvironmentProperties":{"PropertyGroups":[${group}]}}}`,
    );
    expect(status).toBe(200);
    const shown = JSON.stringify(
      (await bench.raw('DescribeApplication', '{"ApplicationName":"toString"}')).body,
    );
    expect(shown).toContain('"PropertyMap":{"__proto__":"x","constructor":"y"}');
  });

  it.each([
    ['SQL-1_0', /^SQL applications no longer exist/],
    ['FLINK-1_19', /runs applications of FLINK-1_20, FLINK-2_2, FLINK-2_3 \(given FLINK-1_19\)/],
    ['ZEPPELIN-FLINK-3_0', /given ZEPPELIN-FLINK-3_0/],
  ] as const)('does not run %s', async (RuntimeEnvironment, message) => {
    const bench = await fixture.openAnalytics();
    await expect(bench.create('app', { RuntimeEnvironment })).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('refuses a second one of the name, the hundred and first, and the fifty-first tag', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create('app');
    await expect(bench.create('app')).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const Tags = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}` }));
    await expect(bench.create('b', { Tags })).rejects.toMatchObject({ name: 'TooManyTagsException' });
    for (let i = 1; i < 100; i++) {
      await bench.raw('CreateApplication', JSON.stringify(definition(`app${i}`)));
    }
    await expect(bench.create('more')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  const { ApplicationConfiguration } = definition();
  const code = (CodeContent: object, CodeContentType = 'ZIPFILE') => ({
    ApplicationConfiguration: { ApplicationCodeConfiguration: { CodeContentType, CodeContent } },
  });
  it.each([
    [{ ApplicationName: 'a b' }, 'ValidationException'],
    [{ ApplicationName: 'x'.repeat(129) }, 'ValidationException'],
    [{ ServiceExecutionRole: 'role' }, 'ValidationException'],
    [{ RuntimeEnvironment: 'FLINK-9' }, 'ValidationException'],
    [{ ApplicationMode: 'INTERACTIVE' }, 'UnsupportedOperationException'],
    [{ ApplicationConfiguration: { SqlApplicationConfiguration: {} } }, 'UnsupportedOperationException'],
    [{ ApplicationConfiguration: { VpcConfigurations: [{}] } }, 'UnsupportedOperationException'],
    [code({}), 'InvalidArgumentException'],
    [code({ TextContent: 'SELECT' }), 'InvalidArgumentException'],
    [code({ ZipFileContent: 'AAAA' }, 'PLAINTEXT'), 'InvalidArgumentException'],
    [code({ ZipFileContent: 'A' }), 'SerializationException'],
    [
      {
        ApplicationConfiguration: {
          EnvironmentProperties: {
            PropertyGroups: [
              { PropertyGroupId: 'a', PropertyMap: { k: 'v' } },
              { PropertyGroupId: 'a', PropertyMap: { k: 'v' } },
            ],
          },
        },
      },
      'InvalidArgumentException',
    ],
    [
      {
        ApplicationConfiguration: {
          EnvironmentProperties: { PropertyGroups: [{ PropertyGroupId: 'a', PropertyMap: { k: '' } }] },
        },
      },
      'ValidationException',
    ],
    [
      {
        ApplicationConfiguration: {
          ...ApplicationConfiguration,
          ApplicationEncryptionConfiguration: { KeyType: 'AWS_OWNED_KEY', KeyId: 'k' },
        },
      },
      'InvalidArgumentException',
    ],
    [
      {
        ApplicationConfiguration: {
          FlinkApplicationConfiguration: {
            ParallelismConfiguration: { ConfigurationType: 'CUSTOM', Parallelism: 0 },
          },
        },
      },
      'ValidationException',
    ],
    [{ Tags: [{ Key: 'aws:a' }] }, 'InvalidArgumentException'],
  ])('refuses %j', async (more, type) => {
    const bench = await fixture.openAnalytics();
    const answer = await bench.raw('CreateApplication', JSON.stringify({ ...definition(), ...more }));
    expect(answer).toMatchObject({ status: 400, body: { __type: type } });
  });
});
