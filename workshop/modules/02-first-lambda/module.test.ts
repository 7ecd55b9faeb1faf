import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  DeleteFunctionCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { mappingsOf } from '../../check/functions.ts';
import { removeFunction, removeMapping } from '../../install/functions.ts';
import { removeRole } from '../../install/roles.ts';
import { removeStream } from '../../install/streams.ts';
import { checkOf, put, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { makeFunction, makeMapping, makeRole, makeStream, SOLUTION } from './fixture.ts';
import { firstLambda as module } from './module.ts';

const check = (step: string, at: Workbench) => checkOf(module, step, at);

test('nothing passes in an empty cloud, and each step says what to type', async () => {
  const at = await workshopCloud();
  for (const { name } of module.steps.filter((step) => step.name !== 'teardown')) {
    const finding = await check(name, at);
    expect(finding, name).toMatchObject({ verdict: 'not yet', found: 'there is none' });
    expect('next' in finding && finding.next, name).toMatch(/^aws (iam|kinesis|lambda) create-/);
  }
});

test('that nothing is left is looked at only when all has been there', () => {
  const others = module.steps.filter(({ name }) => name !== 'teardown');
  expect(module.steps.at(-1)?.after).toEqual(others.map(({ name }) => name));
  expect(others.map(({ fleeting }) => fleeting)).toEqual(others.map(() => true));
});

test('each step passes once it is done', async () => {
  const at = await workshopCloud();
  await makeRole(at);
  expect(await check('role', at)).toMatchObject({ verdict: 'passed' });
  await makeStream(at);
  expect(await check('stream', at)).toMatchObject({ verdict: 'passed', found: 'it has one shard' });
  await makeFunction(at, SOLUTION);
  expect(await check('function', at)).toMatchObject({ verdict: 'passed' });
  // The check has invoked it, and left nothing but what the function itself has logged.
  expect(await everything(at)).toEqual({ mappings: 0, functions: 1, groups: 1, streams: 1, roles: 1 });
  expect(await check('mapping', at)).toMatchObject({
    verdict: 'not yet',
    found: 'no mapping',
    next: expect.stringContaining('--event-source-arn arn:aws:kinesis:'),
  });
  await makeMapping(at);
  expect(await check('mapping', at)).toMatchObject({ verdict: 'passed' });
  expect(await check('record', at)).toMatchObject({ verdict: 'not yet', found: 'no record came so far' });
  await put(at, at.names.cliStream, [{ key: '1', data: 'Rocinante says "hello",\nnaïve 🦄\n' }]);
  expect(await check('record', at)).toMatchObject({
    verdict: 'passed',
    found: 'the text of your record: Rocinante says "hello",',
  });
});

test('each thing that was forgotten is named, with the command that deletes it', async () => {
  const at = await workshopCloud();
  await makeFunction(at, SOLUTION);
  await makeMapping(at);
  await check('function', at);
  const [{ UUID: uuid = '' } = {}] = await mappingsOf(at, 'kinesisEventLogger');
  const mapping = {
    what: `the mapping ${uuid}`,
    command: `aws lambda delete-event-source-mapping --uuid ${uuid}`,
  };
  const left = [
    {
      what: 'the log group /aws/lambda/kinesisEventLogger',
      command: 'aws logs delete-log-group --log-group-name /aws/lambda/kinesisEventLogger',
    },
    {
      what: 'the stream lambda-cli-stream',
      command: 'aws kinesis delete-stream --stream-name lambda-cli-stream',
    },
    {
      what: 'the role lambda-cli-role',
      command:
        'aws iam detach-role-policy --role-name lambda-cli-role --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole && aws iam delete-role --role-name lambda-cli-role',
    },
  ];
  const itself = {
    what: 'the function kinesisEventLogger',
    command: 'aws lambda delete-function --function-name kinesisEventLogger',
  };
  expect(await check('teardown', at)).toMatchObject(leaving([mapping, itself, ...left]));

  // A mapping outlives its function.
  await at.lambda.send(new DeleteFunctionCommand({ FunctionName: 'kinesisEventLogger' }));
  expect(await check('teardown', at)).toMatchObject(leaving([mapping, ...left]));
  await removeMapping(at, uuid);
  expect(await check('teardown', at)).toMatchObject(leaving(left));
  await removeFunction(at, 'kinesisEventLogger');
  expect(await check('teardown', at)).toMatchObject(leaving(left.slice(1)));
  await removeStream(at, 'lambda-cli-stream');
  expect(await check('teardown', at)).toMatchObject(leaving(left.slice(2)));
  await removeRole(at, 'lambda-cli-role');
  expect(await check('teardown', at)).toMatchObject({ verdict: 'passed', found: 'all of them are gone' });
});

function leaving(left: readonly { readonly what: string; readonly command: string }[]): object {
  return {
    verdict: 'not yet',
    found: `left: ${left.map(({ what }) => what).join(', ')}`,
    next: left.map(({ command }) => command).join(' && '),
  };
}

test('removing it leaves nothing, also a mapping whose function is gone; twice does no harm', async () => {
  const at = await workshopCloud();
  await module.install(at);
  await makeFunction(at, SOLUTION);
  await makeMapping(at);
  await check('function', at);
  await at.lambda.send(new DeleteFunctionCommand({ FunctionName: at.names.cliFunction }));
  expect(await everything(at)).toMatchObject({ mappings: 1, functions: 0, groups: 1, streams: 1, roles: 1 });
  await module.remove(at);
  const nothing = { mappings: 0, functions: 0, groups: 0, streams: 0, roles: 0 };
  expect(await everything(at)).toEqual(nothing);
  await module.remove(at);
  expect(await everything(at)).toEqual(nothing);
});

async function everything(at: Workbench) {
  const [mappings, functions, groups, streams, roles] = await Promise.all([
    at.lambda.send(new ListEventSourceMappingsCommand({})),
    at.lambda.send(new ListFunctionsCommand({})),
    at.logs.send(new DescribeLogGroupsCommand({})),
    at.kinesis.send(new ListStreamsCommand({})),
    at.iam.send(new ListRolesCommand({})),
  ]);
  return {
    mappings: mappings.EventSourceMappings?.length,
    functions: functions.Functions?.length,
    groups: groups.logGroups?.length,
    streams: streams.StreamNames?.length,
    roles: roles.Roles?.length,
  };
}
