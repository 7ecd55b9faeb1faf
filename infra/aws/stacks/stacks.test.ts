import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { arnOf, statements, templateOf } from '../testing.ts';

const PREFIX = { prefix: 'alice-' } as const;

describe('Streaming', () => {
  const template = templateOf('Streaming', PREFIX);

  test('has the three streams, provisioned, encrypted, with a day of records', () => {
    template.resourceCountIs('AWS::Kinesis::Stream', 3);
    for (const Name of ['alice-wildrydes', 'alice-wildrydes-aggregated', 'alice-wildrydes-quarantine']) {
      template.hasResourceProperties('AWS::Kinesis::Stream', {
        Name,
        ShardCount: 1,
        RetentionPeriodHours: 24,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      });
    }
  });

  test('on demand, it names no shards', () => {
    templateOf('Streaming', { shards: 'on-demand' }).allResourcesProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      ShardCount: Match.absent(),
    });
  });

  test('lets alarms of this account and prefix tell of trouble: its own policy is all that a topic has', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': arnOf('cloudwatch', 'alarm:alice-*') },
            },
          }),
        ]),
      }),
    });
  });

  test('tells an address of trouble, where there is one', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    templateOf('Streaming', { alertEmail: 'ops@example.com' }).hasResourceProperties(
      'AWS::SNS::Subscription',
      {
        Protocol: 'email',
        Endpoint: 'ops@example.com',
      },
    );
  });
});

describe('Processing', () => {
  const template = templateOf('Processing', PREFIX);

  test('has the table, and it goes with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        TableName: 'alice-UnicornSensorData',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'Name', KeyType: 'HASH' },
          { AttributeName: 'StatusTime', KeyType: 'RANGE' },
        ],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    });
  });

  test('has the function on arm64 with Node 24, told where to write, its log kept for a week', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'alice-WildRydesStreamProcessor',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 30,
      MemorySize: 256,
      Environment: {
        Variables: {
          TABLE_NAME: 'alice-UnicornSensorData',
          QUARANTINE_STREAM: 'alice-wildrydes-quarantine',
          NODE_OPTIONS: '--enable-source-maps',
          POWERTOOLS_METRICS_NAMESPACE: 'alice-WildRydes',
        },
      },
    });
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { LogGroupName: '/aws/lambda/alice-WildRydesStreamProcessor', RetentionInDays: 7 },
    });
  });

  test('feeds it from the first record on, in part if need be, and tells what was given up', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('kinesis', 'stream/alice-wildrydes-aggregated'),
      BatchSize: 100,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 72_000,
      DestinationConfig: { OnFailure: { Destination: arnOf('sns', 'alice-wildrydes-operations') } },
    });
  });

  test('allows the function exactly this', () => {
    expect(statements(template)).toEqual([
      'dynamodb:BatchWriteItem on table/alice-UnicornSensorData',
      'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on stream/alice-wildrydes-aggregated',
      'kinesis:ListStreams on *',
      'kinesis:PutRecords on stream/alice-wildrydes-quarantine',
      'logs:CreateLogStream logs:PutLogEvents on its log',
      'sns:Publish on alice-wildrydes-operations',
    ]);
  });
});

describe('Alerting', () => {
  const template = templateOf('Alerting', PREFIX);

  test('has its table, its topic, and the function that joins them', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'alice-UnicornAlerts' });
    template.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'alice-wildrydes-alerts' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ALERTS_TABLE: 'alice-UnicornAlerts',
          TOPIC_ARN: arnOf('sns', 'alice-wildrydes-alerts'),
        }),
      },
    });
  });

  test('allows the function exactly this', () => {
    expect(statements(template)).toEqual([
      'dynamodb:BatchGetItem on table/alice-UnicornAlerts',
      'dynamodb:PutItem on table/alice-UnicornAlerts',
      'dynamodb:Scan on table/alice-UnicornAlerts',
      'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on stream/alice-wildrydes',
      'kinesis:ListStreams on *',
      'logs:CreateLogStream logs:PutLogEvents on its log',
      'sns:Publish on alice-wildrydes-alerts',
      'sns:Publish on alice-wildrydes-operations',
    ]);
  });
});
