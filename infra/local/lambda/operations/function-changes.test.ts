import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke, zip } from '../testing/functions-fixture.ts';
import { until } from '../testing/workspace.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

const answering = (what: unknown) => `exports.handler = async () => ${JSON.stringify(what)};`;
const FunctionName = 'f';
const update = (client: LambdaClient, code: string, more = {}) =>
  client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip({ 'index.js': code }), ...more }));

describe('UpdateFunctionCode', () => {
  test('runs the new code from its answer on, and the old one to its end', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 400)); return "old"; };',
    );
    const before = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const underWay = invoke(client);
    await until('the old one runs', () => lines.some(({ line }) => line.startsWith('START')));
    const updated = await update(client, answering('new'));
    expect(updated).toMatchObject({ State: 'Active', LastUpdateStatus: 'InProgress' });
    expect(updated.RevisionId).not.toBe(before.RevisionId);
    expect(updated.CodeSha256).not.toBe(before.CodeSha256);
    expect((await invoke(client)).payload).toBe('new');
    expect((await underWay).payload).toBe('old');
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 10 }, { FunctionName });
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 10 }, { FunctionName });
  });

  test('with DryRun changes nothing; with an old RevisionId is refused', async () => {
    const { client } = await fixture.openLambda();
    await create(client, answering('old'));
    const { RevisionId } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await update(client, answering('new'), { DryRun: true });
    expect((await invoke(client)).payload).toBe('old');
    await update(client, answering('new'), { RevisionId });
    await expect(update(client, answering('newer'), { RevisionId })).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      $metadata: { httpStatusCode: 412 },
    });
    expect((await invoke(client)).payload).toBe('new');
  });

  test('of a function that is not there', async () => {
    const { client } = await fixture.openLambda();
    await expect(update(client, '')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f',
    });
  });
});

describe('UpdateFunctionConfiguration', () => {
  test('changes what it names, and leaves the rest', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async () => process.env.LETTER ?? "none"; exports.other = async () => "other";',
      {
        Environment: { Variables: { LETTER: 'a' } },
        Description: 'stays',
      },
    );
    expect((await invoke(client)).payload).toBe('a');
    const configure = (more: object) =>
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...more }));
    expect(await configure({ Environment: { Variables: { LETTER: 'b' } }, Timeout: 7 })).toMatchObject({
      Description: 'stays',
      Timeout: 7,
      LastUpdateStatus: 'InProgress',
    });
    expect((await invoke(client)).payload).toBe('b');
    await configure({ Environment: {} });
    expect((await invoke(client)).payload).toBe('none');
    await configure({ Handler: 'index.other' });
    expect((await invoke(client)).payload).toBe('other');
    await expect(configure({ Timeout: 0 })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(configure({ Layers: ['x'] })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });
});

describe('GetFunction', () => {
  test('links to the archive, which anyone may fetch', async () => {
    const { client } = await fixture.openLambda();
    await create(client, answering('here'));
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName }));
    expect(Code?.RepositoryType).toBe('S3');
    const fetched = await fetch(Code?.Location ?? '');
    expect(fetched.headers.get('content-type')).toBe('application/zip');
    const files = unzipSync(new Uint8Array(await fetched.arrayBuffer()));
    expect(Buffer.from(files['index.js'] ?? []).toString()).toBe(answering('here'));
    const gone = await fetch((Code?.Location ?? '').replace(/snapshots\/.{8}/, 'snapshots/00000000'));
    expect(gone.status).toBe(404);
  });

  test.each([
    'f',
    '000000000000:function:f',
    'function:f',
    'arn:aws:lambda:us-east-1:000000000000:function:f',
  ])('finds it as %s', async (name) => {
    const { client } = await fixture.openLambda();
    await create(client, answering(1));
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    expect(found.FunctionName).toBe('f');
  });
});

describe('ListFunctions', () => {
  test('gives pages, of which none repeats or skips when functions come and go', async () => {
    const { client } = await fixture.openLambda();
    const Code = { ZipFile: zip({ 'index.js': answering(1) }) };
    const add = (name: string) =>
      client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Code,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/r',
        }),
      );
    for (const name of ['d', 'b', 'a', 'c', 'e']) await add(name);
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker }));
      seen.push(...(page.Functions ?? []).map((each) => each.FunctionName));
      Marker = page.NextMarker;
      if (seen.length === 2) {
        await client.send(new DeleteFunctionCommand({ FunctionName: 'b' }));
        await add('bb');
      }
    } while (Marker !== undefined);
    expect(seen).toEqual(['a', 'b', 'bb', 'c', 'd', 'e']);
    await expect(client.send(new ListFunctionsCommand({ Marker: 'what' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });
});

describe('DeleteFunction', () => {
  test('removes the function, and lets what is under way end', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 300)); return "end"; };',
    );
    const underWay = invoke(client);
    await until('it runs', () => lines.some(({ line }) => line.startsWith('START')));
    const { $metadata } = await client.send(new DeleteFunctionCommand({ FunctionName }));
    expect($metadata.httpStatusCode).toBe(204);
    expect((await underWay).payload).toBe('end');
    for (const command of [
      new DeleteFunctionCommand({ FunctionName }),
      new GetFunctionCommand({ FunctionName }),
    ]) {
      await expect(client.send(command as GetFunctionCommand)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
    await create(client, answering('again'));
    expect((await invoke(client)).payload).toBe('again');
  });

  test('of $LATEST alone is refused', async () => {
    const { client } = await fixture.openLambda();
    await create(client, answering(1));
    await expect(
      client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '$LATEST' })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
  });
});

describe('versions', () => {
  test('stay what they were, and are invoked by their number', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async (e, c) => [1, c.functionVersion, c.invokedFunctionArn.split(":")[7]];',
    );
    const publish = (more = {}) => client.send(new PublishVersionCommand({ FunctionName, ...more }));
    expect(await publish({ Description: 'first' })).toMatchObject({
      Version: '1',
      Description: 'first',
      State: 'Active',
    });
    expect(await publish()).toMatchObject({ Version: '1' });
    await update(client, 'exports.handler = async (e, c) => [2, c.functionVersion];');
    expect(await publish()).toMatchObject({ Version: '2' });
    expect(await invoke(client, {}, { Qualifier: '1' })).toMatchObject({
      payload: [1, '1', '1'],
      version: '1',
    });
    expect(await invoke(client, {}, { FunctionName: 'f:2' })).toMatchObject({
      payload: [2, '2'],
      version: '2',
    });
    expect(await invoke(client)).toMatchObject({ payload: [2, '$LATEST'], version: '$LATEST' });
    const listed = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(listed.Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn?.split(':')[7]])).toEqual(
      [
        ['$LATEST', '$LATEST'],
        ['1', '1'],
        ['2', '2'],
      ],
    );
    await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '2' }));
    await expect(invoke(client, {}, { Qualifier: '2' })).rejects.toMatchObject({
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:2',
    });
    await update(client, answering(3));
    expect(await publish()).toMatchObject({ Version: '3' });
    await expect(publish({ CodeSha256: 'other' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });
});

test('GetAccountSettings tells limits and what is used', async () => {
  const { client } = await fixture.openLambda();
  await create(client, answering(1));
  const { AccountLimit, AccountUsage } = await client.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toMatchObject({ CodeSizeZipped: 52_428_800, UnreservedConcurrentExecutions: 1000 });
  expect(AccountUsage).toMatchObject({ FunctionCount: 1 });
});
