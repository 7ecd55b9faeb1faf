import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke, isRunning } from '../testing/functions-fixture.ts';
import { until } from '../testing/workspace.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

const COUNTING = 'let n = 0; exports.handler = async (event) => { n++; ';

describe('an uploaded function', () => {
  test('is kept warm, in a process that stands still between invocations', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      `let n = 0, ticks = 0; setInterval(() => ticks++, 1);
       exports.handler = async () => ({ n: ++n, pid: process.pid, ticks });`,
    );
    const first = (await invoke(client)).payload as { pid: number; ticks: number };
    // Time enough for a hundred ticks, were it running.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = (await invoke(client)).payload as { n: number; pid: number; ticks: number };
    expect(second).toMatchObject({ n: 2, pid: first.pid });
    expect(second.pid).not.toBe(process.pid);
    expect(second.ticks - first.ticks).toBeLessThan(50);
  });

  test('runs in a process for each invocation under way', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 300)); return process.pid; };',
    );
    const pids = await Promise.all([invoke(client), invoke(client)]);
    expect(new Set(pids.map(({ payload }) => payload)).size).toBe(2);
  });

  test("sees Lambda's variables and its own, and nothing of the shell's", async () => {
    process.env.WILDRYDES_SECRET_OF_THE_SHELL = 'secret';
    const { client, endpoint } = await fixture.openLambda();
    await create(
      client,
      `const fs = require('node:fs'); const os = require('node:os');
       exports.handler = async () => ({
         env: process.env, cwd: process.cwd(), home: os.homedir(), inHome: fs.readdirSync(os.homedir()),
         zone: new Date(0).getTimezoneOffset(), here: __dirname, channel: typeof process.send,
       });`,
      { Environment: { Variables: { TABLE_NAME: 'UnicornSensorData' } }, MemorySize: 256 },
    );
    const { payload } = await invoke(client);
    delete process.env.WILDRYDES_SECRET_OF_THE_SHELL;
    const { env, cwd, here } = payload as { env: Record<string, string>; cwd: string; here: string };
    expect(env).toEqual({
      _HANDLER: 'index.handler',
      AWS_ACCESS_KEY_ID: 'wildrydes',
      AWS_SECRET_ACCESS_KEY: 'wildrydes',
      AWS_SESSION_TOKEN: 'wildrydes',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: endpoint,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      HOME: expect.stringContaining('home'),
      LAMBDA_TASK_ROOT: cwd,
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TABLE_NAME: 'UnicornSensorData',
      TZ: ':UTC',
    });
    expect(payload).toMatchObject({ home: env.HOME, inHome: [], zone: 0, channel: 'undefined' });
    expect(here).toBe(cwd);
  });

  test('gets a context', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      'exports.handler = async (event, context) => ({ ...context, event, left: context.getRemainingTimeInMillis() });',
    );
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const { payload, requestId } = await invoke(client, { a: '🦄' }, { ClientContext });
    expect(payload).toMatchObject({
      event: { a: '🦄' },
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/f',
      awsRequestId: requestId,
      clientContext: { custom: { a: 1 } },
      callbackWaitsForEmptyEventLoop: true,
    });
    const { left } = payload as { left: number };
    expect(left).toBeGreaterThan(15_000);
    expect(left).toBeLessThanOrEqual(20_000);
  });
});

describe("an uploaded function's log", () => {
  test("has Lambda's lines, in order, and says which stream they belong to", async () => {
    const { client, lines } = await fixture.openLambda();
    await create(
      client,
      `exports.handler = async () => {
         process.stdout.write('one\\ntw');
         process.stdout.write(Buffer.from('o\\n'));
         console.log('thr%s', 'ee', { a: 1 });
         console.error('four\\nlines');
         require('node:fs').writeSync(1, 'five\\n');
         process.stderr.write('six');
       };`,
    );
    const { requestId } = await invoke(client);
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    expect(lines.map(({ line }) => line)).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      'one',
      'two',
      expect.stringMatching(new RegExp(`^${time}\t${requestId}\tINFO\tthree \\{ a: 1 \\}$`)),
      expect.stringMatching(new RegExp(`^${time}\t${requestId}\tERROR\tfour\rlines$`)),
      'five',
      'six',
      `END RequestId: ${requestId}`,
      expect.stringMatching(
        new RegExp(
          `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\t` +
            `${process.platform === 'linux' ? 'Max Memory Used: \\d+ MB\t' : ''}Init Duration: [\\d.]+ ms$`,
        ),
      ),
    ]);
    expect(lines[0]).toMatchObject({
      functionName: 'f',
      logGroup: '/aws/lambda/f',
      logStream: expect.stringContaining('[$LATEST]'),
      time: expect.any(Number),
    });
    lines.length = 0;
    await invoke(client);
    expect(lines.at(-1)?.line).not.toContain('Init Duration');
  });

  test('is complete when the function writes much and exits at once', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(
      client,
      `exports.handler = async () => { for (let i = 0; i < 20_000; i++) console.log('line ' + i + 'x'.repeat(100)); process.exit(3); };`,
    );
    await invoke(client);
    expect(lines.filter(({ line }) => line.includes('\tINFO\tline '))).toHaveLength(20_000);
  });

  test('keeps what the function writes that looks like nothing of ours', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, `exports.handler = async () => { process.stdout.write('a\\0b\\0mark-x\\0c\\n'); };`);
    await invoke(client);
    expect(lines.map(({ line }) => line)).toContain('a\0b\0mark-x\0c');
  });
});

