import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { type Position, type ReaderOptions, readStream, type ShardBatch } from './reader.ts';

interface StoredRecord {
  readonly sequenceNumber: string;
  readonly arrival: number;
}

interface StoredShard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly records: StoredRecord[];
  children: string[];
  closed: boolean;
}

interface Iterator {
  readonly shardId: string;
  readonly index: number;
  readonly expires: number;
}

const ITERATOR_LIFETIME = 300_000;

/** A stream behind `client.send`, with shards that split and merge, iterators that expire, and failures to order. */
class FakeStream {
  readonly shards = new Map<string, StoredShard>();
  readonly iterators = new Map<string, Iterator>();
  readonly requests: string[] = [];
  readonly iteratorTypes: string[] = [];
  readonly limits: number[] = [];
  /** Records per answer, however many are asked for. */
  pageSize = 3;
  shardsPerPage = 3;
  latency = 1;
  /** Time that the answer to a listing takes on its way: what it says is older by then. */
  listingLatency = 1;
  /** Whether GetRecords names the children of a shard that ends. */
  namesChildren = true;
  /** Time from which on listings show a shard's children. */
  listsChildrenAfter = 0;
  recordBytes = 8;
  #sequence = 0;
  #failures: { operation: string | undefined; error: Error }[] = [];

  constructor(shards = 1) {
    for (let i = 0; i < shards; i++) this.#open([]);
  }

  get client(): KinesisClient {
    const send = (command: unknown, options?: { abortSignal?: AbortSignal }) =>
      this.#send(command, options?.abortSignal);
    return { send } as unknown as KinesisClient;
  }

  get open(): string[] {
    return [...this.shards.values()].filter((shard) => !shard.closed).map((shard) => shard.id);
  }

