import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke } from '../testing/functions-fixture.ts';
import { until } from '../testing/workspace.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

const FunctionName = 'f';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

describe('reserved concurrency', () => {
  const WAITING =
    'exports.handler = async () => { console.log("begun"); await new Promise((r) => setTimeout(r, 500)); };';

  test('lets so many run at once, and throttles the next', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, WAITING);
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
    const first = invoke(client);
    await until('the first runs', () => lines.some(({ line }) => line.endsWith('begun')));
    await expect(invoke(client)).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
    expect((await first).failed).toBeUndefined();
    expect((await invoke(client)).failed).toBeUndefined();
  });

  test('of 0 lets none run, until it is taken away; an event waits for that', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, 'exports.handler = async (event) => console.log("got " + event);');
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    expect(await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({
      ReservedConcurrentExecutions: 0,
    });
    await expect(invoke(client)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await invoke(client, 'late', { InvocationType: 'Event' });
    await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    await until('the event arrived', () => lines.some(({ line }) => line.endsWith('got late')));
    const { ReservedConcurrentExecutions } = await client.send(
      new GetFunctionConcurrencyCommand({ FunctionName }),
    );
    expect(ReservedConcurrentExecutions).toBeUndefined();
  });

  test('leaves 100 of the 1,000 that an account has', async () => {
    const { client } = await fixture.openLambda();
    await create(client, WAITING);
    const put = (ReservedConcurrentExecutions: number) =>
      client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
    await put(900);
    await expect(put(901)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
  });
});

describe('permissions', () => {
  const PERMISSION: AddPermissionCommandInput = {
    FunctionName,
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    SourceArn: 'arn:aws:s3:::bucket',
    SourceAccount: '000000000000',
  };
  const STATEMENT = {
    Sid: 's3',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: ARN,
    Condition: {
      StringEquals: { 'AWS:SourceAccount': '000000000000' },
      ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::bucket' },
    },
  };

  test('are kept, told, and taken away', async () => {
    const { client } = await fixture.openLambda();
    await create(client, '');
    const { Statement, $metadata } = await client.send(new AddPermissionCommand(PERMISSION));
    expect($metadata.httpStatusCode).toBe(201);
    expect(JSON.parse(Statement ?? '')).toEqual(STATEMENT);
    const { Policy, RevisionId } = await client.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [STATEMENT],
    });
    expect(RevisionId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(client.send(new AddPermissionCommand(PERMISSION))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    });
    const remove = () => client.send(new RemovePermissionCommand({ FunctionName, StatementId: 's3' }));
    await remove();
    await expect(client.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([
    ['*', '*'],
    ['123456789012', { AWS: 'arn:aws:iam::123456789012:root' }],
    ['arn:aws:iam::123456789012:role/r', { AWS: 'arn:aws:iam::123456789012:role/r' }],
    ['events.amazonaws.com', { Service: 'events.amazonaws.com' }],
  ])('for %s', async (Principal, expected) => {
    const { client } = await fixture.openLambda();
    await create(client, '');
    const { Statement } = await client.send(new AddPermissionCommand({ ...PERMISSION, Principal }));
    expect(JSON.parse(Statement ?? '')).toMatchObject({ Principal: expected });
  });

  test('for nobody are refused', async () => {
    const { client } = await fixture.openLambda();
    await create(client, '');
    await expect(
      client.send(new AddPermissionCommand({ ...PERMISSION, Principal: 'you' })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The provided principal was invalid. Please check the principal and try again.',
    });
  });
});

describe('tags', () => {
  test('are added, replaced and taken away', async () => {
    const { client } = await fixture.openLambda();
    await create(client, '', { Tags: { a: '1', b: '2' } });
    await client.send(new TagResourceCommand({ Resource: ARN, Tags: { b: '3', constructor: 'c' } }));
    await client.send(new UntagResourceCommand({ Resource: ARN, TagKeys: ['a', 'never'] }));
    const { Tags } = await client.send(new ListTagsCommand({ Resource: ARN }));
    expect(Tags).toEqual({ b: '3', constructor: 'c' });
    expect((await client.send(new GetFunctionCommand({ FunctionName }))).Tags).toEqual(Tags);
  });

  test.each([
    ['of too many', { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])) }],
    ["of AWS's own", { Tags: { 'aws:x': '1' } }],
    ['of a version', { Resource: `${ARN}:1` }],
  ])('%s are refused', async (_, more) => {
    const { client } = await fixture.openLambda();
    await create(client, '');
    await expect(
      client.send(new TagResourceCommand({ Resource: ARN, Tags: { a: '1' }, ...more })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});