describe('an uploaded function that fails', () => {
  test('by throwing', async () => {
    const { client, lines } = await fixture.openLambda();
    await create(client, `${COUNTING} if (event.fail) throw new TypeError("no"); return n; };`);
    const { failed, payload, status } = await invoke(client, { fail: true });
    expect([failed, status]).toEqual(['Unhandled', 200]);
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no', trace: expect.any(Array) });
    expect(lines.some(({ line }) => line.includes('\tERROR\tInvoke Error\t{"errorType":"TypeError"'))).toBe(
      true,
    );
    expect((await invoke(client)).payload).toBe(2);
  });

  test.each([
    [
      'loops for ever',
      'for (;;);',
      'Sandbox.Timedout',
      'Task timed out after 1.00 seconds',
      'Status: timeout',
    ],
    [
      'never answers',
      'await new Promise(() => setInterval(() => {}, 1000));',
      'Sandbox.Timedout',
      'Task timed out after 1.00 seconds',
      'Status: timeout',
    ],
    [
      'exits',
      'process.exit(7);',
      'Runtime.ExitError',
      'Runtime exited with error: exit status 7',
      'Error Type: Runtime.ExitError',
    ],
    [
      'exits as if all were well',
      'process.exit(0);',
      'Runtime.ExitError',
      'Runtime exited without providing a reason',
      'Error Type: Runtime.ExitError',
    ],
    [
      'aborts',
      'process.abort();',
      'Runtime.ExitError',
      'Runtime exited with error: signal: aborted',
      'Error Type: Runtime.ExitError',
    ],
    [
      'kills itself',
      'process.kill(process.pid, "SIGKILL"); for (;;);',
      'Runtime.ExitError',
      'Runtime exited with error: signal: killed',
      'Error Type: Runtime.ExitError',
    ],
  ])('because it %s costs its own invocation only', async (_, code, errorType, message, status) => {
    const { client, lines } = await fixture.openLambda();
    await create(client, `${COUNTING} if (event.fail) { ${code} } return n; };`, { Timeout: 1 });
    expect((await invoke(client)).payload).toBe(1);
    const { failed, payload, requestId } = await invoke(client, { fail: true });
    expect(failed).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` });
    expect(lines.at(-1)?.line).toContain(status);
    expect((await invoke(client)).payload).toBe(1);
  });

  test.each([
    [
      'an exception that nobody catches',
      'setImmediate(() => { throw new RangeError("uncaught"); });',
      'RangeError',
      'uncaught',
    ],
    [
      'a rejection that nobody handles',
      'void Promise.reject(new RangeError("unheard"));',
      'Runtime.UnhandledPromiseRejection',
      'RangeError: unheard',
    ],
  ])('by %s costs its own invocation only', async (_, code, errorType, errorMessage) => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      `${COUNTING} if (event.fail) { ${code} await new Promise((r) => setTimeout(r, 60_000)); } return n; };`,
    );
    expect((await invoke(client, { fail: true })).payload).toMatchObject({ errorType, errorMessage });
    expect((await invoke(client)).payload).toBe(1);
  });

  test.each([
    [
      'the heap',
      'const all = []; for (;;) all.push(new Array(1e6).fill(1.5));',
      'Runtime.ExitError',
      'signal: aborted',
    ],
    [
      'buffers outside the heap',
      'const all = []; for (;;) { all.push(Buffer.alloc(10e6, 1)); await new Promise((r) => setTimeout(r, 20)); }',
      'Runtime.OutOfMemory',
      'signal: killed',
    ],
  ])('by exhausting %s costs its own invocation only', async (what, code, errorType, how) => {
    if (what !== 'the heap' && process.platform !== 'linux') return;
    const { client } = await fixture.openLambda();
    await create(client, `${COUNTING} if (event.fail) { ${code} } return n; };`);
    const { payload, requestId } = await invoke(client, { fail: true });
    expect(payload).toMatchObject({
      errorType,
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
    });
    expect((await invoke(client)).payload).toBe(1);
  });

  test('takes what it started with it', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      `const { spawn } = require('node:child_process');
       exports.handler = async () => {
         const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
         console.log('pid ' + child.pid);
         process.exit(1);
       };`,
    );
    const { log } = await invoke(client, {}, { LogType: 'Tail' });
    const pid = Number(/pid (\d+)/.exec(log)?.[1]);
    expect(pid).toBeGreaterThan(0);
    await until('the grandchild is gone', () => !isRunning(pid));
  });

  test('by returning what JSON cannot say, or too much', async () => {
    const { client } = await fixture.openLambda();
    await create(
      client,
      `exports.handler = async (event) => { if (event.n) return 'x'.repeat(event.n); const a = {}; a.a = a; return a; };`,
    );
    expect((await invoke(client)).payload).toMatchObject({ errorType: 'TypeError' });
    expect((await invoke(client, { n: 6_291_556 })).payload).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect(((await invoke(client, { n: 6_291_500 })).payload as string).length).toBe(6_291_500);
  });
});

describe('closing', () => {
  test('ends every process, the one that loops and the one that stands still', async () => {
    const { client, lambda, lines } = await fixture.openLambda({ patience: 50 });
    await create(
      client,
      'exports.handler = async (event) => { console.log("pid " + process.pid); if (event.loop) for (;;); };',
    );
    await Promise.all([invoke(client), invoke(client)]);
    const looping = invoke(client, { loop: true }).catch(() => undefined);
    const pids = () => lines.flatMap(({ line }) => /pid (\d+)/.exec(line)?.[1] ?? []).map(Number);
    await until('it loops', () => pids().length === 3);
    await lambda.close();
    await looping;
    expect(pids().filter(isRunning)).toEqual([]);
  });
});
