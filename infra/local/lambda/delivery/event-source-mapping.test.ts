import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { MAPPING_DEFAULTS, type MappingDefinition, type Outcome } from '../definitions.ts';
import { streamArn } from '../identity.ts';
import { MemoryKinesis } from '../testing/memory-kinesis.ts';
import { createWorkspace, until, type Workspace } from '../testing/workspace.ts';
import { eventOf } from './event-batch.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import type { KinesisEventRecord } from './kinesis-event.ts';
import { Positions } from './positions.ts';

const success: Outcome = { requestId: 'r', kind: 'response', payload: 'null' };

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const running: EventSourceMapping[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mapping) => mapping.stop()));
});

/** A mapping whose function notes each batch as `shard number: data data`. */
function start(
  kinesis: MemoryKinesis,
  {
    settings = {},
    folder = null,
    answer = () => success,
  }: {
    settings?: Partial<MappingDefinition>;
    folder?: string | null;
    answer?: (batch: string) => Outcome | Promise<Outcome>;
  } = {},
) {
  const batches: string[] = [];
  const definition: MappingDefinition = {
    ...MAPPING_DEFAULTS,
    functionName: 'f',
    eventSourceArn: streamArn('wildrydes'),
    startingPosition: 'TRIM_HORIZON',
    ...settings,
  };
  const mapping = new EventSourceMapping({
    mapping: definition,
    kinesis,
    positions: new Positions({ folder, name: 'f@wildrydes', owner: 'f@wildrydes', log: () => {} }),
    invoke: async (batch) => {
      const records = eventOf(batch).Records as readonly KinesisEventRecord[];
      const shard = Number(records[0]?.eventID.slice('shardId-'.length, 'shardId-000000000000'.length));
      const data = records.map((record) => Buffer.from(record.kinesis.data, 'base64').toString()).join(' ');
      batches.push(`${shard}: ${data}`);
      return answer(batches.at(-1) ?? '');
    },
    clock: systemClock,
    log: () => {},
  });
  running.push(mapping);
  return { mapping, batches };
}

/** What a crash leaves: the mapping is not told, only its file is there. */
async function stopAndFlush(mapping: EventSourceMapping): Promise<void> {
  await mapping.stop();
  await mapping.flush();
}

describe('shards', () => {
  test('are delivered side by side: one that is stuck holds up no other', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes', 2);
    stream.shard(0).put('stuck');
    stream.shard(1).put('a');
    let release: (() => void) | undefined;
    const { mapping, batches } = start(kinesis, {
      answer: (batch) =>
        batch.includes('stuck') ? new Promise((resolve) => (release = () => resolve(success))) : success,
    });
    await until('the other shard is handled', () => mapping.status().recordsHandled === 1);
    stream.shard(1).put('b');
    await until('it goes on', () => mapping.status().recordsHandled === 2);
    expect(batches).toEqual(['0: stuck', '1: a', '1: b']);
    expect(mapping.status().shards).toEqual([
      { shardId: 'shardId-000000000000', sequenceNumber: null, behind: 1 },
      { shardId: 'shardId-000000000001', sequenceNumber: stream.shard(1).sequenceNumber(1), behind: 0 },
    ]);
    release?.();
    await until('the stuck one too', () => mapping.status().recordsHandled === 3);
  });

  test('come after all of their parents, generation by generation', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes', 2);
    const [a, b] = [stream.shard(0), stream.shard(1)];
    a.put('a0');
    b.put('b0');
    const child = stream.merge(a, b);
    child.put('c0');
    const grandchild = stream.merge(child);
    grandchild.put('d0');
    const held: (() => void)[] = [];
    const { mapping, batches } = start(kinesis, {
      answer: () => new Promise((resolve) => held.push(() => resolve(success))),
    });
    await until('both parents are under way', () => batches.length >= 2);
    expect(batches).toEqual(['0: a0', '1: b0']);
    held.shift()?.();
    await until('one parent is done', () => mapping.status().recordsHandled === 1);
    expect(batches).toHaveLength(2);
    held.shift()?.();
    await until('the child is under way', () => batches.length === 3);
    expect(mapping.status().shards.map((shard) => shard.behind)).toEqual([0, 0, 1, 1]);
    held.shift()?.();
    await until('the grandchild is under way', () => batches.length === 4);
    held.shift()?.();
    await until('all is handled', () => mapping.status().recordsHandled === 4);
    expect(batches).toEqual(['0: a0', '1: b0', '2: c0', '3: d0']);
  });

  test('that are closed while they are delivered are finished first, and their child follows', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes');
    const { mapping, batches } = start(kinesis, { settings: { batchSize: 2 } });
    for (const data of ['0', '1', '2']) stream.shard(0).put(data);
    const child = stream.merge(stream.shard(0));
    child.put('3');
    await until('all is handled', () => mapping.status().recordsHandled === 4);
    expect(batches).toEqual(['0: 0 1', '0: 2', '1: 3']);
  });

  test('whose parents no longer exist start at once', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes');
    const parent = stream.shard(0);
    const child = stream.merge(parent);
    child.put('1');
    stream.remove(parent);
    const { mapping, batches } = start(kinesis);
    await until('the child is handled', () => mapping.status().recordsHandled === 1);
    expect(batches).toEqual(['1: 1']);
  });
});