  append(shardId: string, count = 1): void {
    const shard = this.shards.get(shardId)!;
    for (let i = 0; i < count; i++)
      shard.records.push({ sequenceNumber: String(++this.#sequence), arrival: Date.now() });
  }

  split(shardId: string): string[] {
    const parent = this.shards.get(shardId)!;
    parent.children = [this.#open([shardId]), this.#open([shardId])];
    parent.closed = true;
    return parent.children;
  }

  merge(one: string, other: string): string {
    const child = this.#open([one, other]);
    for (const id of [one, other]) {
      const parent = this.shards.get(id)!;
      parent.children = [child];
      parent.closed = true;
    }
    return child;
  }

  /** The next request of an operation, or of any, fails. */
  fail(error: Error, operation?: string): void {
    this.#failures.push({ operation, error });
  }

  #open(parents: string[]): string {
    const id = `shardId-${String(this.shards.size).padStart(12, '0')}`;
    this.shards.set(id, { id, parents, records: [], children: [], closed: false });
    return id;
  }

  async #send(command: unknown, signal?: AbortSignal): Promise<unknown> {
    const operation = (command as object).constructor.name.replace(/Command$/, '');
    this.requests.push(operation);
    const failure = this.#failures.findIndex(
      (one) => one.operation === undefined || one.operation === operation,
    );
    const error = failure === -1 ? undefined : this.#failures.splice(failure, 1)[0]!.error;
    const listing =
      command instanceof ListShardsCommand ? this.#listShards(command.input.NextToken) : undefined;
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
        listing ? this.listingLatency : this.latency,
      );
      signal?.addEventListener('abort', abort, { once: true });
    });
    if (error) throw error;
    if (listing) return listing;
    if (command instanceof GetShardIteratorCommand) return this.#getShardIterator(command.input);
    if (command instanceof GetRecordsCommand) return this.#getRecords(command.input);
    throw new Error(`unexpected ${operation}`);
  }

  #listShards(token: string | undefined) {
    const from = token === undefined ? 0 : Number(token);
    const visible = [...this.shards.values()].filter(
      (shard) => shard.parents.length === 0 || Date.now() >= this.listsChildrenAfter,
    );
    return {
      Shards: visible.slice(from, from + this.shardsPerPage).map((shard) => ({
        ShardId: shard.id,
        ParentShardId: shard.parents[0],
        AdjacentParentShardId: shard.parents[1],
        SequenceNumberRange: {
          StartingSequenceNumber: '0',
          EndingSequenceNumber: shard.closed ? '9' : undefined,
        },
      })),
      NextToken: from + this.shardsPerPage < visible.length ? String(from + this.shardsPerPage) : undefined,
    };
  }

  #getShardIterator(input: GetShardIteratorCommand['input']) {
    const shard = this.shards.get(input.ShardId ?? '');
    if (!shard) throw serviceError('ResourceNotFoundException', 'no such shard');
    const indexOf = (found: number) => (found === -1 ? shard.records.length : found);
    const starts: Record<string, () => number> = {
      TRIM_HORIZON: () => 0,
      LATEST: () => shard.records.length,
      AT_TIMESTAMP: () =>
        indexOf(shard.records.findIndex((record) => record.arrival >= input.Timestamp!.getTime())),
      AFTER_SEQUENCE_NUMBER: () =>
        indexOf(
          shard.records.findIndex(
            (record) => Number(record.sequenceNumber) > Number(input.StartingSequenceNumber),
          ),
        ),
    };
    const type = input.ShardIteratorType ?? '';
    this.iteratorTypes.push(type);
    return { ShardIterator: this.#iterator(shard.id, starts[type]!()) };
  }

  #iterator(shardId: string, index: number): string {
    const token = `${shardId}:${index}:${this.iterators.size}`;
    this.iterators.set(token, { shardId, index, expires: Date.now() + ITERATOR_LIFETIME });
    return token;
  }

  #getRecords(input: GetRecordsCommand['input']) {
    const iterator = this.iterators.get(input.ShardIterator ?? '');
    if (!iterator) throw serviceError('InvalidArgumentException', 'Invalid ShardIterator');
    if (iterator.expires <= Date.now()) throw serviceError('ExpiredIteratorException', 'Iterator expired');
    const shard = this.shards.get(iterator.shardId);
    if (!shard) throw serviceError('ResourceNotFoundException', 'no such shard');
    this.limits.push(input.Limit!);
    const next = Math.min(shard.records.length, iterator.index + Math.min(this.pageSize, input.Limit!));
    const ended = shard.closed && next === shard.records.length;
    return {
      Records: shard.records.slice(iterator.index, next).map((record) => ({
        SequenceNumber: record.sequenceNumber,
        PartitionKey: 'Rocinante',
        Data: Buffer.alloc(this.recordBytes),
        ApproximateArrivalTimestamp: new Date(record.arrival),
      })),
      MillisBehindLatest: next === shard.records.length ? 0 : 1_000,
      NextShardIterator: ended ? undefined : this.#iterator(shard.id, next),
      ChildShards:
        ended && this.namesChildren
          ? shard.children.map((id) => ({ ShardId: id, ParentShards: [...this.shards.get(id)!.parents] }))
          : undefined,
    };
  }
}

function serviceError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const THROTTLED = serviceError('ProvisionedThroughputExceededException', 'slow down');
const LIMITED = serviceError('LimitExceededException', 'slow down');
const BROKEN = serviceError('InternalFailure', 'oops', 500);
const LOST = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
const REFUSED = Object.assign(new Error('connect ECONNREFUSED'), {
  code: 'ECONNREFUSED',
  syscall: 'connect',
});
const EXPIRED = serviceError('ExpiredIteratorException', 'Iterator expired');

/** What a reader delivered, checked as it comes: one batch per shard at a time, none after the last. */
class Delivered {
  readonly records = new Map<string, string[]>();
  readonly finished: string[] = [];
  readonly batches: ShardBatch[] = [];
  readonly positions = new Map<string, Position>();
  readonly #busy = new Set<string>();

  get count(): number {
    return [...this.records.values()].reduce((sum, records) => sum + records.length, 0);
  }

