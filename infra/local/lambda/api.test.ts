import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { createLambda, type LambdaService } from './service.ts';
import { MemoryKinesis } from './testing/memory-kinesis.ts';
import { createWorkspace, sequence, type Workspace } from './testing/workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const open: LambdaService[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lambda) => lambda.close()));
});

/** The service with one function, `echo`, mapped to the stream `wildrydes`. */
function start(): LambdaService {
  const lambda = createLambda({
    folder: null,
    kinesis: new MemoryKinesis(),
    endpoint: () => 'http://127.0.0.1:4566',
    clock: systemClock,
    random: sequence(),
    bootstrap: workspace.bootstrap,
  });
  open.push(lambda);
  lambda.register({
    functionName: 'echo',
    file: workspace.handler(
      'echo',
      'export const handler = async (event) => { if (event.fail) throw new TypeError("no"); return event; };',
    ),
    timeout: 3,
    memorySize: 128,
    environment: { TABLE_NAME: 'UnicornSensorData' },
  });
  lambda.map({
    functionName: 'echo',
    streamName: 'wildrydes',
    batchSize: 100,
    maximumBatchingWindowInSeconds: 0,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 3,
    bisectBatchOnFunctionError: true,
  });
  return lambda;
}

async function send(
  lambda: LambdaService,
  method: string,
  path: string,
  body = '',
  headers: Record<string, string> = {},
) {
  const response = await lambda.handle({
    method,
    path,
    headers,
    body: Buffer.from(body),
    operation: '',
    region: 'us-east-1',
  });
  const text = String(response.body);
  return { ...response, json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:echo';

describe('functions over HTTP', () => {
  test('are listed', async () => {
    for (const path of [
      '/2015-03-31/functions',
      '/2015-03-31/functions/',
      '/2015-03-31/functions/?MaxItems=50',
    ]) {
      const { status, json } = await send(start(), 'GET', path);
      expect(status).toBe(200);
      expect(json?.Functions).toEqual([
        expect.objectContaining({
          FunctionName: 'echo',
          FunctionArn: ARN,
          Handler: 'handler.handler',
          Timeout: 3,
          MemorySize: 128,
          Version: '$LATEST',
          State: 'Active',
          Environment: { Variables: { TABLE_NAME: 'UnicornSensorData' } },
        }),
      ]);
    }
  });

  test.each(['echo', 'echo:$LATEST', '000000000000:function:echo', ARN, `${ARN}:$LATEST`])(
    'are found as %s',
    async (name) => {
      const path = `/2015-03-31/functions/${encodeURIComponent(name)}`;
      expect((await send(start(), 'GET', `${path}/configuration`)).json).toMatchObject({
        FunctionName: 'echo',
      });
      expect((await send(start(), 'GET', path)).json).toMatchObject({
        Configuration: { FunctionName: 'echo' },
      });
    },
  );

  test.each([
    ['missing', '', 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing'],
    ['echo', '?Qualifier=7', 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:echo:7'],
    ['echo:prod', '', 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:echo:prod'],
  ])('that do not exist (%s%s) are answered as AWS does', async (name, query, message) => {
    const { status, headers, json } = await send(
      start(),
      'GET',
      `/2015-03-31/functions/${name}/configuration${query}`,
    );
    expect(status).toBe(404);
    expect(headers['x-amzn-ErrorType']).toBe('ResourceNotFoundException');
    expect(json).toMatchObject({ Type: 'User', Message: message });
  });
});

describe('Invoke', () => {
  const invocations = '/2015-03-31/functions/echo/invocations';

  test('answers what the function returns', async () => {
    const { status, headers, json } = await send(start(), 'POST', invocations, '{"a":[1,"🦄"]}');
    expect(status).toBe(200);
    expect(json).toEqual({ a: [1, '🦄'] });
    expect(headers).toMatchObject({ 'X-Amz-Executed-Version': '$LATEST' });
    expect(headers).not.toHaveProperty('X-Amz-Function-Error');
  });

  test('without a body sends an empty object', async () => {
    expect((await send(start(), 'POST', invocations)).json).toEqual({});
  });

  test('tells a failing function by a header, with status 200', async () => {
    const { status, headers, json } = await send(start(), 'POST', invocations, '{"fail":true}');
    expect(status).toBe(200);
    expect(headers['X-Amz-Function-Error']).toBe('Unhandled');
    expect(json).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
  });

  test('refuses what is not JSON', async () => {
    const { status, headers } = await send(start(), 'POST', invocations, '{"a":');
    expect([status, headers['x-amzn-ErrorType']]).toEqual([400, 'InvalidRequestContentException']);
  });
});

describe('what the service does not offer', () => {
  test.each([
    ['POST', '/2015-03-31/functions/echo/aliases', 'CreateAlias'],
    ['PUT', '/2019-09-25/functions/echo/event-invoke-config', 'PutFunctionEventInvokeConfig'],
    ['GET', '/2030-01-01/herds?x=1', 'GET /2030-01-01/herds'],
  ])('%s %s is refused by its name, %s', async (method, path, operation) => {
    const { status, json } = await send(start(), method, path);
    expect(status).toBe(400);
    expect(json?.message).toBe(`The local Lambda does not offer ${operation}.`);
  });

  test('a path that is not well encoded', async () => {
    expect(await send(start(), 'GET', '/2015-03-31/functions/%E0%A4%A')).toMatchObject({ status: 400 });
  });

  test.each([
    ['DELETE', ''],
    ['PUT', '/code'],
    ['PUT', '/configuration'],
    ['POST', '/versions'],
  ])("%s %s of one of the kit's own functions", async (method, path) => {
    expect(await send(start(), method, `/2015-03-31/functions/echo${path}`, '{}')).toMatchObject({
      status: 400,
      headers: { 'x-amzn-ErrorType': 'InvalidParameterValueException' },
      json: {
        message: "echo is one of the kit's own functions: change its source, and start the pipeline again",
      },
    });
  });
});
