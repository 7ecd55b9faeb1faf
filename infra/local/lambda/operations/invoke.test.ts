import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke } from '../testing/functions-fixture.ts';
import { until } from '../testing/workspace.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

describe('Invoke', () => {
  test('answers with the end of the log when asked', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async (n) => { for (let i = 0; i < n; i++) console.log("line " + i); };',
    );
    const { log, requestId } = await invoke(client, 1, { LogType: 'Tail' });
    expect(log.split('\n').map((line) => line.split('\t').at(0))).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      expect.any(String),
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}`,
      '',
    ]);
    const long = await invoke(client, 1000, { LogType: 'Tail' });
    expect(long.log).toHaveLength(4096);
    expect(long.log).toContain('line 999');
    expect((await invoke(client, 1)).log).toBe('');
  });

  test.each([
    ['RequestResponse', 6_291_456],
    ['Event', 1_048_576],
  ] as const)('of type %s takes %i bytes and no more', async (InvocationType, limit) => {
    const { client } = await fixture.openLambda();
    await create(client, 'exports.handler = async (event) => event.length;');
    const sized = (bytes: number) =>
      new InvokeCommand({ FunctionName: 'f', InvocationType, Payload: `"${'x'.repeat(bytes - 2)}"` });
    expect((await client.send(sized(limit))).StatusCode).toBe(InvocationType === 'Event' ? 202 : 200);
    await expect(client.send(sized(limit + 1))).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      message: `${limit + 1} byte payload is too large for the ${InvocationType} invocation type (limit ${limit} bytes)`,
      $metadata: { httpStatusCode: 413 },
    });
  });

  test('of type DryRun runs nothing', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, 'exports.handler = async () => {};');
    expect(await invoke(client, {}, { InvocationType: 'DryRun' })).toMatchObject({ status: 204 });
    expect(lines).toEqual([]);
    await expect(
      invoke(client, {}, { InvocationType: 'DryRun', FunctionName: 'missing' }),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each(['{"a":', 'no', '\u0000'])('refuses the payload %j', async (Payload) => {
    const { client } = await fixture.openLambda();
    await create(client, 'exports.handler = async () => {};');
    await expect(client.send(new InvokeCommand({ FunctionName: 'f', Payload }))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: expect.stringContaining('Could not parse request body into json'),
    });
  });

  test('of many at once gives each its own answer', async () => {
    const { client } = await fixture.openLambda();
    await create(client, 'exports.handler = async (event) => event * 2;');
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => invoke(client, n)));
    expect(answers.map(({ payload }) => payload)).toEqual(Array.from({ length: 40 }, (_, n) => n * 2));
  });
});

describe('Invoke of type Event', () => {
  const SAYING =
    'exports.handler = async (event, context) => { console.log("got " + event + " " + context.awsRequestId); if (event === "bad") throw new Error("no"); };';

  test('answers 202 at once, and the function gets it', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, SAYING);
    const { status, requestId, payload } = await invoke(client, 'it', { InvocationType: 'Event' });
    expect([status, payload]).toEqual([202, undefined]);
    await until('it is there', () => lines.some(({ line }) => line.endsWith(`got it ${requestId}`)));
  });

  test('is sent again twice, by the same id, and then given up in a line of the log', async () => {
    const { client, lines, log } = await fixture.openLambda({ retryDelays: [10, 20] });
    await create(client, SAYING);
    const { requestId } = await invoke(client, 'bad', { InvocationType: 'Event' });
    await until('it is given up', () => log.length > 0);
    expect(log).toEqual([`f: gave up event ${requestId}: Error: no`]);
    expect(lines.filter(({ line }) => line.endsWith(`got bad ${requestId}`))).toHaveLength(3);
  });

  test('that nobody has handled yet outlives the cloud', async () => {
    const folder = fixture.workspace.empty();
    const before = await fixture.openLambda({ folder, retryDelays: [60_000] });
    await create(before.client, SAYING);
    const { requestId } = await invoke(before.client, 'bad', { InvocationType: 'Event' });
    await until('it failed once', () => before.lines.some(({ line }) => line.startsWith('REPORT')));
    await fixture.closeAll();
    const after = await fixture.openLambda({ folder, retryDelays: [] });
    await until('it is tried again', () => after.log.length > 0);
    expect(after.log).toEqual([`f: gave up event ${requestId}: Error: no`]);
    await fixture.closeAll();
    const last = await fixture.openLambda({ folder });
    await invoke(last.client, 'it');
    expect(last.lines.filter(({ line }) => line.startsWith('START'))).toHaveLength(1);
  });

  test('for a function that is deleted meanwhile is given up', async () => {
    const folder = fixture.workspace.empty();
    const { client, log, lambda } = await fixture.openLambda({ folder, retryDelays: [10] });
    await create(client, SAYING);
    await invoke(client, 'bad', { InvocationType: 'Event' });
    const { DeleteFunctionCommand } = await import('@aws-sdk/client-lambda');
    await client.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
    await until('it is given up', () => log.length > 0);
    expect(log[0]).toContain('gave up event');
    await lambda.close();
  });
});
