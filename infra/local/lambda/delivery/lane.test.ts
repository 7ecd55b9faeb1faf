import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { MAPPING_DEFAULTS, type MappingDefinition, type Outcome } from '../definitions.ts';
import { MemoryKinesis, type MemoryShard } from '../testing/memory-kinesis.ts';
import { until } from '../testing/workspace.ts';
import { eventOf, PAYLOAD_LIMIT, type WindowOfEvent } from './event-batch.ts';
import { windowEnd } from './gatherer.ts';
import type { KinesisEventRecord } from './kinesis-event.ts';
import { Lane, type Progress } from './lane.ts';

interface KinesisEvent extends Partial<WindowOfEvent> {
  readonly Records: readonly KinesisEventRecord[];
}

const success: Outcome = { requestId: 'r', kind: 'response', payload: 'null' };
const error: Outcome = { requestId: 'r', kind: 'error', error: { errorType: 'Error', errorMessage: 'no' } };
const failedAt = (record: { sequenceNumber: string } | undefined): Outcome => ({
  requestId: 'r',
  kind: 'response',
  payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: record?.sequenceNumber }] }),
});

const stopping: AbortController[] = [];
afterEach(() => {
  for (const controller of stopping.splice(0)) controller.abort();
});

/** A lane over a shard of its own; records are `0`, `1`, …, and a batch is what their data says: `0 1 2`. */
function lane(
  settings: Partial<MappingDefinition>,
  answer: (batch: string, event: KinesisEvent) => Outcome | Promise<Outcome>,
) {
  const shard = new MemoryKinesis().create('wildrydes').shard(0);
  const controller = new AbortController();
  stopping.push(controller);
  const seen = {
    batches: [] as string[],
    times: [] as number[],
    reasons: [] as (string | undefined)[],
    handled: [] as string[],
    progress: [] as Progress[],
    recordsHandled: 0,
    recordsDiscarded: 0,
    recordsFiltered: 0,
    troubles: [] as unknown[],
    log: [] as string[],
    events: [] as KinesisEvent[],
  };
  const make = (from = 0): Lane =>
    new Lane({
      mapping: {
        ...MAPPING_DEFAULTS,
        functionName: 'f',
        eventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/wildrydes',
        startingPosition: 'TRIM_HORIZON',
        functionResponseTypes: ['ReportBatchItemFailures'],
        ...settings,
      },
      shard,
      source: {
        kind: 'kinesis',
        shardId: shard.shardId,
        streamName: 'wildrydes',
        streamArn: 'arn',
        region: 'us-east-1',
        roleArn: 'role',
      },
      from,
      invoke: async (batch) => {
        const event = eventOf(batch) as KinesisEvent;
        const data = event.Records.map((record) =>
          Buffer.from(record.kinesis.data, 'base64').toString(),
        ).join(' ');
        seen.batches.push(data);
        seen.times.push(performance.now());
        seen.events.push(event);
        return answer(data, event);
      },
      clock: systemClock,
      log: (line) => seen.log.push(line),
      signal: controller.signal,
      listener: {
        invoked: (reason) => seen.reasons.push(reason),
        handled: (records, last) => {
          seen.recordsHandled += records;
          seen.handled.push(last.sequenceNumber);
        },
        discarded: (records) => {
          seen.recordsDiscarded += records;
        },
        filtered: (records) => {
          seen.recordsFiltered += records;
        },
        progressed: (progress) => seen.progress.push(progress),
        trouble: (trouble) => seen.troubles.push(trouble),
      },
    });
  return { shard, seen, make, stop: () => controller.abort() };
}

function put(shard: MemoryShard, count: number): void {
  for (let i = 0; i < count; i++) shard.put(String(shard.next));
}

/** Runs a lane over a closed shard of so many records, to its end. */
async function runToEnd(
  count: number,
  settings: Partial<MappingDefinition>,
  answer: (batch: string, event: KinesisEvent) => Outcome,
) {
  const made = lane(settings, answer);
  put(made.shard, count);
  made.shard.closed = true;
  expect(await made.make().run()).toBe(true);
  return { ...made.seen, shard: made.shard };
}

