import {
  arn,
  type Code,
  DESTROYED,
  getAtt,
  importValue,
  join,
  type Resource,
  ref,
  role,
  sub,
  type Template,
} from '../template.ts';

/** Where batches go that were given up. */
export type Destination = 'sns' | 'sqs' | 's3';

export interface ProcessingOptions {
  readonly prefix: string;
  readonly code: Code;
  readonly handler: string;
  /** Default: nodejs22.x. */
  readonly runtime?: string;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly mapping?: Readonly<Record<string, unknown>>;
  readonly destination?: Destination;
  /** A stream for what is none. */
  readonly quarantine?: string;
  /** Whether the function's role allows it to write to the table; default true. */
  readonly mayWrite?: boolean;
}

/** The table, the function that fills it from the stream of summaries, and where what fails goes. */
export function processing(options: ProcessingOptions): Template {
  const { prefix, destination = 'sqs', quarantine, mayWrite = true } = options;
  const summaries = importValue(`${prefix}:SummariesArn`);
  return {
    Description: 'Writes summaries to a table',
    Resources: {
      Table: table(prefix),
      FailedTopic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'alias/aws/sns' } },
      FailedQueue: {
        Type: 'AWS::SQS::Queue',
        Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
        ...DESTROYED,
      },
      FailedBucket: { Type: 'AWS::S3::Bucket', ...DESTROYED },
      LogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: `/aws/lambda/${prefix}-processor`, RetentionInDays: 7 },
        ...DESTROYED,
      },
      Role: role('lambda.amazonaws.com', [
        {
          Action: mayWrite ? 'dynamodb:BatchWriteItem' : 'dynamodb:GetItem',
          Resource: getAtt('Table', 'Arn'),
        },
        {
          Action: [
            'kinesis:DescribeStreamSummary',
            'kinesis:GetRecords',
            'kinesis:GetShardIterator',
            'kinesis:ListShards',
          ],
          Resource: summaries,
        },
        ...(quarantine === undefined
          ? []
          : [{ Action: 'kinesis:PutRecords', Resource: arn('kinesis', `stream/${quarantine}`) }]),
        { Action: 'sns:Publish', Resource: ref('FailedTopic') },
        { Action: 'sqs:SendMessage', Resource: getAtt('FailedQueue', 'Arn') },
        { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: getAtt('LogGroup', 'Arn') },
      ]),
      Function: lambda(options),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: summaries,
          FunctionName: ref('Function'),
          BatchSize: 100,
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 3,
          MaximumRecordAgeInSeconds: 3_600,
          DestinationConfig: { OnFailure: { Destination: destinationArn(destination) } },
          ...options.mapping,
        },
      },
    },
    Outputs: {
      TableName: { Value: ref('Table'), Export: { Name: `${prefix}:TableName` } },
      TableStream: { Value: getAtt('Table', 'StreamArn') },
      FunctionArn: { Value: getAtt('Function', 'Arn') },
      MappingId: { Value: ref('Mapping') },
      QueueUrl: { Value: ref('FailedQueue') },
      Joined: { Value: join('table ', ref('Table'), ' of ', ref('AWS::StackName')) },
      Substituted: { Value: sub('$' + '{AWS::Region}/$' + '{Table}/$' + '{Function.Arn}') },
      Built: { Value: arn('lambda', join('function:', ref('Function'))) },
    },
  };
}

function table(prefix: string): Resource {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: `${prefix}-UnicornSensorData`,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'Name', AttributeType: 'S' },
        { AttributeName: 'StatusTime', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'Name', KeyType: 'HASH' },
        { AttributeName: 'StatusTime', KeyType: 'RANGE' },
      ],
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      Tags: [{ Key: 'wildrydes:prefix', Value: prefix }],
    },
    ...DESTROYED,
  };
}

function lambda({ prefix, code, handler, runtime, environment, quarantine }: ProcessingOptions): Resource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `${prefix}-processor`,
      Code: code,
      Handler: handler,
      Runtime: runtime ?? 'nodejs22.x',
      Architectures: ['arm64'],
      Role: getAtt('Role', 'Arn'),
      Timeout: 30,
      MemorySize: 256,
      ReservedConcurrentExecutions: 5,
      Environment: {
        Variables: {
          TABLE_NAME: ref('Table'),
          NODE_OPTIONS: '--enable-source-maps',
          ...(quarantine === undefined ? {} : { QUARANTINE_STREAM: quarantine }),
          ...environment,
        },
      },
      LoggingConfig: { LogGroup: ref('LogGroup') },
      Tags: [{ Key: 'wildrydes:prefix', Value: prefix }],
    },
    DependsOn: ['Role'],
  };
}

function destinationArn(destination: Destination): unknown {
  if (destination === 'sns') return ref('FailedTopic');
  return getAtt(destination === 's3' ? 'FailedBucket' : 'FailedQueue', 'Arn');
}
