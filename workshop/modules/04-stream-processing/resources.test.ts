import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { mappingsOf } from '../../check/functions.ts';
import { ensureRole } from '../../install/roles.ts';
import { ensureStream } from '../../install/streams.ts';
import { checkOf, eventually, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { streamProcessing as module } from './module.ts';

/** Resources that are made wrongly, and what is said of them. */

const OPERATIONS = 'arn:aws:sns:us-east-1:000000000000:operations';
const LOG = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/WildRydesStreamProcessor';
const streamArn = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

async function expectWrong(at: Workbench, step: string, found: string, next: string): Promise<void> {
  expect(await checkOf(module, step, at)).toMatchObject({
    verdict: 'wrong',
    found: expect.stringContaining(found),
    next: expect.stringContaining(next),
  });
}

async function solved(): Promise<Workbench> {
  const at = await workshopCloud();
  await ensureStream(at, at.names.summaries);
  await module.install(at);
  return at;
}

test('tables', async () => {
  const at = await workshopCloud();
  const TableName = at.names.table;
  const cases: [keys: string[], billing: 'PAY_PER_REQUEST' | 'PROVISIONED', found: string, next: string][] = [
    [['Name'], 'PAY_PER_REQUEST', 'its only key is Name (S): each minute', 'aws dynamodb delete-table'],
    [
      ['StatusTime', 'Name'],
      'PAY_PER_REQUEST',
      'its partition key is StatusTime (S)',
      'aws dynamodb delete-table',
    ],
    [['Name', 'Time'], 'PAY_PER_REQUEST', 'its sort key Time (S)', 'aws dynamodb delete-table'],
    [
      ['Name', 'StatusTime'],
      'PROVISIONED',
      'it has provisioned throughput',
      '--billing-mode PAY_PER_REQUEST',
    ],
  ];
  for (const [keys, BillingMode, found, next] of cases) {
    await at.dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode,
        ...(BillingMode === 'PROVISIONED'
          ? { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }
          : {}),
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        KeySchema: keys.map((key, place) => ({
          AttributeName: key,
          KeyType: place === 0 ? 'HASH' : 'RANGE',
        })),
      }),
    );
    await eventually(() => expectWrong(at, 'table', found, next));
    await at.dynamodb.send(new DeleteTableCommand({ TableName }));
    await eventually(() =>
      expect(at.dynamodb.send(new DescribeTableCommand({ TableName }))).rejects.toThrow(/not found/),
    );
  }
});

test('roles', async () => {
  const at = await solved();
  const RoleName = at.names.processorRole;
  const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${at.names.table}`;
  const statements: [statement: object, found: string][] = [
    [{ Action: 'dynamodb:*', Resource: arn }, 'allows dynamodb:*: a wildcard'],
    [{ Action: ['dynamodb:BatchWriteItem', 'dynamodb:PutItem'], Resource: arn }, 'allows dynamodb:PutItem'],
    [{ Action: 'dynamodb:BatchWriteItem', Resource: '*' }, 'on every table'],
    [{ Action: 'dynamodb:BatchWriteItem', Resource: `${arn}*` }, `dynamodb:BatchWriteItem on ${arn}*`],
    [{ NotAction: 'iam:*', Resource: arn }, 'all but what it names'],
    [{ Action: 'kinesis:GetRecords', Resource: '*' }, 'allows kinesis:GetRecords on *, which'],
    [
      { Action: 'kinesis:PutRecords', Resource: streamArn(at.names.summaries) },
      'allows kinesis:PutRecords on',
    ],
    [{ Action: 'sns:Publish', Resource: OPERATIONS }, 'allows sns:Publish on'],
    [{ Action: 'logs:PutLogEvents', Resource: `${LOG}Too:*` }, 'allows logs:PutLogEvents on'],
  ];
  const put = (statement: object) =>
    at.iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'write-summaries',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', ...statement }],
        }),
      }),
    );
  for (const [statement, found] of statements) {
    await put(statement);
    await expectWrong(at, 'role', found, 'aws iam put-role-policy');
  }
  await put({ Action: 'dynamodb:BatchWriteItem', Resource: arn });
  expect(await checkOf(module, 'role', at)).toMatchObject({ verdict: 'passed' });

  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  await at.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await expectWrong(at, 'role', 'AdministratorAccess, which allows more', 'aws iam detach-role-policy');
  await at.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));

  const kinesis = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';
  await at.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: kinesis }));
  expect(await checkOf(module, 'role', at)).toMatchObject({
    verdict: 'not yet',
    next: `aws iam attach-role-policy --role-name ${RoleName} --policy-arn ${kinesis}`,
  });

  await at.iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName,
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  );
  await expectWrong(at, 'role', 'Lambda may not assume it', 'aws iam update-assume-role-policy');
});

test('a role that names the stream, the log and the destination does as well, whatever it is called', async () => {
  const at = await solved();
  const { processor: FunctionName, summaries, quarantine, table } = at.names;
  const allow = (Action: string | string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const writes = allow('dynamodb:BatchWriteItem', `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`);
  const reads = allow(['kinesis:GetRecords', 'kinesis:ListShards'], streamArn(summaries));
  const lists = allow('kinesis:ListStreams', '*');
  const logs = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${LOG}:*`);
  const aside = allow('kinesis:PutRecords', streamArn(quarantine));
  const tells = allow('sns:Publish', OPERATIONS);
  const runAs = async (statements: readonly object[]) => {
    const inline = { all: statements };
    const Role = await ensureRole(at, { name: 'made-for-it', service: 'lambda.amazonaws.com', inline });
    await at.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Role }));
  };

  await runAs([writes, lists, logs]);
  expect(await checkOf(module, 'role', at)).toMatchObject({
    verdict: 'not yet',
    looked: 'the policies of the role made-for-it',
    found: expect.stringContaining('none lets Lambda read the stream'),
  });
  await expectWrong(at, 'function', 'it runs as made-for-it, and of that:', `role/${at.names.processorRole}`);
  await runAs([writes, lists, reads]);
  expect(await checkOf(module, 'role', at)).toMatchObject({
    verdict: 'not yet',
    found: `none lets Lambda write the log /aws/lambda/${FunctionName}`,
  });
  await runAs([writes, lists, reads, logs, aside]);
  expect(await checkOf(module, 'role', at)).toMatchObject({ verdict: 'passed' });
  expect(await checkOf(module, 'function', at)).toMatchObject({ verdict: 'passed' });

  await runAs([writes, lists, reads, logs, aside, tells]);
  await expectWrong(at, 'role', 'allows sns:Publish on', 'aws iam put-role-policy');
  const [mapping] = await mappingsOf(at, FunctionName);
  const DestinationConfig = { OnFailure: { Destination: OPERATIONS } };
  await at.sns.send(new CreateTopicCommand({ Name: 'operations' }));
  await at.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, DestinationConfig }));
  expect(await checkOf(module, 'role', at)).toMatchObject({ verdict: 'passed' });
});

