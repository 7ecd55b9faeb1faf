import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../../telemetry/clock.ts';
import { type Ending, MAPPING_DEFAULTS, type MappingDefinition } from '../definitions.ts';
import { streamArn } from '../identity.ts';
import { MemoryKinesis, type MemoryShard } from '../testing/memory-kinesis.ts';
import { until } from '../testing/workspace.ts';
import { eventOf, type StreamEvent } from './event-batch.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import type { Discarded } from './failure-record.ts';
import type { KinesisEventRecord } from './kinesis-event.ts';
import { Positions } from './positions.ts';
import { laneOf } from './shard-delivery.ts';

/**
 * Every setting of an event-source mapping by itself: what AWS's page says of it, in our words, and the exact sequence
 * of invocations that follows. Records are numbered from 0; a batch is written as `0 1 2`.
 */

const GUIDE = 'https://docs.aws.amazon.com/lambda/latest/dg';

const ok: Ending = { kind: 'response', payload: '{}' };
const failure: Ending = { kind: 'error', error: { errorType: 'Error', errorMessage: 'no' } };
const failedAt = (event: StreamEvent, data: string): Ending => {
  const failed = recordsOf(event).find((record) => textOf(record) === data);
  return failed === undefined
    ? ok
    : {
        kind: 'response',
        payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: failed.kinesis.sequenceNumber }] }),
      };
};

const running: EventSourceMapping[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mapping) => mapping.stop()));
});

const START = Date.UTC(2026, 4, 1, 12);

/** A clock that stands still until it is set. */
class HandClock implements Clock {
  time = START;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return performance.now();
  }
}

interface Setting extends Partial<MappingDefinition> {
  /** What each invocation answers. */
  readonly answer?: (batch: string, event: StreamEvent) => Ending | Promise<Ending>;
  readonly kinesis?: MemoryKinesis;
  readonly passesFilter?: (data: string) => boolean;
}

function start({ answer = () => ok, kinesis = new MemoryKinesis(), passesFilter, ...settings }: Setting) {
  const clock = new HandClock();
  const stream = kinesis.stream(streamArn('wildrydes')) ?? kinesis.create('wildrydes');
  const shard = stream.shard(0);
  const positions = new Positions({ folder: null, name: 'f', owner: 'f', log: () => {} });
  const seen = { batches: [] as string[], events: [] as StreamEvent[], discarded: [] as Discarded[] };
  let invocations = 0;
  const begin = (changed: Partial<MappingDefinition> = {}) => {
    const mapping = new EventSourceMapping({
      mapping: {
        ...MAPPING_DEFAULTS,
        functionName: 'f',
        eventSourceArn: streamArn('wildrydes'),
        startingPosition: 'TRIM_HORIZON',
        ...settings,
        ...changed,
      },
      kinesis,
      positions,
      passesFilter: passesFilter && ((record) => passesFilter(record.data.toString())),
      invoke: async (batch) => {
        const event = eventOf(batch);
        const data = recordsOf(event).map(textOf).join(' ');
        seen.batches.push(data);
        seen.events.push(event);
        const requestId = `request-${++invocations}`;
        return { requestId, ...(await answer(data, event)) };
      },
      tellDestination: async (discarded) => void seen.discarded.push(discarded),
      clock,
      log: () => {},
    });
    running.push(mapping);
    return mapping;
  };
  const put = (count: number, key = 'Rocinante') => {
    for (let i = 0; i < count; i++) shard.put(String(shard.next), key, clock.time);
  };
  return { stream, shard, clock, seen, begin, put };
}

/** Puts so many records, delivers all of them, and tells of it. */
async function deliver(count: number, setting: Setting) {
  const made = start(setting);
  made.put(count);
  const mapping = made.begin();
  await until('all is delivered', () => counted(mapping) === count);
  return { ...made.seen, mapping, shard: made.shard };
}

function counted(mapping: EventSourceMapping): number {
  const { recordsHandled, recordsDiscarded, recordsFiltered } = mapping.status();
  return recordsHandled + recordsDiscarded + recordsFiltered;
}

function recordsOf(event: StreamEvent): readonly KinesisEventRecord[] {
  return event.Records as readonly KinesisEventRecord[];
}