describe('the starting position', () => {
  test('TRIM_HORIZON is the oldest record', async () => {
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    for (const data of ['0', '1', '2']) shard.put(data);
    shard.first = 1;
    const { mapping, batches } = start(kinesis);
    await until('the rest is handled', () => mapping.status().recordsHandled === 2);
    expect(batches).toEqual(['0: 1 2']);
    expect(mapping.status().recordsDiscarded).toBe(0);
  });

  test('LATEST is what comes after the mapping, also in shards that open later', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes');
    stream.shard(0).put('old');
    const { mapping, batches } = start(kinesis, { settings: { startingPosition: 'LATEST' } });
    stream.shard(0).put('new');
    stream.merge(stream.shard(0)).put('newer');
    await until('what is new is handled', () => mapping.status().recordsHandled === 2);
    expect(batches).toEqual(['0: new', '1: newer']);
  });

  test('LATEST passes over a closed shard, and its child is read from the tip', async () => {
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes');
    stream.shard(0).put('old');
    const child = stream.merge(stream.shard(0));
    child.put('old too');
    const { mapping, batches } = start(kinesis, { settings: { startingPosition: 'LATEST' } });
    child.put('new');
    await until('what is new is handled', () => mapping.status().recordsHandled === 1);
    expect(batches).toEqual(['1: new']);
    expect(mapping.status().shards.map((shard) => shard.behind)).toEqual([0, 0]);
  });

  test('LATEST is chosen once: what came while the mapping was stopped is delivered', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    shard.put('old');
    const settings = { startingPosition: 'LATEST' } as const;
    const first = start(kinesis, { folder, settings });
    await stopAndFlush(first.mapping);
    shard.put('meanwhile');
    const second = start(kinesis, { folder, settings });
    await until('it is handled', () => second.mapping.status().recordsHandled === 1);
    expect(second.batches).toEqual(['0: meanwhile']);
  });
});

describe('a restart', () => {
  test('goes on after the last batch handled, in every shard, and remembers which are finished', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const stream = kinesis.create('wildrydes', 2);
    const [a, b] = [stream.shard(0), stream.shard(1)];
    a.put('a0');
    b.put('b0');
    const child = stream.merge(a);
    const first = start(kinesis, { folder });
    await until('all is handled', () => first.mapping.status().recordsHandled === 2);
    await stopAndFlush(first.mapping);
    b.put('b1');
    child.put('c0');
    const second = start(kinesis, { folder });
    await until('the rest is handled', () => second.mapping.status().recordsHandled === 2);
    expect(second.batches.sort()).toEqual(['1: b1', '2: c0']);
  });

  test('LATEST is remembered from the moment that it is chosen', () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    shard.put('old');
    start(kinesis, { folder, settings: { startingPosition: 'LATEST' } });
    expect(readFileSync(join(folder, 'f@wildrydes.json'), 'utf8')).toContain(shard.sequenceNumber(0));
  });

  test('after a crash repeats at most what was not yet written', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    shard.put('0');
    let hang = false;
    const { mapping, batches } = start(kinesis, {
      folder,
      settings: { batchSize: 1 },
      answer: () => (hang ? new Promise(() => {}) : success),
    });
    await until('a record is handled', () => mapping.status().recordsHandled === 1);
    const path = join(folder, 'f@wildrydes.json');
    await until('its position is written', () =>
      readFileSync(path, 'utf8').includes(shard.sequenceNumber(0)),
    );
    hang = true;
    shard.put('1');
    await until('the next is under way', () => batches.length === 2);
    running.splice(0);
    // The first mapping hangs for ever, as one whose process is gone; nothing of it is written any more.
    const second = start(kinesis, { folder, settings: { batchSize: 1 } });
    await until('the rest is handled', () => second.mapping.status().recordsHandled === 1);
    expect(second.batches).toEqual(['0: 1']);
  });

  test('given up records are not delivered again', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    const shard = kinesis.create('wildrydes').shard(0);
    shard.put('poison');
    const error: Outcome = {
      requestId: 'r',
      kind: 'error',
      error: { errorType: 'Error', errorMessage: 'no' },
    };
    const first = start(kinesis, { folder, settings: { maximumRetryAttempts: 0 }, answer: () => error });
    await until('it is given up', () => first.mapping.status().recordsDiscarded === 1);
    expect(first.mapping.status()).toMatchObject({ failedInvocations: 1, lastError: 'Error: no' });
    await stopAndFlush(first.mapping);
    shard.put('1');
    const second = start(kinesis, { folder });
    await until('the next is handled', () => second.mapping.status().recordsHandled === 1);
    expect(second.batches).toEqual(['0: 1']);
  });
});

