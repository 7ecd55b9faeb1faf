import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario, type Step, utf8 } from '../scenario.ts';
import { ECHO, functionCode, ROLE } from './function-code.ts';

const NAME = { FunctionName: 'echo' };
const NOWHERE = { FunctionName: 'nowhere' };
const NOT_FOUND = /^Function not found: arn:aws:lambda:us-east-1:\d{12}:function:nowhere/;
const missing = { status: 404 } as const;
const FUNCTION = {
  ...NAME,
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: from('role.Role.Arn'),
  Code: { ZipFile: functionCode(ECHO) },
};
const apart = { apart: ['AssumeRolePolicyDocument'] } as const;
const made: readonly Step[] = [
  answers('iam.CreateRole', ROLE, {}, { as: 'role', ...apart }),
  answers('lambda.CreateFunction', FUNCTION, {}, { as: 'created' }),
  answers(
    'lambda.GetFunctionConfiguration',
    NAME,
    { State: 'Active', LastUpdateStatus: 'Successful' },
    { eventually: true },
  ),
];
const gone: readonly Step[] = [
  answers('lambda.DeleteFunction', NAME),
  answers('iam.DeleteRole', { RoleName: ROLE.RoleName }),
];

/** Functions. */
export const LAMBDA: readonly Scenario[] = [
  {
    title: 'a function is made, described and deleted',
    steps: [
      answers('iam.CreateRole', ROLE, {}, { as: 'role', ...apart }),
      answers(
        'lambda.CreateFunction',
        {
          ...FUNCTION,
          Description: 'says it again',
          Timeout: 5,
          Environment: { Variables: { STAGE: 'test' } },
        },
        {
          ...NAME,
          FunctionArn: matching(/^arn:aws:lambda:us-east-1:\d{12}:function:echo$/),
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Description: 'says it again',
          Timeout: 5,
          MemorySize: 128,
          Version: '$LATEST',
          PackageType: 'Zip',
          CodeSha256: expect.any(String),
          CodeSize: expect.any(Number),
          LastModified: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
          State: matching(/^(Pending|Active)$/),
          Environment: { Variables: { STAGE: 'test' } },
        },
        { as: 'created' },
      ),
      answers('lambda.GetFunction', NAME, {
        Configuration: { ...NAME, CodeSha256: from('created.CodeSha256') },
        Code: { RepositoryType: 'S3', Location: expect.any(String) },
      }),
      answers('lambda.ListFunctions', {}, { Functions: [NAME] }),
      answers(
        'lambda.GetAccountSettings',
        {},
        {
          AccountLimit: { ConcurrentExecutions: expect.any(Number) },
          AccountUsage: { FunctionCount: 1 },
        },
      ),
      answers('lambda.TagResource', { Resource: from('created.FunctionArn'), Tags: { stage: 'test' } }),
      answers('lambda.ListTags', { Resource: from('created.FunctionArn') }, { Tags: { stage: 'test' } }),
      answers('lambda.UntagResource', { Resource: from('created.FunctionArn'), TagKeys: ['stage'] }),
      ...gone,
      refuses('lambda.GetFunction', NOWHERE, 'ResourceNotFoundException', NOT_FOUND, missing),
    ],
  },
  {
    title: 'a function is invoked in every way',
    steps: [
      ...made,
      answers(
        'lambda.Invoke',
        { ...NAME, Payload: utf8('{"unicorn":"🦄"}'), LogType: 'Tail' },
        {
          StatusCode: 200,
          Payload: utf8('{"given":{"unicorn":"🦄"}}'),
          ExecutedVersion: '$LATEST',
          LogResult: expect.any(String),
        },
      ),
      answers(
        'lambda.Invoke',
        { ...NAME, InvocationType: 'Event', Payload: utf8('{}') },
        { StatusCode: 202 },
      ),
      answers('lambda.Invoke', { ...NAME, InvocationType: 'DryRun' }, { StatusCode: 204 }),
      refuses(
        'lambda.Invoke',
        { ...NAME, Payload: utf8('{') },
        'InvalidRequestContentException',
        /^Could not parse request body into json/,
      ),
      refuses(
        'lambda.Invoke',
        { ...NOWHERE, Payload: utf8('{}') },
        'ResourceNotFoundException',
        NOT_FOUND,
        missing,
      ),
      ...gone,
    ],
  },
  {
    title: 'what goes wrong inside of a function is told',
    steps: [
      answers('iam.CreateRole', ROLE, {}, { as: 'role', ...apart }),
      answers('lambda.CreateFunction', {
        ...FUNCTION,
        Timeout: 1,
        Code: {
          ZipFile: functionCode(
            "export const handler = async ({ wait }) => { if (wait) await new Promise(() => setInterval(() => {}, 1000)); throw new TypeError('no magic left'); };",
          ),
        },
      }),
      answers(
        'lambda.Invoke',
        { ...NAME, Payload: utf8('{}') },
        {
          StatusCode: 200,
          FunctionError: 'Unhandled',
          Payload: { utf8: matching(/^\{"errorType":"TypeError","errorMessage":"no magic left","trace":\[/) },
        },
        { eventually: true },
      ),
      answers(
        'lambda.Invoke',
        { ...NAME, Payload: utf8('{"wait":true}') },
        { FunctionError: 'Unhandled', Payload: { utf8: matching(/Task timed out after 1\.00 seconds/) } },
      ),
      ...gone,
    ],
  },
  {
    title: 'a function is changed, published and limited',
    steps: [
      ...made,
      answers(
        'lambda.PublishVersion',
        { ...NAME, Description: 'first' },
        { Version: '1', Description: 'first' },
      ),
      answers(
        'lambda.UpdateFunctionConfiguration',
        { ...NAME, Timeout: 9, MemorySize: 256 },
        { Timeout: 9, MemorySize: 256 },
      ),
      answers(
        'lambda.GetFunctionConfiguration',
        NAME,
        { LastUpdateStatus: 'Successful' },
        { eventually: true },
      ),
      answers('lambda.UpdateFunctionCode', {
        ...NAME,
        ZipFile: functionCode('export const handler = async () => 2;'),
      }),
      answers(
        'lambda.GetFunctionConfiguration',
        NAME,
        { LastUpdateStatus: 'Successful' },
        { eventually: true },
      ),
      answers('lambda.Invoke', { ...NAME, Payload: utf8('{}') }, { Payload: utf8('2') }),
      answers(
        'lambda.Invoke',
        { ...NAME, Qualifier: '1', Payload: utf8('{}') },
        { Payload: utf8('{"given":{}}'), ExecutedVersion: '1' },
      ),
      answers('lambda.ListVersionsByFunction', NAME, {
        Versions: [{ Version: '$LATEST' }, { Version: '1' }],
      }),
      answers(
        'lambda.PutFunctionConcurrency',
        { ...NAME, ReservedConcurrentExecutions: 0 },
        { ReservedConcurrentExecutions: 0 },
      ),
      refuses(
        'lambda.Invoke',
        { ...NAME, Payload: utf8('{}') },
        'TooManyRequestsException',
        /^Rate Exceeded\.?$/,
        { status: 429 },
      ),
      answers('lambda.GetFunctionConcurrency', NAME, { ReservedConcurrentExecutions: 0 }),
      answers('lambda.DeleteFunctionConcurrency', NAME),
      ...gone,
    ],
  },
  {
    title: 'others are permitted to invoke a function, and no longer',
    steps: [
      ...made,
      answers(
        'lambda.AddPermission',
        {
          ...NAME,
          StatementId: 's3',
          Action: 'lambda:InvokeFunction',
          Principal: 's3.amazonaws.com',
          SourceArn: 'arn:aws:s3:::uploads',
          SourceAccount: '000000000000',
        },
        { Statement: matching(/"Sid":"s3".*"Service":"s3.amazonaws.com"/) },
      ),
      refuses(
        'lambda.AddPermission',
        { ...NAME, StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' },
        'ResourceConflictException',
        /^The statement id \(s3\) provided already exists\./,
        { status: 409 },
      ),
      answers('lambda.GetPolicy', NAME, { Policy: matching(/"Version":"2012-10-17".*"Sid":"s3"/) }),
      answers('lambda.RemovePermission', { ...NAME, StatementId: 's3' }),
      refuses(
        'lambda.GetPolicy',
        NAME,
        'ResourceNotFoundException',
        /^The resource you requested does not exist\.$/,
        missing,
      ),
      ...gone,
    ],
  },
  {
    title: 'a function that cannot be is told',
    steps: [
      ...made,
      refuses(
        'lambda.CreateFunction',
        FUNCTION,
        'ResourceConflictException',
        /^Function already exist: echo$/,
        { status: 409 },
      ),
      refuses(
        'lambda.CreateFunction',
        { ...FUNCTION, FunctionName: 'old', Runtime: 'nodejs10.x' },
        'InvalidParameterValueException',
        /nodejs10\.x/,
      ),
      refuses(
        'lambda.CreateFunction',
        { ...FUNCTION, FunctionName: 'broken', Code: { ZipFile: utf8('this is no archive') } },
        'InvalidParameterValueException',
        /unzip/,
      ),
      refuses(
        'lambda.CreateFunction',
        { ...FUNCTION, FunctionName: 'slow', Timeout: 901 },
        'ValidationException',
        /'timeout'.*less than or equal to 900/,
      ),
      refuses('lambda.DeleteFunction', NOWHERE, 'ResourceNotFoundException', NOT_FOUND, missing),
      refuses(
        'lambda.UpdateFunctionConfiguration',
        { ...NOWHERE, Timeout: 3 },
        'ResourceNotFoundException',
        NOT_FOUND,
        missing,
      ),
      refuses(
        'lambda.CreateAlias',
        { ...NAME, Name: 'live', FunctionVersion: '1' },
        matching(/./),
        /CreateAlias/,
      ),
      ...gone,
    ],
  },
];
