import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { createLambda, type KitMapping, type LambdaOptions, type LambdaService } from './service.ts';
import { MemoryKinesis } from './testing/memory-kinesis.ts';
import { createWorkspace, sequence, until, type Workspace } from './testing/workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const open: LambdaService[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lambda) => lambda.close()));
});

/** The service over streams in memory; what functions write with process.stdout is in `written`. */
function start(kinesis: MemoryKinesis, options: Partial<LambdaOptions> = {}) {
  const written: string[] = [];
  const log: string[] = [];
  const lambda = createLambda({
    folder: null,
    kinesis,
    endpoint: () => 'http://127.0.0.1:4566',
    clock: systemClock,
    random: sequence(),
    log: (line) => log.push(line),
    onOutput: ({ line }) => {
      if (line.startsWith('> ')) written.push(line.slice(2));
    },
    bootstrap: workspace.bootstrap,
    ...options,
  });
  open.push(lambda);
  return { lambda, written, log };
}

let count = 0;
/** Registers a function whose body may use `batch` (its records' data, joined), `event`, `context` and `say`. */
function register(lambda: LambdaService, body: string, timeout = 30, functionName = 'f'): void {
  count++;
  const file = workspace.handler(
    `service-${count}`,
    `let n = 0;
     const say = (text) => process.stdout.write('> ' + text + '\\n');
     export const handler = async (event, context) => {
       const batch = (event.Records ?? []).map((r) => Buffer.from(r.kinesis.data, 'base64').toString()).join(' ');
       n++;
       ${body}
     };`,
  );
  lambda.register({ functionName, file, timeout, memorySize: 128, environment: {} });
}

const MAPPING: KitMapping = {
  functionName: 'f',
  streamName: 'wildrydes',
  batchSize: 3,
  maximumBatchingWindowInSeconds: 0,
  startingPosition: 'TRIM_HORIZON',
  functionResponseTypes: ['ReportBatchItemFailures'],
  maximumRetryAttempts: -1,
  bisectBatchOnFunctionError: false,
};

