import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import { ensureRole } from '../../install/roles.ts';
import { checkOf, workshopCloud } from '../../testing.ts';
import { makeFunction, SOLUTION } from './fixture.ts';
import { firstLambda as module } from './module.ts';

test.each([SOLUTION, 'solution/kinesisEventLogger.ts'])('%s passes', async (file) => {
  const at = await workshopCloud();
  await makeFunction(at, file);
  expect(await checkOf(module, 'function', at)).toEqual({
    verdict: 'passed',
    looked: 'the function kinesisEventLogger, invoked with three records',
    found: 'it logs the text of each',
  });
});

test.each(['starter/kinesisEventLogger.js', 'starter/kinesisEventLogger.ts'])(
  '%s runs, and is not the answer',
  async (file) => {
    const at = await workshopCloud();
    await makeFunction(at, file);
    expect(await checkOf(module, 'function', at)).toMatchObject({
      verdict: 'wrong',
      found: 'it logs other things, such as A batch of 1',
    });
  },
);

/** What each file of `wrong/` is told. */
const WRONG: Record<
  string,
  { readonly found: string; readonly next?: string; readonly timeout?: number; readonly verdict?: string }
> = {
  'base64-as-it-is': {
    found: 'it logs the data as it came, in base64',
    next: 'Decode it before you log it. Then: ./wildrydes workshop pack my-rydes/02-first-lambda/kinesisEventLogger.js && aws lambda update-function-code',
  },
  'logs-the-event': { found: 'it logs the data as it came, in base64' },
  'decodes-as-ascii': { found: 'it decodes the bytes as ASCII', next: 'as UTF-8' },
  'decodes-with-atob': { found: 'it decodes the bytes as Latin-1', next: 'as UTF-8' },
  'first-record-only': {
    found: 'it logs 1 of the three texts, without check-2 naïve 🦄, check-3',
    next: 'Go through all of event.Records',
  },
  'records-in-small-letters': {
    found: 'it failed: TypeError: event.records is not iterable',
    next: 'The records are in event.Records, with a capital R',
  },
  'looks-beside-it': { found: 'it logs other things, such as', next: 'Log what is in kinesis.data' },
  'fails-at-the-second': { found: 'it failed: Error: out of order' },
  'ends-its-process': {
    found: 'it ended its own process before it answered',
    next: 'Return from the handler',
  },
  'never-answers': { found: 'it did not answer within its 1 s', timeout: 1 },
  'waits-for-nothing': { found: 'it never answers' },
  'logs-nothing': { found: 'it logs nothing', next: 'Log what is in kinesis.data' },
  'logs-too-late': { found: 'it logs nothing', next: 'before the handler ends' },
  'exports-another-name': {
    found: 'Lambda finds no handler in it',
    next: 'Let kinesisEventLogger export a function of the name handler',
  },
  'logs-too-much': { found: 'only the end of it can be seen', verdict: 'could not check' },
};

test.each(Object.entries(WRONG))('%s is named', async (name, { found, next = '', timeout, verdict }) => {
  const at = await workshopCloud();
  await makeFunction(at, `wrong/${name}.js`, timeout === undefined ? {} : { Timeout: timeout });
  expect(await checkOf(module, 'function', at)).toMatchObject({
    verdict: verdict ?? 'wrong',
    found: expect.stringContaining(found),
    next: expect.stringContaining(next),
  });
});

test('every file of wrong/ is tried', async () => {
  const files = await readdir(join(PROJECT_ROOT, 'workshop/modules/02-first-lambda/wrong'));
  expect(files.sort()).toEqual(
    Object.keys(WRONG)
      .map((name) => `${name}.js`)
      .sort(),
  );
});

const SETTINGS: Record<
  string,
  {
    readonly otherwise: Partial<ConstructorParameters<typeof CreateFunctionCommand>[0]>;
    readonly found: string;
    readonly next: string;
  }
> = {
  'the name of a handler that is not in the file': {
    otherwise: { Handler: 'index.handler' },
    found: 'its handler is index.handler',
    next: '--handler kinesisEventLogger.handler',
  },
  'an old runtime': {
    otherwise: { Runtime: 'nodejs18.x' },
    found: 'its runtime is nodejs18.x',
    next: '--runtime nodejs22.x',
  },
};

test.each(Object.entries(SETTINGS))('%s is named', async (_, { otherwise, found, next }) => {
  const at = await workshopCloud();
  await makeFunction(at, SOLUTION, otherwise);
  expect(await checkOf(module, 'function', at)).toMatchObject({
    verdict: 'wrong',
    found,
    next: expect.stringContaining(next),
  });
});

test("another function's role is named", async () => {
  const at = await workshopCloud();
  const Role = await ensureRole(at, { name: 'somebody-else', service: 'lambda.amazonaws.com' });
  await makeFunction(at, SOLUTION, { Role });
  expect(await checkOf(module, 'function', at)).toMatchObject({
    verdict: 'wrong',
    found: `it runs as ${Role}`,
    next: 'aws lambda update-function-configuration --function-name kinesisEventLogger --role arn:aws:iam::000000000000:role/lambda-cli-role',
  });
});
