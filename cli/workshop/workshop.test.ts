import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { checkout } from '../../test/checkout.ts';
import { command, freePort } from '../../test/kit.ts';
import { placeOf } from './session.ts';

describe('where the workshop is', () => {
  const SHELL = { WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4801', PREFIX: '' };
  const where = (flags: Parameters<typeof placeOf>[0], env: Record<string, string>, active?: number) => {
    const { target, prefix } = placeOf(flags, env, active);
    return [target.kind, target.port ?? target.region, prefix].filter((part) => part !== '').join(' ');
  };

  test.each([
    [{}, {}, undefined, 'local 4566'],
    [{}, {}, 4700, 'local 4700'],
    [{}, SHELL, 4700, 'local 4801'],
    [{ port: 4900 }, SHELL, 4700, 'local 4900'],
    [
      {},
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4801', AWS_PROFILE: 'p', AWS_REGION: 'eu-west-1' },
      undefined,
      'local 4566',
    ],
    [{}, { WILDRYDES_SHELL: 'aws', AWS_REGION: 'eu-west-1', PREFIX: 'alice-' }, 4700, 'aws eu-west-1 alice-'],
    [{ target: 'local' as const }, { WILDRYDES_SHELL: 'aws' }, undefined, 'local 4566'],
    [{ target: 'aws' as const, region: 'us-west-2', prefix: 'bob' }, {}, undefined, 'aws us-west-2 bob-'],
    [{}, { PREFIX: '/usr' }, undefined, 'local 4566'],
  ])('%j in %j, active %j: %s', (flags, env, active, expected) => {
    expect(where(flags, env as Record<string, string>, active)).toBe(expected);
  });

  test.each([
    [{ region: 'us-west-2' }, {}, '--region and --profile are for AWS'],
    [{ target: 'aws' as const, port: 4566 }, {}, '--port is for the local cloud'],
    [{ target: 'aws' as const }, SHELL, 'this is a shell towards the local cloud'],
    [{ prefix: 'Alice' }, {}, 'a prefix must be'],
    [{ prefix: 'a'.repeat(14) }, {}, 'a prefix must be'],
  ])('%j in %j is refused: %s', (flags, env, message) => {
    expect(() => placeOf(flags, env as Record<string, string>, undefined)).toThrow(message);
  });
});

/** Each command takes a second or two where others want the processor too. */
const PATIENCE = 120_000;

test('from its start to its end, and nothing of it elsewhere', { timeout: PATIENCE }, async () => {
  const folder = checkout();
  const port = await freePort();
  const typed = (...args: string[]) =>
    command(join(folder, 'wildrydes'), ['workshop', ...args], { HOME: folder }, folder).finished;
  const json = async (...args: string[]) => JSON.parse((await typed(...args, '--json')).stdout);

  expect(await typed('check', '--port', String(port))).toMatchObject({
    status: 5,
    stdout: expect.stringContaining('next        ./wildrydes workshop start'),
  });
  expect(await typed('start', '--port', String(port))).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`./wildrydes shell --port ${port}`),
  });
  onTestFinished(async () => void (await typed('stop')));
  expect(existsSync(join(folder, 'my-rydes/02-first-lambda/kinesisEventLogger.js'))).toBe(true);
  // Again is no harm, and it finds its port by itself.
  expect(await typed('start')).toMatchObject({ status: 0 });

  const kinesis = new KinesisClient(clientConfig(atLocalPort(port, undefined)));
  onTestFinished(() => kinesis.destroy());
  expect(await typed('check', '1.stream')).toMatchObject({ status: 5 });
  await kinesis.send(new CreateStreamCommand({ StreamName: 'wildrydes', ShardCount: 1 }));
  expect(await json('check', '1.stream')).toMatchObject({
    findings: [{ step: '1.stream', verdict: 'passed', looked: 'the stream wildrydes' }],
    next: '0.cloud',
  });
  expect(await json('list')).toContainEqual(
    expect.objectContaining({ step: '1.stream', passed: expect.any(String) }),
  );

  const hints = [await json('hint', '1.herd'), await json('hint', '1.herd')];
  expect(hints.map(({ hints }) => hints.length)).toEqual([1, 2]);
  expect(await typed('solution', '1.herd')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('1.herd has not passed yet'),
  });
  expect((await json('solution', '1.herd', '--insist')).commands).toEqual([
    './producer --name Bucephalus --name Shadowfax --duration 20s\n',
  ]);
  expect((await typed('solution', '1.stream')).stdout).toContain('aws kinesis create-stream');

  const mine = 'my-rydes/02-first-lambda/kinesisEventLogger.js';
  expect(await typed('pack', mine)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Its handler is kinesisEventLogger.handler'),
  });
  expect(
    readFileSync(join(folder, mine.replace('.js', '.zip')))
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');

  // A producer joins, and never makes a cloud of its own beside it.
  const producer = (...args: string[]) =>
    command(join(folder, 'producer'), args, { HOME: folder }, folder).finished;
  expect(await producer('--port', String(port), '--count', '1')).toMatchObject({ status: 0 });
  expect(await typed('reset')).toMatchObject({ status: 2, stderr: expect.stringContaining('Say --yes') });
  expect(await typed('reset', '1', '--yes')).toMatchObject({ status: 0 });
  expect(await typed('check', '1.stream')).toMatchObject({ status: 5 });
  expect(await typed('stop')).toMatchObject({ status: 0 });
  expect(await typed('stop')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no workshop is under way'),
  });
});

test('whoever types too much is told what there is', async () => {
  const folder = checkout();
  const typed = (...args: string[]) => command(join(folder, 'wildrydes'), ['workshop', ...args]).finished;
  expect(await typed('chek')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no command chek'),
  });
  expect(await typed('check', '7')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no module 7'),
  });
  expect(await typed('hint', '1')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('name a step of module 1'),
  });
});

test('watching, it moves on when something has been made', { timeout: PATIENCE }, async () => {
  const folder = checkout();
  const port = await freePort();
  const typed = (...args: string[]) =>
    command(join(folder, 'wildrydes'), ['workshop', ...args], { HOME: folder }, folder);
  expect(await typed('start', '--port', String(port)).finished).toMatchObject({ status: 0 });
  onTestFinished(async () => void (await typed('stop').finished));
  expect(await typed('catch-up', '1').finished).toMatchObject({ status: 0 });
  const watching = typed('watch', '--json');
  await watching.line((line) => line.includes('"step":"1.stream","verdict":"not yet"'));
  const kinesis = new KinesisClient(clientConfig(atLocalPort(port, undefined)));
  onTestFinished(() => kinesis.destroy());
  await kinesis.send(new CreateStreamCommand({ StreamName: 'wildrydes', ShardCount: 1 }));
  await watching.line((line) => line.includes('"step":"1.stream","verdict":"passed"'));
  await watching.line((line) => line.includes('"step":"1.producer","verdict":"not yet"'));
  watching.child.kill('SIGINT');
  expect((await watching.finished).status).toBe(0);
});