test('settings of the function', async () => {
  const at = await solved();
  const FunctionName = at.names.processor;
  const other = await ensureRole(at, { name: 'another-role', service: 'lambda.amazonaws.com' });
  const change = (settings: object) =>
    at.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...settings }));

  await change({ Environment: { Variables: { TABLE_NAME: 'UnicornAlerts' } } });
  await expectWrong(at, 'function', 'TABLE_NAME is UnicornAlerts', 'TABLE_NAME=UnicornSensorData');
  await change({ Environment: { Variables: {} } });
  await expectWrong(at, 'poison', 'it has no variable TABLE_NAME', 'TABLE_NAME=UnicornSensorData');
  await change({ Environment: { Variables: { TABLE_NAME: at.names.table } }, Handler: 'index.handler' });
  await expectWrong(at, 'function', 'Lambda does not find its handler', 'aws lambda update-function-');
  await change({ Handler: 'processor.handler', Role: other });
  await expectWrong(at, 'function', 'it runs as another-role', `role/${at.names.processorRole}`);
});

describe('mappings', () => {
  const cases: Record<string, [Partial<CreateEventSourceMappingCommandInput>, string, string]> = {
    'from the tip on': [{ StartingPosition: 'LATEST' }, 'it starts at LATEST', 'delete-event-source-mapping'],
    'one record at a time': [{ BatchSize: 1 }, 'its batch size is 1', '--batch-size 100'],
    'without reports': [
      { FunctionResponseTypes: [] },
      'it does not look at what the function reports',
      '--function-response-types ReportBatchItemFailures',
    ],
    'that never tries again': [
      { MaximumRetryAttempts: 0 },
      'MaximumRetryAttempts is 0',
      '--maximum-retry-attempts -1',
    ],
    'that is off': [{ Enabled: false }, 'it is Disabled', '--enabled'],
  };
  test('are looked at by their settings', async () => {
    const at = await solved();
    const { processor, summaries } = at.names;
    const { StreamDescriptionSummary } = await at.kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: summaries }),
    );
    for (const [what, [settings, found, next]] of Object.entries(cases)) {
      for (const { UUID } of await mappingsOf(at, processor)) {
        await at.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      }
      await eventually(async () =>
        expect(await mappingsOf(at, processor, undefined, 'deleting too'), what).toEqual([]),
      );
      await at.lambda.send(
        new CreateEventSourceMappingCommand({
          FunctionName: processor,
          EventSourceArn: StreamDescriptionSummary?.StreamARN,
          BatchSize: 100,
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ...settings,
        }),
      );
      await expectWrong(at, 'mapping', found, next);
    }
  });
});
