import { ListTablesCommand, ScanCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../../telemetry/summary.ts';
import { encodeSummary } from '../../../telemetry/summary-codec.ts';
import { ensureStream, removeStream } from '../../install/streams.ts';
import { checkOf, eventually, put, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { streamProcessing as module } from './module.ts';

const check = (step: string, at: Workbench) => checkOf(module, step, at);

/** The extra credit has a test of its own. */
const names = module.steps.filter(({ extra }) => !extra).map(({ name }) => name);

/** The cloud as it is once modules 1 to 4 are done. */
async function solved(): Promise<Workbench> {
  const at = await workshopCloud();
  await ensureStream(at, at.names.summaries);
  await module.install(at);
  return at;
}

function minute(number: number, more: Partial<Summary> = {}): { key: string; data: string } {
  const summary: Summary = {
    Name: 'Rocinante',
    StatusTime: `2026-01-31 12:${String(number).padStart(2, '0')}:00.000`,
    Distance: 1_790.5 + number,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 149,
    MaxHealthPoints: 151,
    Readings: 60,
    ...more,
  };
  return { key: summary.Name, data: encodeSummary(summary) };
}

/** All that is there, by kind. */
async function inventory(at: Workbench) {
  const [streams, tables, roles, functions, mappings] = await Promise.all([
    at.kinesis.send(new ListStreamsCommand({})),
    at.dynamodb.send(new ListTablesCommand({})),
    at.iam.send(new ListRolesCommand({})),
    at.lambda.send(new ListFunctionsCommand({})),
    at.lambda.send(new ListEventSourceMappingsCommand({})),
  ]);
  return {
    streams: streams.StreamNames,
    tables: tables.TableNames,
    roles: roles.Roles?.map(({ RoleName }) => RoleName),
    functions: functions.Functions?.map(({ FunctionName }) => FunctionName),
    mappings: mappings.EventSourceMappings?.map(({ FunctionArn }) => FunctionArn?.split(':').at(-1)),
    faults: (await at.control?.status())?.faults,
  };
}

async function itemsIn(at: Workbench): Promise<(string | undefined)[]> {
  const { Items = [] } = await at.dynamodb.send(
    new ScanCommand({ TableName: at.names.table, ConsistentRead: true }),
  );
  return Items.map(({ Name }) => Name?.S);
}

test('nothing passes in an empty cloud, and each step says what to make first', async () => {
  const at = await workshopCloud();
  for (const name of names) {
    const finding = await check(name, at);
    expect(finding, name).toMatchObject({ verdict: 'not yet', found: 'there is none' });
    expect('next' in finding && finding.next, name).toMatch(/^aws \w+ create-/);
  }
});

test('each step has three hints, that differ', () => {
  for (const { name, hints } of module.steps) expect(new Set(hints).size, name).toBe(3);
});

test('all steps pass with the reference result, and leave nothing behind', async () => {
  const at = await solved();
  await put(at, at.names.summaries, [minute(0), minute(1), minute(2), minute(1, { Distance: 7 })]);
  const before = await inventory(at);
  for (const name of names) expect(await check(name, at), name).toMatchObject({ verdict: 'passed' });
  expect(await inventory(at)).toEqual(before);
  expect(new Set(await itemsIn(at))).toEqual(new Set(['Rocinante']));

  await module.remove(at);
  await removeStream(at, at.names.summaries);
  expect(await inventory(at)).toEqual({
    streams: [],
    tables: [],
    roles: [],
    functions: [],
    mappings: [],
    faults: [],
  });
  await module.remove(at); // what is not there is passed over
});

describe('minutes of Rocinante', () => {
  test('are waited for', async () => {
    const at = await solved();
    expect(await check('rocinante', at)).toMatchObject({
      verdict: 'not yet',
      found: 'none in wildrydes-aggregated',
    });
    await put(at, at.names.summaries, [minute(0), { key: 'x', data: 'no summary' }]);
    expect(await check('rocinante', at)).toMatchObject({ verdict: 'passed', looked: /Rocinante/ });
  });
});

test('on AWS a table that does not throttle tells nothing, and the command is told that has it throttle', async () => {
  const at = await solved();
  const onAws: Workbench = { ...at, control: undefined };
  expect(await check('throttled', onAws)).toMatchObject({
    verdict: 'could not check',
    next: expect.stringMatching(
      /^aws dynamodb update-table --table-name UnicornSensorData .*WriteCapacityUnits=1/,
    ),
  });
});

test('a fault that is on is told, and ended by its number', async () => {
  const at = await solved();
  const { id } = (await at.control?.addFault({
    kind: 'leave-unprocessed',
    target: at.names.table,
    seconds: 60,
  }))!;
  for (const name of ['function', 'poison', 'duplicates', 'throttled']) {
    expect(await check(name, at), name).toMatchObject({
      verdict: 'could not check',
      found: 'leave-unprocessed on UnicornSensorData',
      next: `./wildrydes fault end ${id}`,
    });
  }
});

test('on AWS a table that is to throttle is used up without leaving anything, and one that does not is told', async () => {
  const at = await solved();
  await at.dynamodb.send(
    new UpdateTableCommand({
      TableName: at.names.table,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  );
  const onAws: Workbench = { ...at, control: undefined };
  // The local table never throttles by itself.
  await eventually(async () =>
    expect(await check('throttled', onAws)).toMatchObject({
      verdict: 'could not check',
      found: 'it took far more than its burst, and did not throttle',
    }),
  );
  expect(await itemsIn(at)).toEqual([]);
});

test('whoever leaves in the middle of a check leaves nothing behind', async () => {
  const at = await solved();
  const before = await inventory(at);
  const leaving = new AbortController();
  const scratch = async () => ((await inventory(at)).streams ?? []).some((name) => name.startsWith('check-'));
  const checking = check('poison', { ...at, signal: leaving.signal });
  const left = expect(checking).rejects.toThrow('enough');
  await eventually(async () => expect(await scratch()).toBe(true), { timeout: 10_000, interval: 5 });
  leaving.abort(new Error('enough'));
  await left;
  expect(await inventory(at)).toEqual(before);
  expect(await itemsIn(at)).toEqual([]);
});