  readonly onBatch = async (batch: ShardBatch): Promise<void> => {
    expect(this.#busy).not.toContain(batch.shardId);
    expect(this.finished).not.toContain(batch.shardId);
    this.#busy.add(batch.shardId);
    this.batches.push(batch);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const records = this.records.get(batch.shardId) ?? [];
    records.push(...batch.records.map((record) => record.sequenceNumber));
    this.records.set(batch.shardId, records);
    const last = batch.records.at(-1);
    if (last) this.positions.set(batch.shardId, { after: last.sequenceNumber });
    if (batch.finished) {
      this.finished.push(batch.shardId);
      this.positions.set(batch.shardId, 'finished');
    }
    this.#busy.delete(batch.shardId);
  };
}

function start(stream: FakeStream, delivered: Delivered, options: Partial<ReaderOptions> = {}) {
  const controller = new AbortController();
  const troubles: unknown[] = [];
  const done = readStream({
    client: stream.client,
    streamName: 'wildrydes',
    start: { from: 'start' },
    signal: controller.signal,
    clock: systemClock,
    random: () => 0.5,
    onBatch: delivered.onBatch,
    onTrouble: (error) => troubles.push(error),
    ...options,
  });
  let ended = false;
  done.then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  return { done, troubles, stop: () => controller.abort(), ended: () => ended };
}

async function until(condition: () => boolean, milliseconds = 600_000): Promise<void> {
  for (let passed = 0; !condition(); passed += 10) {
    if (passed > milliseconds)
      throw new Error(`did not come true within ${milliseconds} simulated milliseconds`);
    await vi.advanceTimersByTimeAsync(10);
  }
}

function everything(stream: FakeStream): Map<string, string[]> {
  return new Map(
    [...stream.shards.values()].map((shard) => [
      shard.id,
      shard.records.map((record) => record.sequenceNumber),
    ]),
  );
}

function expectParentsFirst(delivered: Delivered, stream: FakeStream): void {
  for (const [i, batch] of delivered.batches.entries()) {
    for (const parent of batch.parents) {
      if (!stream.shards.has(parent)) continue;
      const end = delivered.batches.findIndex((other) => other.shardId === parent && other.finished);
      expect(end).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThan(i);
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('reading', () => {
  test('every record of every shard, in order, and on at the tip', async () => {
    const stream = new FakeStream(7);
    for (const id of stream.open) stream.append(id, 10);
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.count === 70);
    stream.append(stream.open[3]!, 2);
    await until(() => delivered.count === 72);
    expect(delivered.records).toEqual(everything(stream));
    reader.stop();
    await reader.done;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a backlog is read without waiting, the tip at the poll interval', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 30);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { pollInterval: 5_000 });
    await until(() => delivered.count === 30, 1_000);
    const reads = stream.requests.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(stream.requests.length - reads).toBeGreaterThan(2);
    expect(stream.requests.length - reads).toBeLessThan(5);
    reader.stop();
    await reader.done;
  });

  test('no more is asked for than fits into memory', async () => {
    const stream = new FakeStream(8);
    stream.recordBytes = 100_000;
    for (const id of stream.open) stream.append(id, 12);
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.count === 96);
    for (const limit of stream.limits.slice(8)) {
      expect(limit).toBeGreaterThan(0);
      expect(limit * 100_000 * 8).toBeLessThanOrEqual(32 * 1024 * 1024);
    }
    reader.stop();
    await reader.done;
  });

  test.each([
    ['latest', { from: 'latest' } as const, 1],
    ['a time', { from: 'time', time: 5_000 } as const, 3],
    ['start', { from: 'start' } as const, 5],
  ])('from %s', async (_, from, expected) => {
    vi.setSystemTime(1_000);
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 2);
    vi.setSystemTime(6_000);
    stream.append(stream.open[0]!, 2);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { start: from });
    await until(() => delivered.batches.length > 0);
    stream.append(stream.open[0]!);
    await until(() => delivered.count === expected);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(delivered.count).toBe(expected);
    reader.stop();
    await reader.done;
  });
});

