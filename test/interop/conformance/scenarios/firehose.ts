import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario, type Step, utf8 } from '../scenario.ts';
import { CAPITALS, functionCode, ROLE } from './function-code.ts';

const STREAM = { DeliveryStreamName: 'archive' };
const BUCKET = { Bucket: 'archive-bucket' };
const NOWHERE = { DeliveryStreamName: 'nowhere' };
const NOT_FOUND = /^Firehose nowhere under account \d{12} not found\.$/;
const DESTINATION = {
  RoleARN: from('role.Role.Arn'),
  BucketARN: 'arn:aws:s3:::archive-bucket',
  Prefix: 'input/',
  BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 },
};
const made: readonly Step[] = [
  answers('iam.CreateRole', ROLE, {}, { as: 'role', apart: ['AssumeRolePolicyDocument'] }),
  answers('s3.CreateBucket', BUCKET),
];
const gone: readonly Step[] = [
  answers('firehose.DeleteDeliveryStream', STREAM),
  answers('s3.DeleteBucket', BUCKET),
  answers('iam.DeleteRole', { RoleName: ROLE.RoleName }),
];
const active = answers(
  'firehose.DescribeDeliveryStream',
  STREAM,
  { DeliveryStreamDescription: { DeliveryStreamStatus: 'ACTIVE', DeliveryStreamType: 'DirectPut' } },
  { as: 'described', eventually: true },
);
/** The one object below a prefix is found, read and deleted. */
const delivered = (Prefix: string, text: unknown): readonly Step[] => [
  answers(
    's3.ListObjectsV2',
    { ...BUCKET, Prefix },
    {
      Contents: [{ Key: matching(/\/\d{4}\/\d\d\/\d\d\/\d\d\/archive-\d+-\d{4}(-\d\d){5}-[0-9a-f-]{36}$/) }],
    },
    { as: 'listed', eventually: true, apart: ['EncodingType'] },
  ),
  answers('s3.GetObject', { ...BUCKET, Key: from('listed.Contents.0.Key') }, { Body: { utf8: text } }),
  answers('s3.DeleteObject', { ...BUCKET, Key: from('listed.Contents.0.Key') }),
];

/** Delivery streams. */
export const FIREHOSE: readonly Scenario[] = [
  {
    title: 'records are delivered to a bucket',
    steps: [
      ...made,
      answers(
        'firehose.CreateDeliveryStream',
        {
          ...STREAM,
          DeliveryStreamType: 'DirectPut',
          ExtendedS3DestinationConfiguration: DESTINATION,
          Tags: [{ Key: 'stage', Value: 'test' }],
        },
        { DeliveryStreamARN: matching(/^arn:aws:firehose:us-east-1:\d{12}:deliverystream\/archive$/) },
      ),
      active,
      answers(
        'firehose.ListDeliveryStreams',
        {},
        { DeliveryStreamNames: ['archive'], HasMoreDeliveryStreams: false },
      ),
      answers('firehose.TagDeliveryStream', { ...STREAM, Tags: [{ Key: 'team', Value: 'rides' }] }),
      answers('firehose.UntagDeliveryStream', { ...STREAM, TagKeys: ['stage'] }),
      answers('firehose.ListTagsForDeliveryStream', STREAM, {
        Tags: [{ Key: 'team', Value: 'rides' }],
        HasMoreTags: false,
      }),
      answers(
        'firehose.PutRecord',
        { ...STREAM, Record: { Data: utf8('{"likes":1}\n') } },
        { RecordId: expect.any(String), Encrypted: false },
      ),
      ...delivered('input/', '{"likes":1}\n'),
      answers('firehose.UpdateDestination', {
        ...STREAM,
        CurrentDeliveryStreamVersionId: from('described.DeliveryStreamDescription.VersionId'),
        DestinationId: from('described.DeliveryStreamDescription.Destinations.0.DestinationId'),
        ExtendedS3DestinationUpdate: { Prefix: 'changed/' },
      }),
      answers(
        'firehose.PutRecordBatch',
        { ...STREAM, Records: [{ Data: utf8('a\n') }, { Data: utf8('🦄\n') }] },
        {
          FailedPutCount: 0,
          RequestResponses: [{ RecordId: expect.any(String) }, { RecordId: expect.any(String) }],
        },
      ),
      ...delivered('changed/', 'a\n🦄\n'),
      ...gone,
    ],
  },
  {
    title: 'records are transformed by a function, dropped, and put aside when they fail',
    steps: [
      ...made,
      answers(
        'lambda.CreateFunction',
        {
          FunctionName: 'capitals',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: from('role.Role.Arn'),
          Timeout: 63,
          Code: { ZipFile: functionCode(CAPITALS) },
        },
        {},
        { as: 'function' },
      ),
      answers(
        'lambda.GetFunctionConfiguration',
        { FunctionName: 'capitals' },
        { State: 'Active' },
        { eventually: true },
      ),
      answers('firehose.CreateDeliveryStream', {
        ...STREAM,
        ExtendedS3DestinationConfiguration: {
          ...DESTINATION,
          ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
          ProcessingConfiguration: {
            Enabled: true,
            Processors: [
              {
                Type: 'Lambda',
                Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: from('function.FunctionArn') }],
              },
            ],
          },
        },
      }),
      active,
      answers('firehose.PutRecordBatch', {
        ...STREAM,
        Records: ['good\n', 'drop this\n', 'bad\n'].map((text) => ({ Data: utf8(text) })),
      }),
      ...delivered('input/', 'GOOD\n'),
      ...delivered(
        'errors/processing-failed/',
        matching(
          /^\{.*"attemptsMade":1.*"errorCode":"Lambda\.[A-Za-z]+".*"rawData":"YmFkCg==".*"lambdaArn":"arn:aws:lambda:/,
        ),
      ),
      ...gone.slice(0, 1),
      answers('lambda.DeleteFunction', { FunctionName: 'capitals' }),
      ...gone.slice(1),
    ],
  },
  {
    title: 'what is wrong with a delivery stream or a record is told',
    steps: [
      ...made,
      refuses(
        'firehose.PutRecord',
        { ...NOWHERE, Record: { Data: utf8('x') } },
        'ResourceNotFoundException',
        NOT_FOUND,
      ),
      refuses('firehose.DescribeDeliveryStream', NOWHERE, 'ResourceNotFoundException', NOT_FOUND),
      refuses('firehose.DeleteDeliveryStream', NOWHERE, 'ResourceNotFoundException', NOT_FOUND),
      answers('firehose.CreateDeliveryStream', {
        ...STREAM,
        ExtendedS3DestinationConfiguration: DESTINATION,
      }),
      active,
      refuses(
        'firehose.CreateDeliveryStream',
        { ...STREAM, ExtendedS3DestinationConfiguration: DESTINATION },
        'ResourceInUseException',
        /^Firehose archive under accountId \d{12} already exists$/,
      ),
      refuses(
        'firehose.PutRecordBatch',
        { ...STREAM, Records: Array.from({ length: 501 }, () => ({ Data: utf8('x') })) },
        'ValidationException',
        /at 'records' failed to satisfy constraint: Member must have length less than or equal to 500/,
        { unchecked: true },
      ),
      refuses(
        'firehose.CreateDeliveryStream',
        { DeliveryStreamName: 'not a name', ExtendedS3DestinationConfiguration: DESTINATION },
        'ValidationException',
        /'deliveryStreamName'.*regular expression/,
      ),
      refuses(
        'firehose.StartDeliveryStreamEncryption',
        STREAM,
        'UnknownOperationException',
        /StartDeliveryStreamEncryption/,
      ),
      ...gone,
    ],
  },
];
