import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { mappingsOf } from '../../check/functions.ts';
import { removeMapping } from '../../install/functions.ts';
import { checkOf, eventually, put, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { makeFunction, makeMapping, SOLUTION } from './fixture.ts';
import { firstLambda as module } from './module.ts';

describe('a stream', () => {
  test('with shards that nobody needs is named', async () => {
    const at = await workshopCloud();
    await at.kinesis.send(new CreateStreamCommand({ StreamName: at.names.cliStream, ShardCount: 3 }));
    expect(await checkOf(module, 'stream', at)).toMatchObject({
      verdict: 'wrong',
      found: 'it has 3 shards, each of which costs',
    });
  });

  test('on demand is named', async () => {
    const at = await workshopCloud();
    await at.kinesis.send(
      new CreateStreamCommand({
        StreamName: at.names.cliStream,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      }),
    );
    expect(await checkOf(module, 'stream', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining('on demand'),
    });
  });
});

describe('a mapping', () => {
  const MAPPINGS: Record<
    string,
    { readonly otherwise: Parameters<typeof makeMapping>[1]; readonly found: string; readonly next: RegExp }
  > = {
    'from another stream': {
      otherwise: { source: 'wildrydes' },
      found: 'a mapping from stream/wildrydes',
      next: /^aws lambda delete-event-source-mapping --uuid [0-9a-f-]{36}$/,
    },
    'that begins at the oldest record': {
      otherwise: { StartingPosition: 'TRIM_HORIZON' },
      found: 'it starts at TRIM_HORIZON, with records that were there before it',
      next: /delete-event-source-mapping --uuid .* aws lambda create-event-source-mapping --function-name kinesisEventLogger --event-source-arn arn:aws:kinesis:.*:stream\/lambda-cli-stream --batch-size 1 --starting-position LATEST$/,
    },
    'with batches of 100': {
      otherwise: { BatchSize: 100 },
      found: 'its batch size is 100',
      next: /^aws lambda update-event-source-mapping --uuid [0-9a-f-]{36} --batch-size 1$/,
    },
    'that is disabled': {
      otherwise: { Enabled: false },
      found: 'it is Disabled (User action)',
      next: /^aws lambda update-event-source-mapping --uuid [0-9a-f-]{36} --enabled$/,
    },
  };
  test.each(Object.entries(MAPPINGS))('%s is named', async (_, { otherwise, found, next }) => {
    const at = await workshopCloud();
    await makeFunction(at, SOLUTION);
    await makeMapping(at, otherwise);
    expect(await checkOf(module, 'mapping', at)).toMatchObject({
      verdict: 'wrong',
      found,
      next: expect.stringMatching(next),
    });
  });

  test('from another stream beside the right one is named', async () => {
    const at = await workshopCloud();
    await makeFunction(at, SOLUTION);
    await makeMapping(at);
    await makeMapping(at, { source: 'wildrydes' });
    expect(await checkOf(module, 'mapping', at)).toMatchObject({
      verdict: 'wrong',
      found: 'a mapping from stream/wildrydes',
    });
  });
});

describe('a record', () => {
  const send = (at: Workbench, data: string | Uint8Array) =>
    put(at, at.names.cliStream, [{ key: '1', data }]);

  test('that is no text is named', async () => {
    const at = await workshopCloud();
    await makeFunction(at, SOLUTION);
    await makeMapping(at);
    // What version 2 of the CLI makes of the text `Rocinante123`.
    await send(at, Buffer.from('Rocinante123', 'base64'));
    expect(await checkOf(module, 'record', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining('9 bytes that are no text: version 2 of the CLI'),
    });
  });

  test('that is empty is named', async () => {
    const at = await workshopCloud();
    await makeFunction(at, SOLUTION);
    await makeMapping(at);
    await send(at, '\n');
    expect(await checkOf(module, 'record', at)).toMatchObject({ verdict: 'wrong', found: 'it is empty' });
  });

  test('that came before the mapping is named, and one after it is found', async () => {
    const at = await hurried();
    await makeFunction(at, SOLUTION);
    await send(at, 'too early');
    await makeMapping(at);
    expect(await checkOf(module, 'record', at)).toMatchObject({
      verdict: 'not yet',
      found: 'it is not there: the record came before the mapping, which starts at LATEST',
      next: 'aws kinesis put-record --stream-name lambda-cli-stream --partition-key 1 --data fileb://my-rydes/02-first-lambda/record.txt',
    });
    await send(at, 'in time');
    await eventually(
      async () =>
        expect(await checkOf(module, 'record', at)).toMatchObject({
          verdict: 'passed',
          found: 'the text of your record: in time',
        }),
      COMES,
    );
  });

  test('that waits at a disabled mapping is named', async () => {
    const at = await hurried();
    await makeFunction(at, SOLUTION);
    await makeMapping(at, { Enabled: false });
    await send(at, 'hello');
    expect(await checkOf(module, 'record', at)).toMatchObject({
      verdict: 'not yet',
      found: 'it is not there: the mapping is Disabled, and delivers nothing',
    });
  });

  test('that a mapping passes over is named', async () => {
    const at = await hurried();
    await makeFunction(at, SOLUTION);
    await makeMapping(at, { FilterCriteria: { Filters: [{ Pattern: '{"data":{"Name":["Rocinante"]}}' }] } });
    await send(at, 'hello');
    expect(await checkOf(module, 'record', at)).toMatchObject({
      verdict: 'not yet',
      found: 'there is no such group: nothing was logged so far',
    });
  });

  test('whose text the function does not log is named', async () => {
    const at = await hurried();
    await makeFunction(at, 'wrong/base64-as-it-is.js');
    await makeMapping(at);
    await send(at, 'hello');
    await eventually(
      async () =>
        expect(await checkOf(module, 'record', at)).toMatchObject({
          verdict: 'not yet',
          looked: 'the log group /aws/lambda/kinesisEventLogger, for the text of the last record: hello',
          found: 'it is not there',
          next: expect.stringContaining('./wildrydes workshop check 2.function, then aws kinesis put-record'),
        }),
      COMES,
    );
  });

  test('at which the function fails is named', async () => {
    const at = await hurried();
    await makeFunction(at, 'wrong/records-in-small-letters.js');
    await makeMapping(at);
    await send(at, 'hello');
    await eventually(
      async () =>
        expect(await checkOf(module, 'record', at)).toMatchObject({
          verdict: 'wrong',
          found: expect.stringContaining('it is not there, and the mapping says: PROBLEM'),
          next: './wildrydes workshop check 2.function',
        }),
      COMES,
    );
  });

  test('is found again after the mapping was made anew', async () => {
    const at = await workshopCloud();
    await makeFunction(at, SOLUTION);
    await makeMapping(at);
    await send(at, 'hello');
    expect(await checkOf(module, 'record', at)).toMatchObject({ verdict: 'passed' });
    const [{ UUID = '' } = {}] = await mappingsOf(at, at.names.cliFunction);
    await removeMapping(at, UUID);
    await makeMapping(at);
    expect(await checkOf(module, 'record', at)).toMatchObject({ verdict: 'passed' });
  });
});

/** How long something that comes may take on a machine that has much else to do. */
const COMES = { timeout: 15_000 };

/** A workbench whose patience passes twenty times as fast: for what does not come. */
async function hurried(): Promise<Workbench> {
  const at = await workshopCloud();
  const { clock } = at;
  return { ...at, clock: { ...clock, now: () => clock.now(), monotonic: () => 20 * clock.monotonic() } };
}
