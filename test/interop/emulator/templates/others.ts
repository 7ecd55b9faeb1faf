import { type Code, DESTROYED, getAtt, join, ref, role, type Template } from '../template.ts';

/** Alarms, of one metric and of a sum, a dashboard, and a parameter that names them. */
export function observability(prefix: string): Template {
  return {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${prefix}-alarms` } },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: ref('Topic'), Protocol: 'email', Endpoint: 'ops@example.com' },
      },
      Age: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${prefix}-iterator-age`,
          Namespace: 'AWS/Lambda',
          MetricName: 'IteratorAge',
          Dimensions: [{ Name: 'FunctionName', Value: `${prefix}-processor` }],
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 3,
          Threshold: 60_000,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'notBreaching',
          AlarmActions: [ref('Topic')],
        },
      },
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: `${prefix}-wildrydes`,
          DashboardBody: join(
            '{"widgets":[{"type":"metric","width":12,"height":6,"x":0,"y":0,"properties":{"view":"timeSeries","region":"',
            ref('AWS::Region'),
            '","metrics":[["AWS/Kinesis","IncomingRecords","StreamName","wildrydes"]]}}]}',
          ),
        },
      },
      Parameter: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Name: `/${prefix}/topic`, Type: 'String', Value: ref('Topic') },
      },
    },
    Outputs: { TopicArn: { Value: ref('Topic') } },
  };
}

/** A Flink application with its log, as REFERENCE describes it; CloudFormation leaves it stopped. */
export function flink(prefix: string, code: Code): Template {
  return {
    Resources: {
      Role: role('kinesisanalytics.amazonaws.com'),
      LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 }, ...DESTROYED },
      LogStream: {
        Type: 'AWS::Logs::LogStream',
        Properties: { LogGroupName: ref('LogGroup') },
        ...DESTROYED,
      },
      Application: {
        Type: 'AWS::KinesisAnalyticsV2::Application',
        Properties: {
          ApplicationName: `${prefix}-aggregation`,
          RuntimeEnvironment: 'FLINK-2_2',
          ServiceExecutionRole: getAtt('Role', 'Arn'),
          ApplicationConfiguration: {
            ApplicationCodeConfiguration: {
              CodeContent: {
                S3ContentLocation: { BucketARN: `arn:aws:s3:::${code.S3Bucket}`, FileKey: code.S3Key },
              },
              CodeContentType: 'ZIPFILE',
            },
            ApplicationSnapshotConfiguration: { SnapshotsEnabled: true },
            ApplicationSystemRollbackConfiguration: { RollbackEnabled: true },
            EnvironmentProperties: {
              PropertyGroups: [{ PropertyGroupId: 'wildrydes', PropertyMap: { 'source.name': 'wildrydes' } }],
            },
            FlinkApplicationConfiguration: {
              ParallelismConfiguration: {
                ConfigurationType: 'CUSTOM',
                AutoScalingEnabled: false,
                Parallelism: 1,
                ParallelismPerKPU: 1,
              },
            },
          },
        },
      },
      Logging: {
        Type: 'AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption',
        Properties: {
          ApplicationName: ref('Application'),
          CloudWatchLoggingOption: {
            LogStreamARN: join(
              'arn:aws:logs:',
              ref('AWS::Region'),
              ':',
              ref('AWS::AccountId'),
              ':log-group:',
              ref('LogGroup'),
              ':log-stream:',
              ref('LogStream'),
            ),
          },
        },
      },
    },
    Outputs: { Name: { Value: ref('Application') } },
  };
}

/** A domain of one small node. */
export function search(prefix: string): Template {
  return {
    Resources: {
      Domain: {
        Type: 'AWS::OpenSearchService::Domain',
        Properties: {
          DomainName: `${prefix}-wildrydes`,
          EngineVersion: 'OpenSearch_2.19',
          ClusterConfig: { InstanceType: 't3.small.search', InstanceCount: 1 },
          EBSOptions: { EBSEnabled: true, VolumeType: 'gp3', VolumeSize: 10 },
          EncryptionAtRestOptions: { Enabled: true },
          NodeToNodeEncryptionOptions: { Enabled: true },
          DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-2019-07' },
        },
        ...DESTROYED,
      },
    },
    Outputs: {
      Endpoint: { Value: getAtt('Domain', 'DomainEndpoint') },
      Arn: { Value: getAtt('Domain', 'Arn') },
    },
  };
}

/** A resource of a function of one's own, whose answer the stack shows. */
export function custom(prefix: string, code: Code, handler: string): Template {
  return {
    Resources: {
      Role: role('lambda.amazonaws.com'),
      Provider: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: `${prefix}-provider`,
          Code: code,
          Handler: handler,
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Role: getAtt('Role', 'Arn'),
          Timeout: 60,
        },
      },
      Thing: {
        Type: 'Custom::WildRydesThing',
        Properties: { ServiceToken: getAtt('Provider', 'Arn'), Color: 'white', Count: 7 },
        ...DESTROYED,
      },
    },
    Outputs: { Answer: { Value: getAtt('Thing', 'Answer') } },
  };
}