describe('batches', () => {
  test('are as large as allowed, in order, the last one smaller', async () => {
    const { batches, recordsHandled } = await runToEnd(7, { batchSize: 3 }, () => success);
    expect(batches).toEqual(['0 1 2', '3 4 5', '6']);
    expect(recordsHandled).toBe(7);
  });

  test('without a window a function is invoked as soon as there is anything; what comes meanwhile is the next batch', async () => {
    let release: (() => void) | undefined;
    const { shard, seen, make, stop } = lane(
      {},
      () => new Promise((resolve) => (release = () => resolve(success))),
    );
    const running = make();
    const done = running.run();
    shard.put('0');
    await until('the first record is delivered', () => seen.batches.length === 1);
    put(shard, 3);
    expect(running.behind).toBe(4);
    release?.();
    await until('the rest is delivered', () => seen.batches.length === 2);
    release?.();
    await until('the rest is handled', () => seen.recordsHandled === 4);
    expect(running.behind).toBe(0);
    stop();
    expect(await done).toBe(false);
    expect(seen.batches).toEqual(['0', '1 2 3']);
  });

  test('with a window a function waits for a full batch', async () => {
    const { shard, seen, make, stop } = lane(
      { batchSize: 3, maximumBatchingWindowInSeconds: 300 },
      () => success,
    );
    const done = make().run();
    shard.put('0');
    put(shard, 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.batches).toEqual([]);
    put(shard, 3);
    await until('a batch is full', () => seen.batches.length > 0);
    expect(seen.batches).toEqual(['0 1 2']);
    stop();
    expect(await done).toBe(false);
    expect(seen.batches).toEqual(['0 1 2']);
  });

  test('with a window a function gets what there is when it ends', async () => {
    const { shard, seen, make, stop } = lane({ maximumBatchingWindowInSeconds: 0.2 }, () => success);
    const started = performance.now();
    const done = make().run();
    shard.put('0');
    await new Promise((resolve) => setImmediate(resolve));
    shard.put('1');
    await until('the window ends', () => seen.batches.length > 0);
    expect(seen.batches).toEqual(['0 1']);
    expect((seen.times[0] ?? 0) - started).toBeGreaterThan(150);
    stop();
    await done;
  });

  test('a window ends early when the shard is closed: nothing more can come', async () => {
    const { shard, seen, make } = lane({ maximumBatchingWindowInSeconds: 300 }, () => success);
    const running = make();
    const done = running.run();
    shard.put('0');
    await new Promise((resolve) => setImmediate(resolve));
    shard.closed = true;
    running.wake();
    expect(await done).toBe(true);
    expect(seen.batches).toEqual(['0']);
  });

  test('no payload is larger than 6 MB, however large the batch may be', async () => {
    const made = lane({ batchSize: 10_000 }, () => success);
    for (let i = 0; i < 10; i++) made.shard.put(Buffer.alloc(1024 * 1024, i));
    made.shard.closed = true;
    await made.make().run();
    const sizes = made.seen.events.map((event) => event.Records.length);
    // 1 MiB is 1.33 MiB in base64: four fit into 6 MiB, five do not.
    expect(sizes).toEqual([4, 4, 2]);
    for (const event of made.seen.events) {
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(PAYLOAD_LIMIT);
    }
  });

  test('a payload limit reached ends the window', async () => {
    const made = lane({ batchSize: 10_000, maximumBatchingWindowInSeconds: 300 }, () => success);
    const done = made.make().run();
    for (let i = 0; i < 5; i++) made.shard.put(Buffer.alloc(1024 * 1024, i));
    await until('the payload is full', () => made.seen.batches.length > 0);
    expect(made.seen.events.map((event) => event.Records.length)).toEqual([4]);
    made.stop();
    await done;
  });
});

describe('the end of a batching window', () => {
  test.each([
    [1_000, 1_000, 0, 1_000],
    [1_234, 1_000, 0, 1_234],
    [1_000, 1_000, 500, 1_500],
    [1_499, 1_000, 500, 1_500],
    [1_500, 1_000, 500, 2_000],
    [9_999, 1_000, 500, 10_000],
  ])('at %i, windows since %i of %i ms: %i', (now, start, window, end) => {
    expect(windowEnd(now, start, window)).toBe(end);
  });
});

