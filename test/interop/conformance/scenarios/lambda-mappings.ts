import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario, type Step, utf8 } from '../scenario.ts';
import { functionCode, LOGGER, ROLE } from './function-code.ts';

const STREAM = { StreamName: 'mapped' };
const NAME = { FunctionName: 'logger' };
const LOGS = { logGroupName: '/aws/lambda/logger' };
const MAPPING = { UUID: from('mapping.UUID') };
const NO_MAPPING = '12345678-1234-1234-1234-123456789012';
const made: readonly Step[] = [
  answers('iam.CreateRole', ROLE, {}, { as: 'role', apart: ['AssumeRolePolicyDocument'] }),
  answers(
    'lambda.CreateFunction',
    {
      ...NAME,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: from('role.Role.Arn'),
      Code: { ZipFile: functionCode(LOGGER) },
    },
    {},
    { as: 'function' },
  ),
  answers('lambda.GetFunctionConfiguration', NAME, { State: 'Active' }, { eventually: true }),
];
const gone: readonly Step[] = [
  answers('lambda.DeleteFunction', NAME),
  answers('logs.DeleteLogGroup', LOGS, {}, { eventually: true }),
  answers('iam.DeleteRole', { RoleName: ROLE.RoleName }),
];
const logged = (text: RegExp) =>
  answers(
    'logs.FilterLogEvents',
    { ...LOGS, filterPattern: 'RECEIVED' },
    { events: expect.arrayContaining([expect.objectContaining({ message: matching(text) })]) },
    { eventually: true },
  );

/** What makes functions run: streams, topics, buckets, tables. */
export const LAMBDA_MAPPINGS: readonly Scenario[] = [
  {
    title: 'a stream of Kinesis is mapped to a function, which logs its records',
    steps: [
      ...made,
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      answers(
        'kinesis.DescribeStreamSummary',
        STREAM,
        { StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } },
        { as: 'stream', eventually: true },
      ),
      answers('kinesis.PutRecord', { ...STREAM, PartitionKey: 'k', Data: utf8('Hello 🦄 by hand') }),
      answers(
        'lambda.CreateEventSourceMapping',
        {
          ...NAME,
          EventSourceArn: from('stream.StreamDescriptionSummary.StreamARN'),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 1,
        },
        {
          UUID: matching(/^[0-9a-f-]{36}$/),
          State: 'Creating',
          BatchSize: 1,
          StartingPosition: 'TRIM_HORIZON',
          FunctionArn: from('function.FunctionArn'),
          EventSourceArn: from('stream.StreamDescriptionSummary.StreamARN'),
          MaximumRetryAttempts: -1,
          ParallelizationFactor: 1,
          LastModified: { time: expect.any(String) },
        },
        { as: 'mapping' },
      ),
      answers('lambda.GetEventSourceMapping', MAPPING, { State: 'Enabled' }, { eventually: true }),
      logged(/Hello 🦄 by hand/),
      answers('lambda.ListEventSourceMappings', NAME, {
        EventSourceMappings: [{ ...MAPPING, State: 'Enabled' }],
      }),
      refuses(
        'lambda.CreateEventSourceMapping',
        {
          ...NAME,
          EventSourceArn: from('stream.StreamDescriptionSummary.StreamARN'),
          StartingPosition: 'LATEST',
        },
        'ResourceConflictException',
        /already exists|existing mapping/i,
        { status: 409 },
      ),
      answers(
        'lambda.UpdateEventSourceMapping',
        {
          ...MAPPING,
          BatchSize: 10,
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
        {
          BatchSize: 10,
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      ),
      answers('lambda.GetEventSourceMapping', MAPPING, { State: 'Enabled' }, { eventually: true }),
      answers('lambda.DeleteEventSourceMapping', MAPPING, { State: 'Deleting' }),
      refuses(
        'lambda.GetEventSourceMapping',
        MAPPING,
        'ResourceNotFoundException',
        /^The resource you requested does not exist\.$/,
        { status: 404, eventually: true },
      ),
      answers('kinesis.DeleteStream', STREAM),
      ...gone,
    ],
  },
  {
    title: 'a topic and an upload make a function run',
    steps: [
      ...made,
      answers('sns.CreateTopic', { Name: 'told' }, {}, { as: 'topic' }),
      answers('sns.Subscribe', {
        TopicArn: from('topic.TopicArn'),
        Protocol: 'lambda',
        Endpoint: from('function.FunctionArn'),
      }),
      answers('sns.Publish', { TopicArn: from('topic.TopicArn'), Message: 'low magic' }),
      logged(/"EventSource":"aws:sns".*"Message":"low magic"/),
      answers('s3.CreateBucket', { Bucket: 'uploads' }),
      answers('lambda.AddPermission', {
        ...NAME,
        StatementId: 's3',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: 'arn:aws:s3:::uploads',
      }),
      answers('s3.PutBucketNotificationConfiguration', {
        Bucket: 'uploads',
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [
            {
              LambdaFunctionArn: from('function.FunctionArn'),
              Events: ['s3:ObjectCreated:*'],
              Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.log' }] } },
            },
          ],
        },
      }),
      answers(
        's3.GetBucketNotificationConfiguration',
        { Bucket: 'uploads' },
        {
          LambdaFunctionConfigurations: [
            { LambdaFunctionArn: from('function.FunctionArn'), Events: ['s3:ObjectCreated:*'] },
          ],
        },
      ),
      answers('s3.PutObject', { Bucket: 'uploads', Key: 'a b.log', Body: utf8('GET /') }),
      logged(/"eventName":"ObjectCreated:Put".*"key":"a\+b\.log"/),
      answers('s3.DeleteObject', { Bucket: 'uploads', Key: 'a b.log' }),
      answers('s3.DeleteBucket', { Bucket: 'uploads' }),
      answers('sns.DeleteTopic', { TopicArn: from('topic.TopicArn') }),
      ...gone,
    ],
  },
  {
    title: 'what cannot be mapped is told',
    steps: [
      ...made,
      answers('lambda.Invoke', { ...NAME, Payload: utf8('{}') }),
      refuses(
        'lambda.CreateEventSourceMapping',
        {
          ...NAME,
          EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/nowhere',
          StartingPosition: 'LATEST',
        },
        'InvalidParameterValueException',
        /^Stream not found: arn:aws:kinesis:us-east-1:000000000000:stream\/nowhere/,
      ),
      refuses(
        'lambda.CreateEventSourceMapping',
        {
          ...NAME,
          EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/nowhere',
          StartingPosition: 'LATEST',
          BatchSize: 10_001,
        },
        matching(/^(ValidationException|InvalidParameterValueException)$/),
        /10000/,
      ),
      refuses(
        'lambda.GetEventSourceMapping',
        { UUID: NO_MAPPING },
        'ResourceNotFoundException',
        /^The resource you requested does not exist\.$/,
        { status: 404 },
      ),
      refuses(
        'lambda.DeleteEventSourceMapping',
        { UUID: NO_MAPPING },
        'ResourceNotFoundException',
        /^The resource you requested does not exist\.$/,
        { status: 404 },
      ),
      ...gone,
    ],
  },
];