describe('a stream', () => {
  test.each(['TRIM_HORIZON', 'LATEST'] as const)(
    'that does not exist yet is waited for, and read from its start (%s)',
    async (startingPosition) => {
      const kinesis = new MemoryKinesis();
      const { mapping, batches } = start(kinesis, { settings: { startingPosition } });
      expect(mapping.status().shards).toEqual([]);
      kinesis.create('another').shard(0).put('no');
      kinesis.create('wildrydes').shard(0).put('0');
      await until('it is handled', () => mapping.status().recordsHandled === 1);
      expect(batches).toEqual(['0: 0']);
    },
  );

  test.each(['TRIM_HORIZON', 'LATEST'] as const)(
    'deleted and created again is another one, read from its start (%s)',
    async (startingPosition) => {
      const folder = workspace.empty();
      const kinesis = new MemoryKinesis();
      const before = kinesis.create('wildrydes').shard(0);
      const { mapping, batches } = start(kinesis, { folder, settings: { startingPosition } });
      before.put('0');
      before.put('1');
      await until('the first life is handled', () => mapping.status().recordsHandled === 2);
      kinesis.delete('wildrydes');
      expect(mapping.status().shards).toEqual([]);
      const after = kinesis.create('wildrydes').shard(0);
      after.put('2');
      await until('the second life is handled', () => mapping.status().recordsHandled === 3);
      expect(batches.at(-1)).toBe('0: 2');
      expect(mapping.status().shards[0]?.sequenceNumber).toBe(after.sequenceNumber(0));
    },
  );

  test('deleted and created again at once is another one too', async () => {
    const kinesis = new MemoryKinesis();
    kinesis.create('wildrydes').shard(0).put('0');
    const { mapping, batches } = start(kinesis);
    await until('the first life is handled', () => mapping.status().recordsHandled === 1);
    kinesis.delete('wildrydes');
    kinesis.create('wildrydes').shard(0).put('1');
    await until('the second life is handled', () => mapping.status().recordsHandled === 2);
    expect(batches).toEqual(['0: 0', '0: 1']);
  });

  test('created again while the mapping was stopped is read from its start', async () => {
    const folder = workspace.empty();
    const kinesis = new MemoryKinesis();
    kinesis.create('wildrydes').shard(0).put('0');
    const first = start(kinesis, { folder });
    await until('it is handled', () => first.mapping.status().recordsHandled === 1);
    await stopAndFlush(first.mapping);
    kinesis.delete('wildrydes');
    kinesis.create('wildrydes').shard(0).put('1');
    const second = start(kinesis, { folder });
    await until('the new one is handled', () => second.mapping.status().recordsHandled === 1);
    expect(second.batches).toEqual(['0: 1']);
  });

  test.each([
    ['before it is noticed', false],
    ['after it was noticed', true],
  ])('deleted under an invocation that ends %s leaves no position behind', async (_, noticed) => {
    const kinesis = new MemoryKinesis();
    kinesis.create('wildrydes').shard(0).put('0');
    let release: (() => void) | undefined;
    const { mapping, batches } = start(kinesis, {
      answer: (batch) =>
        batch === '0: 0' ? new Promise((resolve) => (release = () => resolve(success))) : success,
    });
    await until('an invocation is under way', () => batches.length === 1);
    kinesis.delete('wildrydes');
    const after = kinesis.create('wildrydes').shard(0);
    if (noticed) await until('the new stream is followed', () => mapping.status().shards.length === 1);
    release?.();
    await until('it ended', () => mapping.status().recordsHandled === 1);
    expect(mapping.status().shards).toEqual([{ shardId: after.shardId, sequenceNumber: null, behind: 0 }]);
    after.put('1');
    await until('the new stream is delivered', () => mapping.status().recordsHandled === 2);
    expect(batches).toEqual(['0: 0', '0: 1']);
  });
});
