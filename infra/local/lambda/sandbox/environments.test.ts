import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import type { FunctionDefinition, FunctionError, Outcome } from '../definitions.ts';
import { createWorkspace, sequence, until, type Workspace } from '../testing/workspace.ts';
import { Environments } from './environments.ts';
import { createReaper } from './reaper.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const started: Environments[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((environments) => environments.stop()));
});

let count = 0;
function host(
  source: string,
  settings: Partial<FunctionDefinition> = {},
  maxConcurrency?: number,
): { environments: Environments; lines: string[] } {
  count++;
  const lines: string[] = [];
  const definition: FunctionDefinition = {
    functionName: 'WildRydesTest',
    file: workspace.handler(`function-${count}`, source),
    timeout: 30,
    memorySize: 128,
    environment: {},
    ...settings,
  };
  const environments = new Environments(definition, {
    bootstrap: workspace.bootstrap,
    home: workspace.folder,
    endpoint: () => 'http://127.0.0.1:4566',
    clock: systemClock,
    random: sequence(),
    output: ({ line }) => {
      lines.push(line);
    },
    reaper: createReaper(),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
  });
  started.push(environments);
  return { environments, lines };
}

function invoke(environments: Environments, event: unknown): Promise<Outcome> {
  return environments.invoke({ event });
}

function value(outcome: Outcome): unknown {
  if (outcome.kind !== 'response') throw new Error(`no response: ${JSON.stringify(outcome)}`);
  return JSON.parse(outcome.payload) as unknown;
}

function error(outcome: Outcome): FunctionError {
  if (outcome.kind !== 'error') throw new Error(`no error: ${JSON.stringify(outcome)}`);
  return outcome.error;
}

/** The lines that the function itself wrote. */
function written(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^(START|END|REPORT) /.test(line));
}

describe('a function', () => {
  test('gets the event and returns a value', async () => {
    const { environments } = host('export const handler = async (event) => ({ twice: event.n * 2 });');
    expect(value(await invoke(environments, { n: 21 }))).toEqual({ twice: 42 });
  });

  test('may return without a promise, nothing at all, or what JSON cannot say', async () => {
    const { environments } = host(
      'const answers = { plain: 7, nothing: undefined, function: () => 1, date: new Date(0), nested: { a: undefined, b: [undefined] } };\n' +
        'export const handler = (event) => answers[event];',
    );
    expect(value(await invoke(environments, 'plain'))).toBe(7);
    expect(value(await invoke(environments, 'nothing'))).toBe(null);
    expect(value(await invoke(environments, 'function'))).toBe(null);
    expect(value(await invoke(environments, 'date'))).toBe('1970-01-01T00:00:00.000Z');
    expect(value(await invoke(environments, 'nested'))).toEqual({ b: [null] });
  });

  test('gets a context', async () => {
    const { environments } = host(
      `export const handler = async (event, context) => {
        const before = context.getRemainingTimeInMillis();
        await new Promise((resolve) => setTimeout(resolve, 30));
        return { ...context, before, after: context.getRemainingTimeInMillis() };
      };`,
      { timeout: 20, memorySize: 256 },
    );
    const context = value(await invoke(environments, {})) as Record<string, number | string>;
    expect(context).toMatchObject({
      functionName: 'WildRydesTest',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:WildRydesTest',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/WildRydesTest',
      awsRequestId: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(context.before).toBeGreaterThan(19_000);
    expect(context.before).toBeLessThanOrEqual(20_000);
    expect(context.after).toBeLessThan((context.before as number) - 25);
    const again = value(await invoke(environments, {})) as Record<string, string>;
    expect(again.awsRequestId).not.toBe(context.awsRequestId);
    expect(again.logStreamName).toBe(context.logStreamName);
  });

  test("sees Lambda's variables and its own, and nothing of the shell's", async () => {
    process.env.WILDRYDES_SECRET_OF_THE_SHELL = 'secret';
    const { environments } = host('export const handler = async () => process.env;', {
      environment: { TABLE_NAME: 'UnicornSensorData', AWS_REGION: 'mars-1', AWS_ACCESS_KEY_ID: 'real' },
    });
    const variables = value(await invoke(environments, {}));
    delete process.env.WILDRYDES_SECRET_OF_THE_SHELL;
    expect(variables).toEqual({
      _HANDLER: 'handler.handler',
      AWS_ACCESS_KEY_ID: 'wildrydes',
      AWS_SECRET_ACCESS_KEY: 'wildrydes',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_EXECUTION_ENV: expect.stringMatching(/^AWS_Lambda_nodejs\d\d\.x$/),
      AWS_LAMBDA_FUNCTION_NAME: 'WildRydesTest',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/WildRydesTest',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringContaining('[$LATEST]'),
      LAMBDA_TASK_ROOT: workspace.folder,
      HOME: workspace.folder,
      LANG: 'en_US.UTF-8',
      TABLE_NAME: 'UnicornSensorData',
      TZ: 'UTC',
    });
  });

  test('is kept warm: its module is loaded once', async () => {
    const { environments } = host('let n = 0; export const handler = async () => ++n;');
    for (const expected of [1, 2, 3]) expect(value(await invoke(environments, {}))).toBe(expected);
  });

  test('runs in an environment for each invocation under way, and the same ones again', async () => {
    const { environments } = host(
      'const id = Math.random(); export const handler = async () => { await new Promise((r) => setTimeout(r, 100)); return id; };',
    );
    const two = async (): Promise<unknown[]> =>
      (await Promise.all([invoke(environments, {}), invoke(environments, {})])).map(value);
    const first = new Set(await two());
    expect(first.size).toBe(2);
    expect(new Set(await two())).toEqual(first);
  });

  test('waits its turn when all environments are busy', async () => {
    const { environments } = host('let n = 0; export const handler = async () => ++n;', {}, 1);
    const outcomes = await Promise.all([1, 2, 3].map(() => invoke(environments, {})));
    expect(outcomes.map(value)).toEqual([1, 2, 3]);
  });
});

describe('output', () => {
  test('of every kind is captured line by line, in order, before the invocation ends', async () => {
    const { environments, lines } = host(`
      export const handler = async () => {
        process.stdout.write('one\\ntw');
        process.stdout.write(Buffer.from('o\\n'));
        console.log('thr%s', 'ee');
        console.error(new Error('four').message);
        process.stderr.write('five');
      };`);
    await invoke(environments, {});
    expect(lines).toEqual([
      expect.stringMatching(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/),
      'one',
      'two',
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\tINFO\tthree$/),
      expect.stringMatching(/\tERROR\tfour$/),
      'five',
      expect.stringMatching(/^END RequestId: [0-9a-f-]{36}$/),
      expect.stringMatching(
        /^REPORT RequestId: [0-9a-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tInit Duration: [\d.]+ ms$/,
      ),
    ]);
  });

  test('a character cut between two writes stays whole', async () => {
    const { environments, lines } = host(`
      const unicorn = Buffer.from('🦄\\n');
      export const handler = async () => { process.stdout.write(unicorn.subarray(0, 2)); process.stdout.write(unicorn.subarray(2)); };`);
    await invoke(environments, {});
    expect(written(lines)).toEqual(['🦄']);
  });

  test('is not lost when the function exits at once', async () => {
    const { environments, lines } = host(`
      export const handler = async () => { for (let i = 0; i < 500; i++) process.stdout.write('line ' + i + '\\n'); process.exit(3); };`);
    await invoke(environments, {});
    expect(written(lines).slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, i) => `line ${i}`));
  });
});