describe('resharding', () => {
  test.each([
    ['the last answer names the children', true, 0],
    ['only the listing does', false, 0],
    ['only a listing that lags behind does', false, 20_000],
  ])('a split and a merge, when %s', async (_, namesChildren, lag) => {
    const stream = new FakeStream();
    stream.namesChildren = namesChildren;
    stream.listsChildrenAfter = Date.now() + lag;
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    stream.append(stream.open[0]!, 5);
    await vi.advanceTimersByTimeAsync(1_000);
    const [left, right] = stream.split(stream.open[0]!);
    stream.append(left!, 4);
    stream.append(right!, 4);
    await vi.advanceTimersByTimeAsync(500);
    stream.append(stream.merge(left!, right!), 3);
    await until(() => delivered.count === 16, 120_000);
    expect(delivered.records).toEqual(everything(stream));
    expectParentsFirst(delivered, stream);
    reader.stop();
    await reader.done;
  });

  test('a child whose other parent is only in a later listing waits for it', async () => {
    const stream = new FakeStream(3);
    const [slow, merged, other] = stream.open as [string, string, string];
    stream.append(slow, 600);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { pollInterval: 10 });
    await until(() => delivered.batches.length > 6);
    stream.shardsPerPage = 100;
    stream.listingLatency = 300;
    stream.split(other);
    await until(() => delivered.finished.includes(other));
    // The listing that is under way knows nothing of what follows.
    await vi.advanceTimersByTimeAsync(50);
    const [, right] = stream.split(slow);
    stream.append(right!, 3);
    stream.append(stream.merge(right!, merged), 3);
    await until(() => delivered.finished.includes(merged));
    await until(() => delivered.count === 606);
    expectParentsFirst(delivered, stream);
    expect(delivered.records.get(right!)).toHaveLength(3);
    reader.stop();
    await until(reader.ended);
    await reader.done;
  });

  test('from the tip: what comes after a split is read whole', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 5);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { start: { from: 'latest' }, pollInterval: 1_000 });
    await until(() => delivered.batches.length > 0);
    const [left] = stream.split(stream.open[0]!);
    stream.append(left!, 4);
    await until(() => delivered.count === 4);
    reader.stop();
    await reader.done;
  });

  test('a shard that expires while it is read counts as finished', async () => {
    const stream = new FakeStream();
    const root = stream.open[0]!;
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.batches.length > 0);
    const [left] = stream.split(root);
    stream.shards.delete(root);
    stream.append(left!, 2);
    await until(() => delivered.count === 2);
    expect(delivered.finished).toEqual([root]);
    reader.stop();
    await reader.done;
  });
});

describe('iterators', () => {
  test('one that expired is renewed after the last record', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 4);
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.count === 4);
    stream.fail(EXPIRED, 'GetRecords');
    stream.append(stream.open[0]!, 4);
    await until(() => delivered.count === 8);
    expect(stream.iteratorTypes).toEqual(['TRIM_HORIZON', 'AFTER_SEQUENCE_NUMBER']);
    expect(delivered.records).toEqual(everything(stream));
    expect(reader.troubles).toEqual([EXPIRED]);
    reader.stop();
    await reader.done;
  });

  test('one that expired at the tip of a quiet shard skips nothing that came meanwhile', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 4);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { start: { from: 'latest' } });
    await until(() => delivered.batches.length > 2);
    // Ten minutes without an answer: longer than an iterator lives.
    for (let i = 0; i < 400; i++) stream.fail(REFUSED);
    await vi.advanceTimersByTimeAsync(1_000);
    stream.append(stream.open[0]!, 3);
    await until(() => delivered.count > 0, 3_600_000);
    expect(stream.iteratorTypes).toEqual(['LATEST', 'AT_TIMESTAMP']);
    expect(delivered.records.get(stream.open[0]!)).toEqual(['5', '6', '7']);
    reader.stop();
    await reader.done;
  });

  test('those that a restarted service no longer knows are renewed', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 4);
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.count === 4);
    stream.iterators.clear();
    stream.append(stream.open[0]!, 4);
    await until(() => delivered.count === 8);
    expect(delivered.records).toEqual(everything(stream));
    reader.stop();
    await reader.done;
  });

  test('those that always expire are renewed at a bounded rate', async () => {
    const stream = new FakeStream();
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    for (let i = 0; i < 1_000; i++) stream.fail(EXPIRED, 'GetRecords');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stream.requests.length).toBeLessThan(100);
    reader.stop();
    await reader.done;
  });
});