describe('a mapped function', () => {
  test('gets its batches in order, with what the lineage of each record is', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 7; i++) shard.put(String(i), `unicorn-${i % 2}`);
    const { lambda, written } = start(kinesis);
    register(lambda, 'say(batch); if (n === 1) say(JSON.stringify(event.Records[0]));');
    lambda.map(MAPPING);
    await until('all is handled', () => lambda.mappings()[0]?.recordsHandled === 7);
    expect([written[0], ...written.slice(2)]).toEqual(['0 1 2', '3 4 5', '6']);
    expect(JSON.parse(written[1] ?? '')).toEqual({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'unicorn-0',
        sequenceNumber: shard.sequenceNumber(0),
        data: 'MA==',
        approximateArrivalTimestamp: 1_545_084_650.987,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000000:${shard.sequenceNumber(0)}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/fRole',
      awsRegion: 'us-east-1',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/wildrydes',
    });
    expect(lambda.mappings()).toMatchObject([
      {
        functionName: 'f',
        streamName: 'wildrydes',
        invocations: 3,
        failedInvocations: 0,
        recordsHandled: 7,
        recordsDiscarded: 0,
        lastError: null,
        shards: [{ shardId: 'shardId-000000000000', sequenceNumber: shard.sequenceNumber(6), behind: 0 }],
      },
    ]);
  });

  test.each([
    ['throws', 'throw new Error("poison");', 'Error: poison'],
    ['exits', 'process.exit(1);', 'Runtime.ExitError: Runtime exited with error: exit status 1'],
    [
      'times out',
      'await new Promise(() => setInterval(() => {}, 1000));',
      'Sandbox.Timedout: Task timed out after 1.00 seconds',
    ],
    [
      'rejects behind its own back',
      'void Promise.reject(new Error("unheard")); await new Promise((r) => setTimeout(r, 60000));',
      'Error: unheard',
    ],
  ])('that %s gets the same batch again, and then the next', async (_, failure, lastError) => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 5; i++) shard.put(String(i));
    const { lambda, written, log } = start(kinesis);
    register(lambda, `say(batch); if (batch.startsWith('0')) { ${failure} }`, 1);
    lambda.map({ ...MAPPING, maximumRetryAttempts: 1 });
    await until('all is settled', () => lambda.mappings()[0]?.recordsHandled === 2);
    expect(written).toEqual(['0 1 2', '0 1 2', '3 4']);
    expect(lambda.mappings()[0]).toMatchObject({
      invocations: 3,
      failedInvocations: 2,
      recordsHandled: 2,
      recordsDiscarded: 3,
      lastError,
    });
    expect(log).toEqual([
      `f: wildrydes shardId-000000000000: gave up 3 records, sequence numbers ${shard.sequenceNumber(0)} to ${shard.sequenceNumber(2)}, after 1 retries: ${lastError}`,
    ]);
  });

  test('that reports a record gets its batch from there on, in the same environment', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 5; i++) shard.put(String(i));
    const { lambda, written } = start(kinesis);
    register(
      lambda,
      `say(n + ': ' + batch);
       return { batchItemFailures: n === 1 ? [{ itemIdentifier: event.Records[2].kinesis.sequenceNumber }, { itemIdentifier: event.Records[1].kinesis.sequenceNumber }] : [] };`,
    );
    lambda.map(MAPPING);
    await until('all is handled', () => lambda.mappings()[0]?.recordsHandled === 5);
    expect(written).toEqual(['1: 0 1 2', '2: 1 2', '3: 3 4']);
  });

  test('is bisected around what crashes it', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 4; i++) shard.put(String(i));
    const { lambda, written } = start(kinesis);
    register(lambda, `say(batch); if (batch.includes('2')) process.exit(1);`);
    lambda.map({ ...MAPPING, batchSize: 4, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
    await until('all is settled', () => lambda.mappings()[0]?.recordsHandled === 3);
    expect(written).toEqual(['0 1 2 3', '0 1', '2 3', '2', '3']);
    expect(lambda.mappings()[0]).toMatchObject({ recordsHandled: 3, recordsDiscarded: 1 });
  });

  test('and another function on the same stream do not see one another', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    shard.put('0');
    const { lambda } = start(kinesis);
    register(lambda, 'throw new Error("always")', 30, 'bad');
    register(lambda, '', 30, 'good');
    lambda.map({ ...MAPPING, functionName: 'bad' });
    lambda.map({ ...MAPPING, functionName: 'good' });
    await until('one has failed and the other has not', () => {
      const [bad, good] = lambda.mappings();
      return (bad?.failedInvocations ?? 0) > 1 && good?.recordsHandled === 1;
    });
    expect(
      lambda.mappings().map(({ functionName, recordsHandled }) => [functionName, recordsHandled]),
    ).toEqual([
      ['bad', 0],
      ['good', 1],
    ]);
  });

  test('is replaced by a newer definition from the next invocation on', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    const { lambda, written } = start(kinesis);
    register(lambda, `say('old ' + batch);`);
    lambda.map(MAPPING);
    shard.put('0');
    await until('the old one ran', () => lambda.mappings()[0]?.recordsHandled === 1);
    register(lambda, `say('new ' + batch);`);
    shard.put('1');
    await until('the new one ran', () => lambda.mappings()[0]?.recordsHandled === 2);
    expect(written).toEqual(['old 0', 'new 1']);
  });
});