describe('a batch that fails', () => {
  test('is sent again whole until it succeeds, with a growing wait; the next batch waits for it', async () => {
    let calls = 0;
    const { batches, times, reasons, recordsHandled } = await runToEnd(5, { batchSize: 3 }, () =>
      ++calls <= 3 ? error : success,
    );
    expect(batches).toEqual(['0 1 2', '0 1 2', '0 1 2', '0 1 2', '3 4']);
    expect(reasons).toEqual(['Error: no', 'Error: no', 'Error: no', undefined, undefined]);
    expect(recordsHandled).toBe(5);
    const waits = times.slice(1, 4).map((time, i) => time - (times[i] ?? 0));
    expect(waits[0]).toBeGreaterThan(45);
    expect(waits[1]).toBeGreaterThan(95);
    expect(waits[2]).toBeGreaterThan(195);
  });

  test('is given up after its retries, with a line that says what and why', async () => {
    const answer = (batch: string): Outcome => (batch.startsWith('0') ? error : success);
    const { batches, recordsHandled, recordsDiscarded, progress, log, shard } = await runToEnd(
      5,
      { batchSize: 3, maximumRetryAttempts: 2 },
      answer,
    );
    expect(batches).toEqual(['0 1 2', '0 1 2', '0 1 2', '3 4']);
    expect([recordsHandled, recordsDiscarded]).toEqual([2, 3]);
    expect(progress[0]).toEqual({ after: shard.sequenceNumber(2), window: undefined });
    expect(log).toEqual([
      `f: wildrydes shardId-000000000000: gave up 3 records, sequence numbers ${shard.sequenceNumber(0)} to ${shard.sequenceNumber(2)}, after 2 retries: Error: no`,
    ]);
  });

  test('with no retries at all is given up at once', async () => {
    const { batches, recordsDiscarded } = await runToEnd(
      4,
      { batchSize: 2, maximumRetryAttempts: 0 },
      () => error,
    );
    expect(batches).toEqual(['0 1', '2 3']);
    expect(recordsDiscarded).toBe(4);
  });

  test('without a bound is retried until its records expire; those that have not go on', async () => {
    const { shard, seen, make } = lane({ maximumRetryAttempts: -1 }, (batch) =>
      batch.includes('1') ? error : success,
    );
    put(shard, 4);
    shard.closed = true;
    const done = make().run();
    await until('there was a retry', () => seen.batches.length === 2);
    shard.first = 2;
    expect(await done).toBe(true);
    expect(seen.batches.slice(0, 2)).toEqual(['0 1 2 3', '0 1 2 3']);
    expect(seen.batches.at(-1)).toBe('2 3');
    expect([seen.recordsHandled, seen.recordsDiscarded]).toEqual([2, 2]);
    expect(seen.log.at(-1)).toContain('gave up 2 records');
    expect(seen.log.at(-1)).toContain('expired while retried: Error: no');
  });

  test('is given up whole when all of it expired', async () => {
    const { shard, seen, make } = lane({}, (batch) => (batch.startsWith('0') ? error : success));
    put(shard, 2);
    const done = make().run();
    await until('there was a retry', () => seen.batches.length === 2);
    shard.put('2');
    shard.first = 2;
    shard.closed = true;
    expect(await done).toBe(true);
    expect(seen.batches.at(-1)).toBe('2');
    expect([seen.recordsHandled, seen.recordsDiscarded]).toEqual([1, 2]);
  });
});

describe('a partial response', () => {
  test('moves on to the record that failed, and no further', async () => {
    let calls = 0;
    const { batches, handled, recordsHandled, shard } = await runToEnd(5, {}, (_, event) => {
      calls++;
      if (calls === 1) return failedAt(event.Records[2]?.kinesis);
      if (calls === 2) return failedAt(event.Records[0]?.kinesis);
      return success;
    });
    expect(batches).toEqual(['0 1 2 3 4', '2 3 4', '2 3 4']);
    expect(handled).toEqual([shard.sequenceNumber(1), shard.sequenceNumber(4)]);
    expect(recordsHandled).toBe(5);
  });

  test('is bounded by the retries of the record that fails', async () => {
    const { batches, recordsHandled, recordsDiscarded } = await runToEnd(
      5,
      { maximumRetryAttempts: 2, batchSize: 4 },
      (_, event) => {
        const poison = event.Records.find(
          (record) => Buffer.from(record.kinesis.data, 'base64').toString() === '2',
        );
        return poison === undefined ? success : failedAt(poison.kinesis);
      },
    );
    expect(batches).toEqual(['0 1 2 3', '2 3', '2 3', '4']);
    expect([recordsHandled, recordsDiscarded]).toEqual([3, 2]);
  });

  test('with an identifier outside the batch is a failed batch', async () => {
    let calls = 0;
    const { batches, reasons } = await runToEnd(2, {}, () =>
      ++calls === 1 ? failedAt({ sequenceNumber: '999' }) : success,
    );
    expect(batches).toEqual(['0 1', '0 1']);
    expect(reasons[0]).toContain('(given "999")');
  });

  test('is ignored when the mapping does not ask for it', async () => {
    const { batches, recordsHandled } = await runToEnd(2, { functionResponseTypes: [] }, (_, event) =>
      failedAt(event.Records[0]?.kinesis),
    );
    expect(batches).toEqual(['0 1']);
    expect(recordsHandled).toBe(2);
  });
});

