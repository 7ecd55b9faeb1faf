import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetFunctionCommand,
  LambdaClient,
  ListFunctionsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../target.ts';
import { startChild } from '../../child-fixture.ts';
import { create, FunctionsFixture, invoke, isRunning } from '../testing/functions-fixture.ts';
import { until } from '../testing/workspace.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

const OWN = {
  functionName: 'own',
  timeout: 3,
  memorySize: 128,
  environment: {},
};

describe('functions', () => {
  test('outlive the cloud, with their versions, settings and reserved concurrency', async () => {
    const folder = fixture.workspace.empty();
    const before = await fixture.openLambda({ folder });
    await create(before.client, 'exports.handler = async () => process.env.LETTER;', {
      Environment: { Variables: { LETTER: 'a' } },
    });
    await before.client.send(new PublishVersionCommand({ FunctionName: 'f' }));
    await before.client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 2 }),
    );
    const told = await before.client.send(new GetFunctionCommand({ FunctionName: 'f' }));
    await fixture.closeAll();
    const { client } = await fixture.openLambda({ folder });
    const again = await client.send(new GetFunctionCommand({ FunctionName: 'f' }));
    expect(again.Configuration).toEqual(told.Configuration);
    expect(again.Concurrency).toEqual({ ReservedConcurrentExecutions: 2 });
    expect((await invoke(client, {}, { Qualifier: '1' })).payload).toBe('a');
  });

  test("that are the kit's own hide uploaded ones of their name, and stand among them in the list", async () => {
    const { client, lambda } = await fixture.openLambda();
    await create(client, 'exports.handler = async () => "uploaded";', { FunctionName: 'own' });
    await create(client, 'exports.handler = async () => 1;', { FunctionName: 'a' });
    await create(client, 'exports.handler = async () => 1;', { FunctionName: 'z' });
    const FunctionName = 'own';
    expect((await invoke(client, {}, { FunctionName })).payload).toBe('uploaded');
    const file = fixture.workspace.handler('own', 'export const handler = async () => "own";');
    lambda.register({ ...OWN, file });
    expect((await invoke(client, {}, { FunctionName })).payload).toBe('own');
    const { Functions } = await client.send(new ListFunctionsCommand({}));
    expect(Functions?.map((each) => each.FunctionName)).toEqual(['a', 'own', 'z']);
    await expect(create(client, '', { FunctionName })).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
  });

  test('whose file is damaged keep the cloud from starting, and are told', async () => {
    const folder = fixture.workspace.empty();
    const { client } = await fixture.openLambda({ folder });
    await create(client, '');
    await fixture.closeAll();
    const file = join(folder, 'functions.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('nodejs22.x', 'nodejs20.x'));
    await expect(fixture.openLambda({ folder })).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });
});

test('a cloud that is killed leaves no process behind, keeps what it acknowledged, and begins events again', async () => {
  const folder = fixture.workspace.empty();
  const child = await startChild(`
    import { createLambda } from './lambda/service.ts';
    import { openGateway } from './gateway/gateway.ts';
    import { MemoryKinesis } from './lambda/testing/memory-kinesis.ts';
    const lambda = createLambda({
      folder: ${JSON.stringify(folder)},
      kinesis: new MemoryKinesis(),
      endpoint: () => gateway.endpoint,
      clock: { now: () => Date.now() },
      random: Math.random,
      bootstrap: ${JSON.stringify(fixture.workspace.bootstrap)},
      onOutput: ({ line }) => console.log('> ' + line),
    });
    const gateway = await openGateway({ port: 0, services: [lambda] });
    console.log('endpoint ' + gateway.endpoint);
  `);
  const endpoint = (await child.line('endpoint ')).slice('endpoint '.length);
  const client = fixture.client(
    new LambdaClient({ endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 }),
  );
  await create(
    client,
    'exports.handler = async (event) => { console.log("pid " + process.pid); while (event === "loop"); };',
  );
  // One that stands still, one that loops in the middle of an event.
  await Promise.all([invoke(client), invoke(client)]);
  const { requestId } = await invoke(client, 'loop', { InvocationType: 'Event' });
  const pids = () => child.lines.flatMap((line) => /pid (\d+)/.exec(line)?.[1] ?? []).map(Number);
  await until('the event is under way', () => pids().length === 3);
  await child.kill();
  await until('all are gone', () => !pids().some(isRunning));

  const after = await fixture.openLambda({ folder });
  expect((await after.client.send(new GetFunctionCommand({ FunctionName: 'f' }))).Configuration?.State).toBe(
    'Active',
  );
  await until('the event is begun again', () =>
    after.lines.some(({ line }) => line.startsWith(`START RequestId: ${requestId}`)),
  );
});