describe('a function that fails', () => {
  test('by throwing keeps its environment', async () => {
    const { environments, lines } = host(
      'let n = 0; export const handler = async (event) => { n++; if (event.fail) throw new TypeError("no"); return n; };',
    );
    const failed = error(await invoke(environments, { fail: true }));
    expect(failed).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
    expect(failed.trace?.[0]).toBe('TypeError: no');
    expect(lines.some((line) => line.includes('\tERROR\tInvoke Error\t{"errorType":"TypeError"'))).toBe(true);
    expect(value(await invoke(environments, {}))).toBe(2);
  });

  test('by throwing something else', async () => {
    const { environments } = host('export const handler = async () => { throw "just words"; };');
    expect(error(await invoke(environments, {}))).toEqual({
      errorType: 'string',
      errorMessage: 'just words',
      trace: [],
    });
  });

  test('by timing out, waiting or in an endless loop, is ended; the next invocation gets a fresh environment', async () => {
    const { environments, lines } = host(
      `let n = 0;
       export const handler = async (event) => {
         n++;
         if (event === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
         if (event === 'loop') for (;;);
         return n;
       };`,
      { timeout: 0.5 },
    );
    expect(value(await invoke(environments, ''))).toBe(1);
    for (const way of ['wait', 'loop']) {
      expect(error(await invoke(environments, way))).toEqual({
        errorType: 'Sandbox.Timedout',
        errorMessage: 'Task timed out after 0.50 seconds',
      });
      expect(value(await invoke(environments, ''))).toBe(1);
    }
    expect(lines.filter((line) => line.endsWith('Task timed out after 0.50 seconds'))).toHaveLength(2);
  });

  test('by timing out does nothing more once its end is reported', async () => {
    const { environments, lines } = host(
      `export const handler = async (event) => {
         if (event.quick) return;
         setInterval(() => process.stdout.write('still here\\n'), 0);
         await new Promise(() => {});
       };`,
      { timeout: 0.5 },
    );
    error(await invoke(environments, {}));
    const count = lines.filter((line) => line === 'still here').length;
    await invoke(environments, { quick: true });
    expect(lines.filter((line) => line === 'still here')).toHaveLength(count);
    expect(count).toBeGreaterThan(0);
  });

  test('by exiting costs this invocation only', async () => {
    const { environments } = host(
      'let n = 0; export const handler = async (event) => { n++; if (event.exit) process.exit(7); return n; };',
    );
    expect(value(await invoke(environments, {}))).toBe(1);
    expect(error(await invoke(environments, { exit: true }))).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with error: exit status 7',
    });
    expect(value(await invoke(environments, {}))).toBe(1);
  });

  test('by an exception that nobody catches, or a rejection, costs this invocation only', async () => {
    const { environments } = host(
      `let n = 0;
       export const handler = async (event) => {
         n++;
         if (event === 'throw') setImmediate(() => { throw new RangeError('uncaught'); });
         if (event === 'reject') void Promise.reject(new RangeError('unhandled'));
         if (event !== '') await new Promise((resolve) => setTimeout(resolve, 60_000));
         return n;
       };`,
    );
    expect(error(await invoke(environments, 'throw'))).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'uncaught',
    });
    expect(error(await invoke(environments, 'reject'))).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'unhandled',
    });
    expect(value(await invoke(environments, ''))).toBe(1);
  });

  test('between two invocations costs none', async () => {
    const { environments, lines } = host(
      `let n = 0;
       export const handler = async (event) => {
         n++;
         if (event.later) setTimeout(() => { throw new Error('too late'); }, 20);
         return n;
       };`,
    );
    expect(value(await invoke(environments, { later: true }))).toBe(1);
    await until('it died', () => lines.some((line) => line.includes('"errorMessage":"too late"')));
    expect(value(await invoke(environments, {}))).toBe(1);
  });

  test('by needing more memory than it has costs this invocation only', async () => {
    const { environments } = host(
      'export const handler = async (event) => { const all = []; while (event.hoard) all.push(new Array(10_000).fill({})); return "ok"; };',
    );
    expect(error(await invoke(environments, { hoard: true }))).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited: it needed more than its 128 MB of memory',
    });
    expect(value(await invoke(environments, {}))).toBe('ok');
  });

  test('by returning more than Lambda takes', async () => {
    const { environments } = host('export const handler = async (event) => "x".repeat(event);');
    expect(error(await invoke(environments, 6_291_556))).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect((value(await invoke(environments, 6_291_556 - 2)) as string).length).toBe(6_291_554);
  });

  test.each([
    ['it is missing', undefined, {}, 'Runtime.ImportModuleError', 'ERR_MODULE_NOT_FOUND|Cannot find module'],
    ['it does not parse', 'export const handler = (', {}, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    [
      'it throws while it is loaded',
      'throw new Error("at load")',
      {},
      'Runtime.ImportModuleError',
      'Error: at load',
    ],
    ['it exports no handler', 'export const other = 1;', {}, 'Runtime.HandlerNotFound', 'given undefined'],
    [
      'its handler takes a callback',
      'export const handler = (a, b, c) => c();',
      {},
      'Runtime.CallbackHandlerDeprecated',
      'given 3 parameters',
    ],
  ])('every time, while %s', async (_, source, settings, errorType, message) => {
    const { environments } = host(
      source ?? '',
      source === undefined ? { file: '/nowhere/missing.mjs' } : settings,
    );
    for (let i = 0; i < 2; i++) {
      const failed = error(await invoke(environments, {}));
      expect(failed.errorType).toBe(errorType);
      expect(failed.errorMessage).toMatch(new RegExp(message));
    }
  });

  test('at load is loaded anew at the next invocation', async () => {
    const { environments } = host('throw new Error("broken")');
    error(await invoke(environments, {}));
    workspace.handler(`function-${count}`, 'export const handler = async () => "mended";');
    expect(value(await invoke(environments, {}))).toBe('mended');
  });
});

describe('stopping', () => {
  test('ends invocations under way and waiting as stopped', async () => {
    const { environments, lines } = host(
      'export const handler = async () => { process.stdout.write("begun\\n"); for (;;); };',
      {},
      1,
    );
    const outcomes = Promise.all([invoke(environments, {}), invoke(environments, {})]);
    await until('the first began', () => lines.includes('begun'));
    await environments.stop();
    expect(await outcomes).toMatchObject([{ kind: 'stopped' }, { kind: 'stopped' }]);
    expect(await invoke(environments, {})).toMatchObject({ kind: 'stopped' });
  });
});