describe('failures', () => {
  test.each([
    ['throttling', THROTTLED],
    ['a limit', LIMITED],
    ['a server error', BROKEN],
    ['a lost answer', LOST],
    ['a refused connection', REFUSED],
  ])('%s is retried without losing the position', async (_, error) => {
    const stream = new FakeStream(2);
    for (const id of stream.open) stream.append(id, 7);
    const delivered = new Delivered();
    for (const operation of ['ListShards', 'GetShardIterator', 'GetRecords', 'GetRecords'])
      stream.fail(error, operation);
    const reader = start(stream, delivered);
    await until(() => delivered.count === 14);
    expect(reader.troubles).toEqual([error, error, error, error]);
    expect(delivered.records).toEqual(everything(stream));
    reader.stop();
    await reader.done;
  });

  test('a throttled shard is read no faster than AWS allows', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 60);
    stream.fail(THROTTLED, 'GetRecords');
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stream.requests.filter((operation) => operation === 'GetRecords').length).toBeLessThan(9);
    await until(() => delivered.count === 60);
    reader.stop();
    await reader.done;
  });

  test('a stream that does not exist', async () => {
    const stream = new FakeStream();
    stream.fail(serviceError('ResourceNotFoundException', 'Stream wildrydes not found'), 'ListShards');
    const reader = start(stream, new Delivered());
    const settled = expect(reader.done).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no stream wildrydes',
    });
    await until(reader.ended);
    await settled;
  });

  test('a stream that is deleted while it is read', async () => {
    const stream = new FakeStream(2);
    const delivered = new Delivered();
    const reader = start(stream, delivered);
    await until(() => delivered.batches.length > 3);
    const settled = expect(reader.done).rejects.toBeInstanceOf(WildRydesError);
    const gone = serviceError('ResourceNotFoundException', 'Stream wildrydes not found');
    for (const operation of ['GetRecords', 'GetRecords', 'ListShards', 'ListShards'])
      stream.fail(gone, operation);
    await until(reader.ended);
    await settled;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('no permission ends reading and says so', async () => {
    const stream = new FakeStream(2);
    stream.fail(serviceError('AccessDeniedException', 'not authorized'), 'GetRecords');
    const reader = start(stream, new Delivered());
    const settled = expect(reader.done).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'the stream wildrydes cannot be used: AccessDeniedException: not authorized',
    });
    await until(reader.ended);
    await settled;
  });

  test('an error of onBatch ends reading and is thrown as it is', async () => {
    const stream = new FakeStream(3);
    const bug = new Error('the disk is full');
    const reader = start(stream, new Delivered(), {
      onBatch: () => {
        throw bug;
      },
    });
    const settled = expect(reader.done).rejects.toBe(bug);
    await until(reader.ended);
    await settled;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('abort', () => {
  test('before the start, nothing is asked', async () => {
    const stream = new FakeStream();
    await readStream({
      client: stream.client,
      streamName: 'wildrydes',
      start: { from: 'start' },
      signal: AbortSignal.abort(),
      clock: systemClock,
      onBatch: () => {},
    });
    expect(stream.requests).toEqual([]);
  });

  test.each([
    ['sleeps at the tip', () => {}],
    ['waits for an answer', (stream: FakeStream) => (stream.latency = 1e6)],
    ['backs off', (stream: FakeStream) => Array.from({ length: 50 }, () => stream.fail(REFUSED))],
  ])('wakes a reader that %s', async (_, hinder) => {
    const stream = new FakeStream(3);
    const delivered = new Delivered();
    const reader = start(stream, delivered, { pollInterval: 1e6 });
    await until(() => delivered.batches.length === 3);
    hinder(stream);
    await vi.advanceTimersByTimeAsync(1e6 + 5_000);
    reader.stop();
    await reader.done;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for the batch that is being handled, and delivers none after it', async () => {
    const stream = new FakeStream();
    stream.append(stream.open[0]!, 9);
    let handled = 0;
    let release = () => {};
    const reader = start(stream, new Delivered(), {
      onBatch: () =>
        new Promise<void>((resolve) => {
          release = () => {
            handled++;
            resolve();
          };
        }),
    });
    await vi.advanceTimersByTimeAsync(100);
    reader.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(reader.ended()).toBe(false);
    release();
    await reader.done;
    expect(handled).toBe(1);
  });
});

describe('under any schedule of appends, resharding and failures', () => {
  const event = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        shard: fc.nat(),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), shard: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('merge' as const), shard: fc.nat(), other: fc.nat() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('fail' as const),
        error: fc.constantFrom(THROTTLED, LIMITED, BROKEN, LOST, REFUSED),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(2_000) }) },
  );
  type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

  async function play(stream: FakeStream, events: readonly Event[]): Promise<void> {
    for (const step of events) {
      const open = stream.open;
      const shardId = 'shard' in step ? open[step.shard % open.length]! : '';
      if (step.kind === 'append') stream.append(shardId, step.count);
      else if (step.kind === 'split' && stream.shards.size < 20) stream.split(shardId);
      else if (step.kind === 'merge' && open.length > 1) {
        const others = open.filter((id) => id !== shardId);
        stream.merge(shardId, others[step.other % others.length]!);
      } else if (step.kind === 'fail') stream.fail(step.error);
      else if (step.kind === 'expire') stream.fail(EXPIRED, 'GetRecords');
      else if (step.kind === 'wait') await vi.advanceTimersByTimeAsync(step.milliseconds);
    }
  }

  const total = (stream: FakeStream) =>
    [...everything(stream).values()].reduce((sum, all) => sum + all.length, 0);

  test('every record is delivered once, in order, parents before children', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        async (events, shards, named, listingLatency) => {
          const stream = new FakeStream(shards);
          stream.listingLatency = listingLatency;
          stream.namesChildren = named;
          const delivered = new Delivered();
          const reader = start(stream, delivered);
          await play(stream, events);
          await until(() => delivered.count >= total(stream));
          await vi.advanceTimersByTimeAsync(2_000);
          reader.stop();
          await until(reader.ended);
          await reader.done;
          const expected = everything(stream);
          for (const [id, records] of expected) expect(delivered.records.get(id) ?? []).toEqual(records);
          expectParentsFirst(delivered, stream);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('stopped and resumed at its positions, it skips and repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, { maxLength: 15 }), { minLength: 2, maxLength: 4 }),
        async (sessions) => {
          const stream = new FakeStream(2);
          const delivered = new Delivered();
          for (const id of stream.open) stream.append(id);
          for (const events of sessions) {
            const reader = start(stream, delivered, { positions: new Map(delivered.positions) });
            await play(stream, events);
            reader.stop();
            await until(reader.ended);
            await reader.done;
            // What happens while nobody reads is read later.
            await play(
              stream,
              events.filter(({ kind }) => kind !== 'fail' && kind !== 'expire'),
            );
          }
          const reader = start(stream, delivered, { positions: new Map(delivered.positions) });
          await until(() => delivered.count >= total(stream));
          reader.stop();
          await until(reader.ended);
          await reader.done;
          for (const [id, records] of everything(stream))
            expect(delivered.records.get(id) ?? []).toEqual(records);
        },
      ),
      { numRuns: 40 },
    );
  });
});