function textOf({ kinesis }: KinesisEventRecord): string {
  return Buffer.from(kinesis.data, 'base64').toString();
}

const numbers = (shard: MemoryShard, ...indexes: number[]) => indexes.map((n) => shard.sequenceNumber(n));

/** An invocation has so many records at most. */
test(`BatchSize (${GUIDE}/services-kinesis-parameters.html)`, async () => {
  const { batches } = await deliver(7, { batchSize: 3 });
  expect(batches).toEqual(['0 1 2', '3 4 5', '6']);
});

/** Records are gathered for so long, unless a batch is full before. */
test(`MaximumBatchingWindowInSeconds (${GUIDE}/invocation-eventsourcemapping.html)`, async () => {
  const { begin, put, seen } = start({ batchSize: 3, maximumBatchingWindowInSeconds: 1 });
  put(4);
  const mapping = begin();
  await until('the first batch is full', () => mapping.status().recordsHandled === 3);
  expect(seen.batches).toEqual(['0 1 2']);
  put(1);
  await until('the window ends', () => mapping.status().recordsHandled === 5);
  expect(seen.batches).toEqual(['0 1 2', '3 4']);
});

/** Where a mapping begins in the shards that there are; later shards are read from their start. */
describe(`StartingPosition (${GUIDE}/services-kinesis-parameters.html)`, () => {
  test.each([
    ['TRIM_HORIZON', null, ['0 1 2 3', 'later']],
    ['LATEST', null, ['later']],
    ['AT_TIMESTAMP', START + 2_000, ['2 3', 'later']],
    ['AT_TIMESTAMP', START + 60_000, ['later']],
    ['AT_TIMESTAMP', 0, ['0 1 2 3', 'later']],
  ] as const)('%s %s', async (startingPosition, startingPositionTimestamp, batches) => {
    const { begin, shard, stream, seen } = start({ startingPosition, startingPositionTimestamp });
    for (let i = 0; i < 4; i++) shard.put(String(i), 'k', START + i * 1_000);
    const mapping = begin();
    stream.merge(shard).put('later', 'k', START + 60_000);
    await until('the child is delivered', () => seen.batches.includes('later'));
    expect(seen.batches).toEqual(batches);
    expect(mapping.status().recordsDiscarded).toBe(0);
  });
});

/** A failed batch is sent again so many times, and then given up; -1 is for ever. */
describe(`MaximumRetryAttempts (${GUIDE}/kinesis-on-failure-destination.html)`, () => {
  test.each([
    [0, ['0 1', '2 3']],
    [2, ['0 1', '0 1', '0 1', '2 3', '2 3', '2 3']],
  ])('%i', async (maximumRetryAttempts, batches) => {
    const delivered = await deliver(4, { batchSize: 2, maximumRetryAttempts, answer: () => failure });
    expect(delivered.batches).toEqual(batches);
    expect(delivered.mapping.status()).toMatchObject({ recordsHandled: 0, recordsDiscarded: 4 });
  });

  test('-1', async () => {
    let failures = 6;
    const { batches } = await deliver(2, { answer: () => (failures-- > 0 ? failure : ok) });
    expect(batches).toEqual(Array(7).fill('0 1'));
  });
});

/** A record that is older is not sent: neither at first nor again. The rest of its batch is. */
describe(`MaximumRecordAgeInSeconds (${GUIDE}/services-kinesis-parameters.html)`, () => {
  test('before the first invocation', async () => {
    const { begin, shard, clock, seen } = start({ maximumRecordAgeInSeconds: 60 });
    for (let i = 0; i < 4; i++) shard.put(String(i), 'k', START + i * 10_000);
    clock.time = START + 71_000;
    const mapping = begin();
    await until('all is settled', () => counted(mapping) === 4);
    expect(seen.batches).toEqual(['2 3']);
    expect(seen.discarded).toMatchObject([
      {
        condition: 'RecordAgeExceeded',
        invocations: 0,
        requestId: null,
        batch: { sequenceNumbers: numbers(shard, 0, 1) },
      },
    ]);
  });

  test('while a batch is retried', async () => {
    const { begin, shard, clock, seen } = start({
      maximumRecordAgeInSeconds: 60,
      answer: (batch) => (batch.startsWith('0') ? failure : ok),
    });
    for (let i = 0; i < 3; i++) shard.put(String(i), 'k', START + i * 10_000);
    clock.time = START + 30_000;
    const mapping = begin();
    await until('there was a retry', () => seen.batches.length === 2);
    clock.time = START + 65_000;
    await until('all is settled', () => counted(mapping) === 3);
    expect(seen.batches.slice(0, 2)).toEqual(['0 1 2', '0 1 2']);
    expect(seen.batches.at(-1)).toBe('1 2');
    expect(seen.discarded).toMatchObject([
      { condition: 'RecordAgeExceeded', batch: { sequenceNumbers: numbers(shard, 0) } },
    ]);
    expect(seen.discarded[0]!.invocations).toBeGreaterThanOrEqual(2);
    expect(mapping.status()).toMatchObject({ recordsHandled: 2, recordsDiscarded: 1 });
  });
});

