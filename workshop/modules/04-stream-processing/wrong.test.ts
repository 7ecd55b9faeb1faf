import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import { mappingsOf } from '../../check/functions.ts';
import { ensureStream } from '../../install/streams.ts';
import { pack } from '../../pack.ts';
import { checkOf, eventually, refusingStrangers, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { streamProcessing as module } from './module.ts';

const FOLDER = join(PROJECT_ROOT, 'workshop/modules', module.folder);

/** Code that is wrong, the step that finds it, and a part of what is said of it. */
const WRONG: Record<string, { readonly step: string; readonly found: string; readonly verdict?: string }> = {
  'latin1.mjs': { step: 'function', found: 'Ñandú' },
  'ascii.mjs': { step: 'function', found: '1 of them are not in the table, such as check-' },
  'too-many-items.mjs': {
    step: 'function',
    found: 'it puts more items into one BatchWriteItem than the 25 that it takes',
  },
  'numbers-as-strings.mjs': {
    step: 'function',
    found: 'its Distance is the string 1793.25 instead of the number 1793.25',
  },
  'rounds-distance.mjs': { step: 'function', found: 'its Distance is 1793 instead of 1793.25' },
  'arrival-as-key.mjs': { step: 'function', found: 'and none has 2026-07-14 23:30:00.000' },
  'local-time.mjs': { step: 'function', found: 'an item has the StatusTime 2026-07-14 19:30:00.000' },
  'fixed-table.mjs': { step: 'function', found: 'it writes to a table that is not there' },
  'reports-everything.mjs': {
    step: 'function',
    found: 'all of them are in the table, but it reported 65 records as failed',
  },
  'answers-too-soon.mjs': {
    step: 'function',
    found: 'it answered that all is well, and none of them is in the table',
    verdict: 'not yet',
  },
  'throws-on-poison.mjs': { step: 'poison', found: 'the whole batch fails with it' },
  'fails-the-batch.mjs': { step: 'poison', found: 'it reports record 1 of the batch as failed' },
  'reports-poison.mjs': { step: 'poison', found: 'the mapping retries for ever' },
  'stops-at-poison.mjs': { step: 'poison', found: '2 of 3 good ones are not in the table: those behind it' },
  'says-nothing-of-poison.mjs': { step: 'poison', found: 'its log does not have the sequence number' },
  'replaces-bytes.mjs': { step: 'poison', found: 'it is in the table, under the Name check-' },
  'refuses-duplicates.mjs': { step: 'duplicates', found: 'it puts one key into a BatchWriteItem twice' },
  'earlier-wins.mjs': { step: 'duplicates', found: 'its Distance is 1 instead of 2.5' },
  'ignores-unprocessed.mjs': {
    step: 'throttled',
    found: 'it answered that all is well, and 30 of them are not in the table: they are lost',
  },
  'retries-for-ever.mjs': {
    step: 'throttled',
    found: 'it was still trying when its 3 seconds were over',
  },
  'swallows-errors.mjs': {
    step: 'throttled',
    found: 'it answered that all is well, and 10 of them are not in the table: they are lost',
  },
  'wrong-identifier.mjs': { step: 'throttled', found: 'batchItemFailures holds shardId-000000000000:' },
  'last-identifier.mjs': { step: 'throttled', found: 'it reported record 30 as the first that failed' },
};

test('all code that is wrong is in the table', () => {
  const own = readdirSync(join(FOLDER, 'wrong')).filter((file) => !file.startsWith('alert-'));
  expect(own.sort()).toEqual(Object.keys(WRONG).sort());
});

/** The reference result, with the learner's code in place of the solution. */
async function built(file: string): Promise<Workbench> {
  const at = await workshopCloud();
  await ensureStream(at, at.names.summaries);
  await module.install(at);
  const { zip } = await pack(join(FOLDER, file));
  await at.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: at.names.processor, ZipFile: zip }));
  await at.lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: at.names.processor,
      Handler: `${file.replace(/^.*\/|\.\w+$/g, '')}.handler`,
    }),
  );
  return at;
}

async function isEmpty(at: Workbench): Promise<boolean> {
  const { Count } = await at.dynamodb.send(new ScanCommand({ TableName: at.names.table }));
  return Count === 0;
}

test.each(Object.entries(WRONG))('%s', async (file, { step, found, verdict = 'wrong' }) => {
  const at = await built(`wrong/${file}`);
  if (file === 'retries-for-ever.mjs') {
    // Its patience is not to be that of this test.
    await at.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: at.names.processor, Timeout: 3 }),
    );
  }
  expect(await checkOf(module, step, at)).toMatchObject({
    verdict,
    looked: expect.stringContaining('WildRydesStreamProcessor'),
    found: expect.stringContaining(found),
    next: expect.stringContaining('processor.ts'),
  });
  // What answers before it is done may also write after the check.
  if (file !== 'answers-too-soon.mjs') expect(await isEmpty(at)).toBe(true);
});

test('starter code runs, in both languages, and does not pass', async () => {
  for (const file of ['starter/processor.ts', 'starter/processor.mjs']) {
    const at = await built(file);
    expect(await checkOf(module, 'function', at), file).toMatchObject({
      verdict: 'not yet',
      found: 'it answered that all is well, and none of them is in the table',
    });
  }
});

test('the solution in plain JavaScript passes', async () => {
  const at = await built('solution/processor.mjs');
  for (const name of ['function', 'poison', 'duplicates', 'throttled']) {
    expect(await checkOf(module, name, at), name).toMatchObject({ verdict: 'passed' });
  }
});

test('whoever reports a bad record alone needs a mapping that gives it up', async () => {
  const at = await built('wrong/reports-poison.mjs');
  const [mapping] = await mappingsOf(at, at.names.processor);
  const change = async (attempts: number) => {
    await at.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: mapping!.UUID, MaximumRetryAttempts: attempts }),
    );
    await eventually(async () =>
      expect((await mappingsOf(at, at.names.processor))[0]).toMatchObject({ State: 'Enabled' }),
    );
  };
  await change(2);
  expect(await checkOf(module, 'poison', at)).toMatchObject({ verdict: 'passed' });
  // Where no stream of the check's own may be read, it cannot be seen how soon the mapping gives up.
  expect(await checkOf(module, 'poison', refusingStrangers(at))).toMatchObject({
    verdict: 'could not check',
    found: expect.stringContaining('the role lets Lambda read no stream but the one'),
  });
  // An end that comes in hours is none for those who wait behind.
  await change(10_000);
  expect(await checkOf(module, 'poison', at)).toMatchObject({
    verdict: 'wrong',
    found: 'the good records that came later did not come within 10 seconds: the shard stands still',
  });
  expect(await isEmpty(at)).toBe(true);
  expect(await mappingsOf(at, at.names.processor)).toHaveLength(1);
});