describe('closing', () => {
  test('lets an invocation finish, starts no other, and a restart goes on after it', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 5; i++) shard.put(String(i));
    const body = `say(batch); await new Promise((resolve) => setTimeout(resolve, 200)); say('done');`;
    const first = start(kinesis, { folder });
    register(first.lambda, body);
    first.lambda.map(MAPPING);
    await until('an invocation is under way', () => first.written.length === 1);
    await first.lambda.close();
    expect(first.written).toEqual(['0 1 2', 'done']);
    const second = start(kinesis, { folder });
    register(second.lambda, body);
    second.lambda.map(MAPPING);
    await until('the rest is handled', () => second.lambda.mappings()[0]?.recordsHandled === 2);
    expect(second.written).toEqual(['3 4', 'done']);
  });

  test('ends an invocation that does not finish in time, which a restart repeats', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (let i = 0; i < 2; i++) shard.put(String(i));
    const first = start(kinesis, { folder, patience: 50 });
    register(first.lambda, 'say(batch); for (;;);');
    first.lambda.map({ ...MAPPING, maximumRetryAttempts: 0 });
    await until('an invocation is under way', () => first.written.length === 1);
    await first.lambda.close();
    expect(first.lambda.mappings()[0]).toMatchObject({
      recordsHandled: 0,
      recordsDiscarded: 0,
      failedInvocations: 0,
    });
    const second = start(kinesis, { folder });
    register(second.lambda, 'say(batch);');
    second.lambda.map(MAPPING);
    await until('it is handled', () => second.lambda.mappings()[0]?.recordsHandled === 2);
    expect(second.written).toEqual(['0 1']);
  });

  test('happens once, however often it is asked for', async () => {
    const { lambda } = start(new MemoryKinesis());
    register(lambda, '');
    await Promise.all([lambda.close(), lambda.close()]);
    await lambda.close();
    await expect(lambda.invoke('f', {})).rejects.toThrow('closing');
  });

  test('leaves code, events and checkpoints in the folder, and hands output on', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    kinesis.create('wildrydes').shard(0).put('0');
    const lines: string[] = [];
    const onOutput = ({ line }: { readonly line: string }) => lines.push(line);
    const { lambda } = start(kinesis, { folder, onOutput });
    register(lambda, 'say("here");');
    lambda.map(MAPPING);
    await until('it is handled', () => lambda.mappings()[0]?.recordsHandled === 1);
    await lambda.close();
    expect(readdirSync(folder).sort()).toEqual(['checkpoints', 'events', 'functions', 'home']);
    expect(lines[1]).toBe('> here');
    expect(readdirSync(join(folder, 'home'))).toEqual([]);
  });
});

describe('invoking by hand', () => {
  test('answers what the function returns for the event as JSON', async () => {
    const { lambda } = start(new MemoryKinesis());
    register(lambda, 'return { event, batch };');
    expect(await lambda.invoke('f', { a: 1, gone: undefined, when: new Date(0) })).toEqual({
      event: { a: 1, when: '1970-01-01T00:00:00.000Z' },
      batch: '',
    });
  });

  test('rejects with what the function failed with', async () => {
    const { lambda } = start(new MemoryKinesis());
    register(lambda, 'throw new RangeError("no");');
    await expect(lambda.invoke('f', {})).rejects.toMatchObject({
      name: 'InvocationError',
      errorType: 'RangeError',
      message: 'no',
    });
  });

  test('of a function that is not there', async () => {
    const { lambda } = start(new MemoryKinesis());
    await expect(lambda.invoke('missing', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what is refused', () => {
  const definition = { functionName: 'f', file: '/f.mjs', timeout: 3, memorySize: 128, environment: {} };

  test.each([
    [{ functionName: 'a b' }, 'functionName'],
    [{ functionName: '../x' }, 'functionName'],
    [{ timeout: 0 }, 'timeout must be an integer from 1 to 900 (given 0)'],
    [{ timeout: 901 }, 'given 901'],
    [{ timeout: 1.5 }, 'given 1.5'],
    [{ memorySize: 64 }, 'memorySize must be an integer from 128 to 10240 (given 64)'],
  ])('a function with %o', (settings, message) => {
    const { lambda } = start(new MemoryKinesis());
    expect(() => lambda.register({ ...definition, ...settings })).toThrowError(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ batchSize: 0 }, 'batchSize must be an integer from 1 to 10000 (given 0)'],
    [{ batchSize: 10_001 }, 'given 10001'],
    [{ maximumBatchingWindowInSeconds: 301 }, 'given 301'],
    [{ maximumRetryAttempts: -2 }, 'given -2'],
    [{ streamName: 'a/b' }, 'streamName'],
  ])('a mapping with %o', (settings, message) => {
    const { lambda } = start(new MemoryKinesis());
    register(lambda, '');
    expect(() => lambda.map({ ...MAPPING, ...settings })).toThrowError(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });

  test('a mapping without its function, and one that exists', () => {
    const { lambda } = start(new MemoryKinesis());
    expect(() => lambda.map(MAPPING)).toThrowError(expect.objectContaining({ code: 'NOT_FOUND' }));
    register(lambda, '');
    lambda.map(MAPPING);
    expect(() => lambda.map(MAPPING)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  });

  test('a function when the project is not built', () => {
    const { lambda } = start(new MemoryKinesis(), {
      bootstrap: { ...workspace.bootstrap, thread: '/nowhere/environment.js' },
    });
    expect(() => lambda.register(definition)).toThrowError(
      expect.objectContaining({ code: 'STATE_UNUSABLE', next: 'Build the project: npm run build' }),
    );
  });
});