/** A failed batch is split in two before it is sent again, which costs no retry; the halves go in their order. */
test(`BisectBatchOnFunctionError (${GUIDE}/kinesis-on-failure-destination.html)`, async () => {
  const { batches, mapping } = await deliver(6, {
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: 1,
    answer: (batch) => (batch.split(' ').includes('4') ? failure : ok),
  });
  expect(batches).toEqual(['0 1 2 3 4 5', '0 1 2', '3 4 5', '3', '4 5', '4', '4', '5']);
  expect(mapping.status()).toMatchObject({ recordsHandled: 5, recordsDiscarded: 1 });
});

/** What comes before the lowest sequence number returned is done; the retry begins there. */
describe(`FunctionResponseTypes: ReportBatchItemFailures (${GUIDE}/services-kinesis-batchfailurereporting.html)`, () => {
  const functionResponseTypes = ['ReportBatchItemFailures'] as const;

  test('alone', async () => {
    let once = true;
    const { batches } = await deliver(5, {
      functionResponseTypes,
      answer: (_, event) => {
        const ending = once ? failedAt(event, '2') : ok;
        once = false;
        return ending;
      },
    });
    expect(batches).toEqual(['0 1 2 3 4', '2 3 4']);
  });

  test('with bisection the batch is split at that number', async () => {
    const { batches } = await deliver(6, {
      functionResponseTypes,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 0,
      answer: (_, event) => failedAt(event, '3'),
    });
    expect(batches).toEqual(['0 1 2 3 4 5', '3 4 5', '3', '4 5']);
  });

  test('not asked for, the response means nothing', async () => {
    const { batches } = await deliver(3, { answer: (_, event) => failedAt(event, '1') });
    expect(batches).toEqual(['0 1 2']);
  });
});

/** Batches of one shard go side by side, and each partition key's records in their order. */
describe(`ParallelizationFactor (${GUIDE}/services-kinesis-parameters.html)`, () => {
  // Two keys in different lanes of two.
  const [a, b] = [0, 1].map(
    (lane) => 'abcdef'.split('').find((key) => laneOf({ partitionKey: key }, 2) === lane)!,
  );

  test('a key that is held up holds up no other lane', async () => {
    let release = () => {};
    onTestFinished(() => release());
    const { begin, put, seen, shard } = start({
      parallelizationFactor: 2,
      batchSize: 2,
      answer: (batch) =>
        batch.startsWith('0') ? new Promise((resolve) => (release = () => resolve(ok))) : ok,
    });
    for (let i = 0; i < 4; i++) {
      put(1, a);
      put(1, b);
    }
    const mapping = begin();
    await until('the other lane is done', () => mapping.status().recordsHandled === 4);
    expect(seen.batches).toEqual(['0 2', '1 3', '5 7']);
    expect(mapping.status().shards).toEqual([{ shardId: shard.shardId, sequenceNumber: null, behind: 8 }]);
    release();
    await until('all is done', () => mapping.status().recordsHandled === 8);
    expect(seen.batches).toEqual(['0 2', '1 3', '5 7', '4 6']);
  });

  test('changed, delivery goes on where the slowest lane stood', async () => {
    let stuck = true;
    const { begin, put, seen } = start({
      answer: (batch) => (stuck && batch.startsWith('0') ? failure : ok),
    });
    put(1, a);
    put(2, b);
    const before = begin({ parallelizationFactor: 2 });
    await until('one lane is done', () => before.status().recordsHandled === 2);
    await before.stop();
    stuck = false;
    seen.batches.length = 0;
    const after = begin({ parallelizationFactor: 1 });
    await until('all is done', () => after.status().recordsHandled === 3);
    expect(seen.batches).toEqual(['0 1 2']);
  });

  test('children wait for every lane of their parents', async () => {
    let release = () => {};
    const { begin, put, seen, shard, stream } = start({
      parallelizationFactor: 2,
      answer: (batch) => (batch === '0' ? new Promise((resolve) => (release = () => resolve(ok))) : ok),
    });
    put(1, a);
    put(1, b);
    const mapping = begin();
    stream.merge(shard).put('child', a);
    await until('one lane is done', () => mapping.status().recordsHandled === 1);
    expect(seen.batches).toEqual(['0', '1']);
    release();
    await until('the child is done', () => mapping.status().recordsHandled === 3);
    expect(seen.batches).toEqual(['0', '1', 'child']);
  });
});