describe('bisection', () => {
  test('halves a failed batch until the poisonous record stands alone, and gives up that one only', async () => {
    const poison = (batch: string): boolean => batch.split(' ').includes('5');
    const { batches, recordsHandled, recordsDiscarded, progress, shard } = await runToEnd(
      8,
      { bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 },
      (batch) => (poison(batch) ? error : success),
    );
    expect(batches).toEqual(['0 1 2 3 4 5 6 7', '0 1 2 3', '4 5 6 7', '4 5', '4', '5', '5', '6 7']);
    expect([recordsHandled, recordsDiscarded]).toEqual([7, 1]);
    expect(progress.map(({ after }) => shard.indexOf(after))).toEqual([3, 4, 5, 7]);
  });

  test('splits where a partial response says', async () => {
    const { batches, recordsHandled, recordsDiscarded } = await runToEnd(
      8,
      { bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 },
      (_, event) => {
        const poison = event.Records.find(
          (record) => Buffer.from(record.kinesis.data, 'base64').toString() === '5',
        );
        return poison === undefined ? success : failedAt(poison.kinesis);
      },
    );
    expect(batches).toEqual(['0 1 2 3 4 5 6 7', '5 6 7', '5', '6 7']);
    expect([recordsHandled, recordsDiscarded]).toEqual([7, 1]);
  });
});

describe('a lane', () => {
  test('begins where it is told', async () => {
    const { shard, seen, make } = lane({}, () => success);
    put(shard, 5);
    shard.closed = true;
    await make(3).run();
    expect(seen.batches).toEqual(['3 4']);
  });

  test('goes on with the oldest record when those before it expired unread', async () => {
    const { shard, seen, make } = lane({}, () => success);
    put(shard, 5);
    shard.first = 2;
    shard.closed = true;
    await make().run();
    expect(seen.batches).toEqual(['2 3 4']);
    expect(seen.recordsDiscarded).toBe(2);
    expect(seen.log).toEqual([
      'f: wildrydes shardId-000000000000: gave up 2 records that expired before they were read',
    ]);
  });

  test('never joins records across a gap', async () => {
    const { shard, seen, make } = lane({ maximumBatchingWindowInSeconds: 300 }, () => success);
    const running = make();
    const done = running.run();
    put(shard, 2);
    await new Promise((resolve) => setImmediate(resolve));
    put(shard, 3);
    shard.first = 4;
    await until('what was gathered is delivered', () => seen.recordsHandled === 2);
    shard.closed = true;
    running.wake();
    await done;
    expect(seen.batches).toEqual(['0 1', '4']);
    expect(seen.recordsDiscarded).toBe(2);
  });

  test('stops while it waits to retry, without counting what it did not send', async () => {
    const { shard, seen, make, stop } = lane({}, () => error);
    put(shard, 2);
    const done = make().run();
    await until('the batch failed', () => seen.reasons.length === 1);
    stop();
    expect(await done).toBe(false);
    expect(seen.batches).toEqual(['0 1']);
    expect([seen.recordsHandled, seen.recordsDiscarded]).toEqual([0, 0]);
  });

  test('takes the answer of an invocation that ends after it was stopped, and sends nothing more', async () => {
    let release: (() => void) | undefined;
    const { shard, seen, make, stop } = lane(
      { batchSize: 1 },
      () => new Promise((resolve) => (release = () => resolve(success))),
    );
    put(shard, 2);
    const done = make().run();
    await until('the first invocation began', () => seen.batches.length === 1);
    stop();
    release?.();
    expect(await done).toBe(false);
    expect(seen.batches).toEqual(['0']);
    expect(seen.recordsHandled).toBe(1);
  });

  test('leaves its position alone when the function was stopped under it', async () => {
    const { shard, seen, make, stop } = lane({ maximumRetryAttempts: 0 }, () => {
      stop();
      return { requestId: 'r', kind: 'stopped' };
    });
    put(shard, 2);
    const running = make();
    await running.run();
    expect([seen.recordsHandled, seen.recordsDiscarded, running.behind]).toEqual([0, 0, 2]);
    expect([seen.reasons, seen.troubles]).toEqual([[], []]);
  });

  test('reports a shard that cannot be read, and tries again', async () => {
    const { shard, seen, make } = lane({}, () => success);
    put(shard, 2);
    shard.closed = true;
    const read = shard.read.bind(shard);
    let tries = 0;
    shard.read = (...given) => {
      tries++;
      if (tries === 1) throw new Error('unreadable');
      return read(...given);
    };
    await make().run();
    expect(seen.troubles).toEqual([new Error('unreadable')]);
    expect(seen.batches).toEqual(['0 1']);
  });
});
