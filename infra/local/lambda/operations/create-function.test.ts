import { createHash } from 'node:crypto';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetFunctionCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke, ROLE, zip } from '../testing/functions-fixture.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

const CODE = zip({ 'index.js': 'exports.handler = async () => "here";' });
const REQUEST: CreateFunctionCommandInput = {
  FunctionName: 'kinesisEventLogger',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: ROLE,
  Code: { ZipFile: CODE },
};

const send = (client: LambdaClient, more: Partial<CreateFunctionCommandInput> = {}) =>
  client.send(new CreateFunctionCommand({ ...REQUEST, ...more }));

describe('CreateFunction', () => {
  test('answers what it made, as Pending, and it can be invoked at once', async () => {
    const { client } = await fixture.openLambda();
    const { $metadata, ...created } = await send(client, {
      Description: 'logs',
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { LETTER: '1' } },
      Tags: { team: 'unicorns' },
    });
    expect($metadata.httpStatusCode).toBe(201);
    expect(created).toEqual({
      FunctionName: 'kinesisEventLogger',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:kinesisEventLogger',
      Runtime: 'nodejs22.x',
      Role: ROLE,
      Handler: 'index.handler',
      CodeSize: CODE.length,
      CodeSha256: createHash('sha256').update(CODE).digest('base64'),
      Description: 'logs',
      Timeout: 10,
      MemorySize: 256,
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      Version: '$LATEST',
      Environment: { Variables: { LETTER: '1' } },
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      State: 'Pending',
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/kinesisEventLogger' },
    });
    const { FunctionName } = REQUEST;
    expect((await invoke(client, {}, { FunctionName })).payload).toBe('here');
    const found = await client.send(new GetFunctionCommand({ FunctionName }));
    expect(found).toMatchObject({
      Configuration: { State: 'Active', LastUpdateStatus: 'Successful' },
      Tags: { team: 'unicorns' },
    });
  });

  test('has the defaults of AWS', async () => {
    const { client } = await fixture.openLambda();
    const created = await send(client);
    expect(created).toMatchObject({ Timeout: 3, MemorySize: 128, Description: '' });
    expect(created.Environment).toBeUndefined();
  });

  test('publishes version 1 when asked', async () => {
    const { client } = await fixture.openLambda();
    expect(await send(client, { Publish: true })).toMatchObject({
      Version: '1',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:kinesisEventLogger:1',
    });
  });

  test('takes code from S3, and says when it is not there', async () => {
    const asked: unknown[] = [];
    const { client } = await fixture.openLambda({
      readObject: async (...given) => {
        asked.push(given);
        return given[1] === 'code.zip' ? Buffer.from(CODE) : undefined;
      },
    });
    await send(client, { Code: { S3Bucket: 'bucket', S3Key: 'code.zip', S3ObjectVersion: '7' } });
    expect(asked).toEqual([['bucket', 'code.zip', '7']]);
    await expect(
      send(client, { FunctionName: 'other', Code: { S3Bucket: 'bucket', S3Key: 'missing.zip' } }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    });
  });

  test('of a name that is taken is refused, also when both are made at once', async () => {
    const { client } = await fixture.openLambda();
    const outcomes = await Promise.allSettled([send(client), send(client), send(client)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(send(client)).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: kinesisEventLogger',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('takes the names of prototypes for names', async () => {
    const { client } = await fixture.openLambda();
    for (const FunctionName of ['constructor', '__proto__', 'hasOwnProperty']) {
      await create(client, 'exports.handler = async () => process.env.constructor;', {
        FunctionName,
        Environment: { Variables: { constructor: 'mine', toString: 'too' } },
        Tags: { constructor: 'tag' },
      });
      expect((await invoke(client, {}, { FunctionName })).payload).toBe('mine');
    }
  });

  test.each(['missing', 'untrusted'] as const)('with a role that is %s is refused', async (trust) => {
    const { client } = await fixture.openLambda({ roleTrust: (arn) => (arn === ROLE ? trust : 'ok') });
    await expect(send(client)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The role defined for the function cannot be assumed by Lambda.',
    });
  });

  const because =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  test.each<[string, Partial<CreateFunctionCommandInput>, string, string]>([
    [
      'a runtime that is not offered',
      { Runtime: 'python3.13' },
      'InvalidParameterValueException',
      "Value python3.13 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x] or be a valid ARN",
    ],
    [
      'no handler',
      { Handler: undefined },
      'InvalidParameterValueException',
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    ['no code', { Code: {} }, 'InvalidParameterValueException', 'Please provide a source for function code.'],
    [
      'an image',
      { Code: { ImageUri: 'x' }, PackageType: 'Image' },
      'InvalidParameterValueException',
      'The local Lambda does not offer container images.',
    ],
    [
      'a role that is none',
      { Role: 'me' },
      'ValidationException',
      "1 validation error detected: Value 'me' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
    ],
    [
      'a timeout of 901',
      { Timeout: 901 },
      'ValidationException',
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    [
      '64 MB',
      { MemorySize: 64 },
      'ValidationException',
      "1 validation error detected: Value '64' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
    ],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x', OTHER: 'y' } } },
      'InvalidParameterValueException',
      `${because} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION`,
    ],
    [
      'too much environment',
      { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
      'InvalidParameterValueException',
      `${because} exceeded the 4KB limit. String measured: {"BIG":"${'x'.repeat(4096)}"}`,
    ],
    [
      'layers',
      { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:a:1'] },
      'InvalidParameterValueException',
      'The local Lambda does not offer Layers.',
    ],
    [
      'a dead-letter queue',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' } },
      'InvalidParameterValueException',
      'The local Lambda does not offer DeadLetterConfig.',
    ],
    [
      'a broken archive',
      { Code: { ZipFile: Buffer.from('no') } },
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again. (it has no directory)',
    ],
    [
      'a path that leaves the folder',
      { Code: { ZipFile: zip({ '../../x': '' }) } },
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again. (its entry "../../x" does not stay in the folder)',
    ],
  ])('with %s is refused', async (_, more, name, message) => {
    const { client } = await fixture.openLambda();
    await expect(send(client, more)).rejects.toMatchObject({ name, message });
    await expect(
      client.send(new GetFunctionCommand({ FunctionName: 'kinesisEventLogger' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('takes empty settings of what is not offered, as tools send them', async () => {
    const { client } = await fixture.openLambda();
    await send(client, {
      Layers: [],
      FileSystemConfigs: [],
      DeadLetterConfig: {},
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
      SnapStart: { ApplyOn: 'None' },
      Architectures: ['arm64'],
    });
  });

  test('with an archive of more than 50 MB is refused', async () => {
    const { client } = await fixture.openLambda();
    const ZipFile = Buffer.alloc(52_428_801);
    await expect(send(client, { Code: { ZipFile } })).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });
});