/** A state goes from invocation to invocation until the window ends, by the records' arrival; then the function has it once more. */
describe(`TumblingWindowInSeconds (${GUIDE}/services-kinesis-windows.html)`, () => {
  /** Counts the records of a window. */
  const count = (_: string, event: StreamEvent): Ending => {
    const { n = 0 } = event.state as { n?: number };
    return { kind: 'response', payload: JSON.stringify({ state: { n: n + event.Records.length } }) };
  };
  const told = (events: readonly StreamEvent[]) =>
    events.map(({ window, state, isFinalInvokeForWindow, isWindowTerminatedEarly, Records }) => {
      const moment = isFinalInvokeForWindow ? 'final' : isWindowTerminatedEarly ? 'early' : 'records';
      return `${window?.start.slice(11, 19)} ${Records.length} ${JSON.stringify(state)} ${moment}`;
    });

  test('windows follow the arrival of records, each with a state of its own', async () => {
    const { begin, shard, clock, seen } = start({ tumblingWindowInSeconds: 60, batchSize: 2, answer: count });
    for (const second of [0, 10, 59, 60, 200]) shard.put('x', 'k', START + second * 1_000);
    clock.time = START + 239_999;
    const mapping = begin();
    await until('all is delivered', () => mapping.status().recordsHandled === 5);
    clock.time = START + 240_000;
    await until('the last window is over', () => told(seen.events).at(-1)!.endsWith('final'));
    expect(told(seen.events)).toEqual([
      '12:00:00 2 {} records',
      '12:00:00 1 {"n":2} records',
      '12:00:00 0 {"n":3} final',
      '12:01:00 1 {} records',
      '12:01:00 0 {"n":1} final',
      '12:03:00 1 {} records',
      '12:03:00 0 {"n":1} final',
    ]);
    expect(seen.events[0]).toMatchObject({
      window: { start: '2026-05-01T12:00:00Z', end: '2026-05-01T12:01:00Z' },
      shardId: shard.shardId,
      eventSourceARN: streamArn('wildrydes'),
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
  });

  test('a response without a state is a failure, and the state stays what it was', async () => {
    let calls = 0;
    const { begin, put, seen, clock } = start({
      tumblingWindowInSeconds: 60,
      batchSize: 1,
      answer: (batch, event) => (++calls === 2 ? { kind: 'response', payload: '{}' } : count(batch, event)),
    });
    put(2);
    const mapping = begin();
    await until('all is delivered', () => mapping.status().recordsHandled === 2);
    expect(told(seen.events)).toEqual([
      '12:00:00 1 {} records',
      '12:00:00 1 {"n":1} records',
      '12:00:00 1 {"n":1} records',
    ]);
    expect(mapping.status().lastError).toContain('state');
    clock.time = START + 60_000;
    await until('the window is over', () => seen.events.length === 4);
  });

  test('a last invocation that fails holds up what follows', async () => {
    let failures = 2;
    const { begin, shard, seen } = start({
      tumblingWindowInSeconds: 60,
      answer: (batch, event) =>
        event.isFinalInvokeForWindow && failures-- > 0 ? failure : count(batch, event),
    });
    shard.put('x', 'k', START);
    shard.put('x', 'k', START + 60_000);
    const mapping = begin();
    await until('all is delivered', () => mapping.status().recordsHandled === 2);
    expect(told(seen.events)).toEqual([
      '12:00:00 1 {} records',
      '12:00:00 0 {"n":1} final',
      '12:00:00 0 {"n":1} final',
      '12:00:00 0 {"n":1} final',
      '12:01:00 1 {} records',
    ]);
  });

  test('a state beyond 1 MB ends early, and the same window goes on with a fresh one', async () => {
    const large = 'x'.repeat(1024 * 1024);
    const { begin, put, seen } = start({
      tumblingWindowInSeconds: 60,
      batchSize: 1,
      answer: (batch) => ({
        kind: 'response',
        payload: JSON.stringify({ state: batch === '0' ? large : 'small' }),
      }),
    });
    put(2);
    const mapping = begin();
    await until('all is delivered', () => mapping.status().recordsHandled === 2);
    expect(told(seen.events).map((line) => line.replace(large, 'LARGE'))).toEqual([
      '12:00:00 1 {} records',
      '12:00:00 0 "LARGE" early',
      '12:00:00 1 {} records',
    ]);
  });

  test('a shard that ends ends its window; its child begins with a fresh one', async () => {
    const { begin, put, seen, shard, stream } = start({ tumblingWindowInSeconds: 60, answer: count });
    put(1);
    const mapping = begin();
    stream.merge(shard).put('child', 'k', START);
    await until('the child is delivered', () => mapping.status().recordsHandled === 2);
    expect(told(seen.events)).toEqual([
      '12:00:00 1 {} records',
      '12:00:00 0 {"n":1} final',
      '12:00:00 1 {} records',
    ]);
  });

  test('a mapping that goes on after a stop has its state again', async () => {
    const { begin, put, seen } = start({ tumblingWindowInSeconds: 60, answer: count });
    put(2);
    const before = begin();
    await until('it is delivered', () => before.status().recordsHandled === 2);
    await before.stop();
    put(1);
    const after = begin();
    await until('the rest is delivered', () => after.status().recordsHandled === 1);
    expect(told(seen.events)).toEqual(['12:00:00 2 {} records', '12:00:00 1 {"n":2} records']);
  });
});

/** A record that matches no filter is passed over: it is in no batch, and is done. */
test(`FilterCriteria (${GUIDE}/with-kinesis-filtering.html)`, async () => {
  const { batches, mapping, shard } = await deliver(10, {
    batchSize: 2,
    filterPatterns: ['{}'],
    passesFilter: (data) => Number(data) % 3 === 0,
  });
  expect(batches).toEqual(['0 3', '6 9']);
  expect(mapping.status()).toMatchObject({ recordsHandled: 4, recordsFiltered: 6 });
  expect(mapping.status().shards).toEqual([
    { shardId: shard.shardId, sequenceNumber: shard.sequenceNumber(9), behind: 0 },
  ]);
});

test('FilterCriteria: what is passed over last is done too', async () => {
  const { begin, put, shard, seen } = start({ filterPatterns: ['{}'], passesFilter: () => false });
  put(3);
  const mapping = begin();
  await until('all is passed over', () => mapping.status().recordsFiltered === 3);
  expect(mapping.status().shards[0]).toMatchObject({ sequenceNumber: shard.sequenceNumber(2), behind: 0 });
  expect(seen.batches).toEqual([]);
});

/** Records given up are told to the destination, each range once, before the next batch is sent. */
test(`DestinationConfig.OnFailure (${GUIDE}/kinesis-on-failure-destination.html)`, async () => {
  const { discarded, shard } = await deliver(5, {
    batchSize: 3,
    maximumRetryAttempts: 1,
    answer: (batch) => (batch.startsWith('0') ? failure : ok),
  });
  expect(discarded).toMatchObject([
    {
      condition: 'RetryAttemptsExhausted',
      invocations: 2,
      requestId: 'request-2',
      batch: { sequenceNumbers: numbers(shard, 0, 1, 2) },
    },
  ]);
});
