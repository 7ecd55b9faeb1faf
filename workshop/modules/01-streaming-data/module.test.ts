import { CreateStreamCommand, UpdateShardCountCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { ensureStream, removeStream } from '../../install/streams.ts';
import { checkOf, eventually, put, ride, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { streamingData as module } from './module.ts';

const check = (step: string, at: Workbench) => checkOf(module, step, at);

test('nothing passes in an empty cloud, and each step says what to type', async () => {
  const at = await workshopCloud();
  for (const { name } of module.steps.filter((step) => step.name !== 'tidy')) {
    const finding = await check(name, at);
    expect(finding, name).toMatchObject({ verdict: 'not yet', found: 'there is none' });
    expect('next' in finding && finding.next, name).toMatch(
      /^aws kinesis create-stream --stream-name wildrydes/,
    );
  }
  // Deleting what never was proves nothing, while the stream that stays is not there either.
  expect(await check('tidy', at)).toMatchObject({ verdict: 'not yet', looked: 'the stream wildrydes' });
});

test('each step passes once it is done', async () => {
  const at = await workshopCloud();
  const { readings, rush } = at.names;
  await module.install(at);
  expect(await check('stream', at)).toMatchObject({ verdict: 'passed' });
  await put(at, readings, ride('Rocinante', 12));
  expect(await check('producer', at)).toMatchObject({ verdict: 'passed', found: '12 readings of Rocinante' });
  await put(at, readings, [...ride('Bucephalus', 2), ...ride('Shadowfax', 2)]);
  expect(await check('herd', at)).toMatchObject({ verdict: 'passed' });

  await ensureStream(at, rush);
  await put(at, rush, crowd(3_000));
  await eventually(async () => expect(await check('rush', at)).toMatchObject({ verdict: 'passed' }));
  expect(await check('shards', at)).toMatchObject({ verdict: 'not yet', found: 'one open shard' });
  await split(at);
  expect(await check('shards', at)).toMatchObject({
    verdict: 'not yet',
    found: '2 open shards, of which none has taken a record since',
  });
  await put(at, rush, crowd(3_000));
  expect(await check('shards', at)).toMatchObject({ verdict: 'passed' });
  expect(await check('tidy', at)).toMatchObject({ verdict: 'not yet', found: 'it is ACTIVE' });
  await removeStream(at, rush);
  expect(await check('tidy', at)).toMatchObject({ verdict: 'passed', found: 'it is gone' });
});

describe('what is not right is named', () => {
  test('a stream on demand', async () => {
    const at = await workshopCloud();
    await at.kinesis.send(
      new CreateStreamCommand({
        StreamName: at.names.readings,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      }),
    );
    expect(await check('stream', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining('on demand'),
    });
  });

  test('a stream with shards that nobody needs', async () => {
    const at = await workshopCloud();
    await at.kinesis.send(new CreateStreamCommand({ StreamName: at.names.readings, ShardCount: 4 }));
    expect(await check('stream', at)).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining('4'),
    });
  });

  const records: Record<
    string,
    { step: string; sent: () => { key: string; data: string }[]; verdict: string; found: string }
  > = {
    'a name in small letters': {
      step: 'producer',
      sent: () => ride('rocinante', 20),
      verdict: 'wrong',
      found: 'readings of rocinante: names are told apart by every letter',
    },
    'another unicorn': {
      step: 'producer',
      sent: () => ride('Shadowfax', 20),
      verdict: 'not yet',
      found: 'readings of Shadowfax only',
    },
    'one record by hand': {
      step: 'producer',
      sent: () => ride('Rocinante', 1),
      verdict: 'not yet',
      found: '1 readings of Rocinante',
    },
    'text that is no reading': {
      step: 'producer',
      sent: () => [{ key: 'Rocinante', data: 'hello' }],
      verdict: 'wrong',
      found: '1 records, of which none is a reading:',
    },
    'a reading without magic': {
      step: 'producer',
      sent: () => [{ key: 'Rocinante', data: '{"Name":"Rocinante","StatusTime":"2026-01-31 12:00:00.000"}' }],
      verdict: 'wrong',
      found: '1 records, of which none is a reading:',
    },
    'two unicorns only': {
      step: 'herd',
      sent: () => [...ride('Rocinante', 2), ...ride('Bucephalus', 2)],
      verdict: 'not yet',
      found: 'readings of Rocinante, Bucephalus only',
    },
    'one partition key for all': {
      step: 'herd',
      sent: () =>
        ['Rocinante', 'Bucephalus', 'Shadowfax'].flatMap((name) =>
          ride(name, 2).map(({ data }) => ({ key: '1', data })),
        ),
      verdict: 'wrong',
      found: 'a reading of Rocinante has the partition key 1',
    },
  };
  test.each(Object.entries(records))('%s', async (_, { step, sent, verdict, found }) => {
    const at = await workshopCloud();
    await module.install(at);
    await put(at, at.names.readings, sent());
    expect(await check(step, at)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  test('a fleet that fits into one shard', async () => {
    const at = await workshopCloud();
    await ensureStream(at, at.names.rush);
    await put(at, at.names.rush, crowd(300));
    expect(await check('rush', at)).toMatchObject({
      verdict: 'not yet',
      found: expect.stringContaining('records in one second came into one shard'),
    });
  });

  test('two shards of which one partition key uses one', async () => {
    const at = await workshopCloud();
    await ensureStream(at, at.names.rush);
    await split(at);
    await put(
      at,
      at.names.rush,
      crowd(3_000).map(({ data }) => ({ key: 'all', data })),
    );
    expect(await check('shards', at)).toMatchObject({
      verdict: 'not yet',
      found: '2 open shards, of which one has taken a record since',
    });
  });
});

/** Readings of so many unicorns, one of each. */
function crowd(unicorns: number) {
  return Array.from({ length: unicorns }, (_, number) => ride(`Unicorn ${number}`, 1)).flat();
}

async function split(at: Workbench): Promise<void> {
  await at.kinesis.send(
    new UpdateShardCountCommand({
      StreamName: at.names.rush,
      TargetShardCount: 2,
      ScalingType: 'UNIFORM_SCALING',
    }),
  );
}
