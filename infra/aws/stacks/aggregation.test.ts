import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/kit.ts';
import { arnOf, deployed, namesIn, statements, templateOf } from '../testing.ts';

const NAME = 'alice-wildrydes-aggregation';
const TYPE = 'AWS::KinesisAnalyticsV2::Application';
const template = templateOf('Aggregation', { prefix: 'alice-' });

/** The application as it is made, its configuration without what is asked for separately. */
function application(of = template) {
  const [resource, ...others] = Object.values(of.findResources(TYPE));
  expect(others).toEqual([]);
  return resource as {
    Properties: { ApplicationConfiguration: Record<string, unknown> };
    DependsOn: string[];
  };
}

test('the application: Flink 2.2, snapshots and rollback on, one KPU that does not become more', () => {
  template.hasResourceProperties(TYPE, {
    ApplicationName: NAME,
    RuntimeEnvironment: 'FLINK-2_2',
    ApplicationConfiguration: {
      ApplicationCodeConfiguration: { CodeContentType: 'ZIPFILE' },
      ApplicationSnapshotConfiguration: { SnapshotsEnabled: true },
      ApplicationSystemRollbackConfiguration: { RollbackEnabled: true },
      FlinkApplicationConfiguration: {
        ParallelismConfiguration: {
          ConfigurationType: 'CUSTOM',
          Parallelism: 1,
          ParallelismPerKPU: 1,
          AutoScalingEnabled: false,
        },
        MonitoringConfiguration: {
          ConfigurationType: 'CUSTOM',
          MetricsLevel: 'APPLICATION',
          LogLevel: 'INFO',
        },
      },
    },
  });
});

test('a summary waits for a checkpoint no longer than a small part of its minute', () => {
  template.hasResourceProperties(TYPE, {
    ApplicationConfiguration: {
      FlinkApplicationConfiguration: {
        CheckpointConfiguration: {
          ConfigurationType: 'CUSTOM',
          CheckpointingEnabled: true,
          CheckpointInterval: 10_000,
          MinPauseBetweenCheckpoints: 5_000,
        },
      },
    },
  });
});

test('it is told its streams, by the names of this participant', () => {
  expect(deployed(application().Properties.ApplicationConfiguration.EnvironmentProperties)).toEqual({
    PropertyGroups: [
      ['InputStream0', 'alice-wildrydes'],
      ['OutputStream0', 'alice-wildrydes-aggregated'],
      ['QuarantineStream0', 'alice-wildrydes-quarantine'],
    ].map(([PropertyGroupId, stream]) => ({
      PropertyGroupId,
      PropertyMap: { 'stream.name': stream, 'aws.region': 'us-west-2' },
    })),
  });
});

test('it writes into a log of its own, which is kept for a week and goes with it', () => {
  template.hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'Delete',
    Properties: { LogGroupName: `/aws/kinesis-analytics/${NAME}`, RetentionInDays: 7 },
  });
  template.hasResource('AWS::Logs::LogStream', {
    DeletionPolicy: 'Delete',
    Properties: { LogStreamName: 'application' },
  });
  template.hasResourceProperties('AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption', {
    ApplicationName: NAME,
    CloudWatchLoggingOption: {
      LogStreamARN: arnOf('logs', `log-group:/aws/kinesis-analytics/${NAME}:log-stream:application`),
    },
  });
});

test('only the service takes on its role, for this application; it is made after what the role allows', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'kinesisanalytics.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnEquals: { 'aws:SourceArn': arnOf('kinesisanalytics', `application/${NAME}`) },
          },
        },
      ],
    },
    ManagedPolicyArns: Match.absent(),
  });
  const [policy] = Object.keys(template.findResources('AWS::IAM::Policy'));
  expect(application().DependsOn).toContain(policy);
});

test('allows it exactly this', () => {
  const code = /cdk-hnb659fds-assets-123456789012-us-west-2\/[0-9a-f]{64}\.jar/;
  expect(statements(template).map((line) => line.replace(code, 'THE CODE'))).toEqual([
    'kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on stream/alice-wildrydes',
    'kinesis:PutRecords on stream/alice-wildrydes-aggregated',
    'kinesis:PutRecords on stream/alice-wildrydes-quarantine',
    'logs:DescribeLogGroups on log-group:*',
    `logs:DescribeLogStreams on log-group:/aws/kinesis-analytics/${NAME}:log-stream:*`,
    `logs:PutLogEvents on log-group:/aws/kinesis-analytics/${NAME}:log-stream:application`,
    's3:GetObject s3:GetObjectVersion on THE CODE',
  ]);
});

test('its code is the Jar that was built; without one it synthesizes all the same, as it did before', () => {
  const keyOf = (of: typeof template) =>
    deployed(application(of).Properties.ApplicationConfiguration.ApplicationCodeConfiguration) as {
      CodeContent: { S3ContentLocation: { BucketARN: string; FileKey: string } };
    };
  const jar = join(temporaryFolder(), 'wildrydes-aggregation.jar');
  writeFileSync(jar, 'a Jar');
  const [placeholder, again, built] = [
    template,
    templateOf('Aggregation', { prefix: 'alice-' }),
    templateOf('Aggregation', { jar }),
  ].map((of) => keyOf(of).CodeContent.S3ContentLocation);
  expect(again).toEqual(placeholder);
  expect(built?.FileKey).toMatch(/^[0-9a-f]{64}\.jar$/);
  expect(built?.FileKey).not.toBe(placeholder?.FileKey);
  expect(built?.BucketARN).toBe('arn:aws:s3:::cdk-hnb659fds-assets-123456789012-us-west-2');
});

test('two participants have nothing of the same name', () => {
  const [alice, bob] = ['alice-', 'bob-'].map(
    (prefix) => new Set(namesIn(templateOf('Aggregation', { prefix }))),
  );
  expect(alice?.size).toBe(2);
  expect([...alice!].filter((name) => bob!.has(name))).toEqual([]);
});
