import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../telemetry/clock.ts';
import { BatchingWriter, type Entry, type WriterOptions } from './writer.ts';

type Tagged = Entry<number>;

/** What the fake stream does with one request. */
type Fate =
  | { kind: 'answer'; refuses?: (key: string, index: number) => string | undefined; after?: number }
  | { kind: 'error'; error: Error; carriedOut?: boolean; after?: number }
  | { kind: 'short'; after?: number };

interface Sent {
  readonly records: readonly { readonly id: number; readonly key: string; readonly size: number }[];
}

const ACCEPTED: Fate = { kind: 'answer' };

/** A stream of one shard behind `client.send`: the fate of each request is scripted, then all are accepted. */
class FakeStream {
  readonly requests: Sent[] = [];
  /** Ids in the order of acceptance, with the request that they came in. */
  readonly log: { readonly id: number; readonly key: string; readonly request: number }[] = [];
  readonly #fates: Iterator<Fate>;
  onSend: (sent: Sent) => void = () => {};
  inFlight = 0;

  constructor(fates: Iterable<Fate> = []) {
    this.#fates = fates[Symbol.iterator]();
  }

  get client(): KinesisClient {
    const send = (command: unknown, options?: { abortSignal?: AbortSignal }) =>
      this.#send(command, options?.abortSignal);
    return { send } as unknown as KinesisClient;
  }

  async #send(command: unknown, signal: AbortSignal | undefined) {
    if (!(command instanceof PutRecordsCommand)) throw new Error('not a PutRecords request');
    const records = (command.input.Records ?? []).map(({ Data, PartitionKey }) => ({
      id: idOf(Data!),
      key: PartitionKey!,
      size: Data!.byteLength + Buffer.byteLength(PartitionKey!),
    }));
    const request = this.requests.length;
    this.requests.push({ records });
    this.inFlight++;
    this.onSend({ records });
    const fate = this.#fates.next().value ?? ACCEPTED;
    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const abort = () => {
        clearTimeout(timer);
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      };
      signal?.addEventListener('abort', abort, { once: true });
      timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, fate.after ?? 1);
    }).finally(() => this.inFlight--);
    if (fate.kind === 'error') {
      if (fate.carriedOut) for (const record of records) this.#accept(record, request);
      throw fate.error;
    }
    const results = records.map((record, index) => {
      const code = fate.kind === 'answer' ? fate.refuses?.(record.key, index) : undefined;
      if (code !== undefined) return { ErrorCode: code, ErrorMessage: 'refused' };
      return { ShardId: 'shardId-000000000000', SequenceNumber: this.#accept(record, request) };
    });
    return { Records: fate.kind === 'short' ? results.slice(0, results.length >> 1) : results };
  }

  #accept(record: { id: number; key: string }, request: number): string {
    this.log.push({ id: record.id, key: record.key, request });
    return String(this.log.length);
  }
}

/** Outcomes that a writer reported. */
class Ledger {
  readonly settled = new Map<number, string>();
  readonly acknowledged: number[] = [];
  readonly failed = new Map<number, string>();
  readonly uncertain = new Map<number, number>();
  readonly sequenceNumbers = new Map<number, string>();

  get callbacks(): Pick<WriterOptions<number>, 'acknowledged' | 'failed' | 'uncertain'> {
    return {
      acknowledged: (entry, _shardId, sequenceNumber) => {
        this.#settle(entry, 'acknowledged');
        this.acknowledged.push(entry.tag);
        this.sequenceNumbers.set(entry.tag, sequenceNumber);
      },
      failed: (entry, reason) => {
        this.#settle(entry, 'failed');
        this.failed.set(entry.tag, reason);
      },
      uncertain: (entries) => {
        for (const { tag } of entries) this.uncertain.set(tag, (this.uncertain.get(tag) ?? 0) + 1);
      },
    };
  }

  #settle(entry: Tagged, how: string): void {
    if (this.settled.has(entry.tag)) throw new Error(`entry ${entry.tag} was settled twice`);
    this.settled.set(entry.tag, how);
  }
}

function entry(tag: number, key: string, time = tag, bytes = 0): Tagged {
  const data = Buffer.alloc(Math.max(4, bytes));
  data.writeUInt32BE(tag);
  return { key, data, time, tag };
}

function idOf(data: Uint8Array): number {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).readUInt32BE();
}

function serviceError(name: string, status: number, message = 'said the service'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const LOST = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
const REFUSED = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), {
  code: 'ECONNREFUSED',
  syscall: 'connect',
});
const THROTTLED = serviceError('ProvisionedThroughputExceededException', 400);

function writerFor(stream: FakeStream, ledger: Ledger, options: Partial<WriterOptions<number>> = {}) {
  return new BatchingWriter<number>({
    client: stream.client,
    streamName: 'wildrydes',
    random: () => 0.5,
    clock: systemClock,
    ...ledger.callbacks,
    ...options,
  });
}

/** Lets simulated time pass until the promise has settled. */
async function within<T>(promise: Promise<T>, milliseconds = 600_000): Promise<T> {
  let done = false;
  const watched = promise.finally(() => {
    done = true;
  });
  watched.catch(() => {});
  for (let passed = 0; !done; passed += 50) {
    if (passed > milliseconds) throw new Error(`not settled after ${milliseconds} simulated milliseconds`);
    await vi.advanceTimersByTimeAsync(50);
  }
  return watched;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('batches', () => {
  test('what is put in one turn goes in one request, at once', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    for (let i = 0; i < 20; i++) expect(writer.put(entry(i, `u${i % 5}`))).toBeUndefined();
    await Promise.resolve();
    expect(stream.requests.map((request) => request.records.length)).toEqual([20]);
    await within(writer.flush());
    expect(ledger.acknowledged).toHaveLength(20);
    expect(writer.buffered).toBe(0);
  });

  test('the limits of PutRecords are kept: 500 records, 10 MiB', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    for (let i = 0; i < 1_200; i++) void writer.put(entry(i, `u${i}`));
    for (let i = 1_200; i < 1_225; i++) void writer.put(entry(i, `u${i}`, i, 1_000_000));
    await within(writer.flush());
    expect(ledger.acknowledged).toHaveLength(1_225);
    for (const { records } of stream.requests) {
      expect(records.length).toBeLessThanOrEqual(500);
      expect(records.reduce((sum, record) => sum + record.size, 0)).toBeLessThanOrEqual(10 * 1024 * 1024);
    }
    // 25 MB need three requests; the small records fill up the first.
    expect(stream.requests.length).toBeLessThanOrEqual(6);
  });

  test('requests under way never exceed their number', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxInFlight: 2 });
    let most = 0;
    stream.onSend = () => {
      most = Math.max(most, stream.inFlight);
    };
    for (let i = 0; i < 3_000; i++) void writer.put(entry(i, `u${i}`));
    await within(writer.flush());
    expect(most).toBe(2);
  });
});

describe('entries that no stream accepts fail at once and alone', () => {
  test.each([
    [
      'a record over 1 MiB with its key',
      entry(1, 'Rocinante', 0, 1024 * 1024 - 8),
      /1048576 bytes.*given 1048577/,
    ],
    ['an empty key', entry(1, ''), /at least 1 character/],
    ['a key of 257 characters', entry(1, 'x'.repeat(257)), /256 characters \(given 257\)/],
  ])('%s', async (_, bad, reason) => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    void writer.put(entry(0, 'Shadowfax'));
    expect(writer.put(bad)).toBeUndefined();
    void writer.put(entry(2, 'Shadowfax'));
    await within(writer.flush());
    expect([...ledger.failed.keys()]).toEqual([1]);
    expect(ledger.failed.get(1)).toMatch(reason);
    expect(ledger.acknowledged).toEqual([0, 2]);
  });

  test('the largest record and a key of 256 characters outside the first plane are accepted', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    void writer.put(entry(0, 'Rocinante', 0, 1024 * 1024 - 9));
    void writer.put(entry(1, '🦄'.repeat(256)));
    await within(writer.flush());
    expect(ledger.acknowledged.toSorted()).toEqual([0, 1]);
  });

  test('one that only the service objects to fails alone, its neighbours are written', async () => {
    const rejects = (sent: Sent) => sent.records.some((record) => record.id === 137);
    const fates: Fate[] = [];
    const stream = new FakeStream({
      *[Symbol.iterator]() {
        for (;;) yield fates.shift() ?? ACCEPTED;
      },
    });
    stream.onSend = (sent) => {
      if (rejects(sent))
        fates.push({ kind: 'error', error: serviceError('ValidationException', 400, 'bad key') });
      else fates.push(ACCEPTED);
    };
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxAttempts: 2 });
    for (let i = 0; i < 500; i++) void writer.put(entry(i, `u${i % 50}`));
    await within(writer.flush());
    expect([...ledger.failed]).toEqual([[137, 'ValidationException: bad key']]);
    expect(ledger.acknowledged).toHaveLength(499);
    expect(ledger.uncertain.size).toBe(0);
  });
});

test('a refusal of the whole request is no attempt of the entries that it does not concern', async () => {
  const stream = new FakeStream([
    { kind: 'error', error: serviceError('ValidationException', 400) },
    { kind: 'error', error: THROTTLED },
  ]);
  const ledger = new Ledger();
  const writer = writerFor(stream, ledger, { maxAttempts: 2 });
  for (let i = 0; i < 2; i++) void writer.put(entry(i, `u${i}`));
  await within(writer.flush());
  expect(ledger.acknowledged.toSorted()).toEqual([0, 1]);
});

describe('back-pressure', () => {
  test.each([
    ['records', { maxBuffered: 5 }, 4],
    ['bytes', { maxBufferedBytes: 5_000 }, 1_001],
  ])('by %s', async (_, bound, bytes) => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const waiting: string[] = [];
    const writer = writerFor(stream, ledger, { ...bound, waiting: (reason) => waiting.push(reason) });
    for (let round = 0; round < 3; round++) {
      const rooms = [0, 1, 2, 3, 4].map((i) => writer.put(entry(round * 5 + i, `u${i}`, i, bytes - 2)));
      expect(rooms.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
      expect(rooms[4]).toBeInstanceOf(Promise);
      await within(Promise.resolve(rooms[4]));
      expect(writer.buffered).toBeLessThan(5);
      await within(writer.flush());
    }
    // Once a second at most, however often it has to wait.
    expect(waiting).toEqual(['the stream takes records slower than they come']);
  });
});

describe('failures', () => {
  test('only what failed is sent again, and before anything newer of its key', async () => {
    const stream = new FakeStream([
      {
        kind: 'answer',
        refuses: (key) => (key === 'A' ? 'ProvisionedThroughputExceededException' : undefined),
      },
    ]);
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    void writer.put(entry(0, 'A'));
    void writer.put(entry(1, 'B'));
    void writer.put(entry(2, 'A'));
    await Promise.resolve();
    void writer.put(entry(3, 'A'));
    void writer.put(entry(4, 'B'));
    await within(writer.flush());
    expect(stream.requests[0]!.records.map((record) => record.id)).toEqual([0, 2, 1]);
    const again = stream.requests.slice(1).flatMap((request) => request.records.map((record) => record.id));
    expect(again.filter((id) => [0, 2, 3].includes(id))).toEqual([0, 2, 3]);
    expect(again.filter((id) => id === 1)).toEqual([]);
    expect(ledger.uncertain.size).toBe(0);
  });

  test('an entry is given up after its attempts, with the last reason', async () => {
    const stream = new FakeStream(
      Array.from({ length: 3 }, (): Fate => ({ kind: 'error', error: THROTTLED })),
    );
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxAttempts: 3 });
    void writer.put(entry(0, 'A'));
    await within(writer.flush());
    expect(ledger.failed.get(0)).toBe(
      'given up after 3 attempts; the last one: ProvisionedThroughputExceededException: said the service',
    );
    expect(stream.requests).toHaveLength(3);
    void writer.put(entry(1, 'A'));
    await within(writer.flush());
    expect(ledger.acknowledged).toEqual([1]);
  });

  test.each([
    ['a lost answer', LOST],
    ['a server error', serviceError('InternalFailure', 500)],
    [
      'an unreadable answer',
      Object.assign(new SyntaxError('Unexpected token'), { $metadata: { httpStatusCode: 200 } }),
    ],
  ])('%s is uncertain, and the entry is sent again', async (_, error) => {
    const stream = new FakeStream([{ kind: 'error', error, carriedOut: true }]);
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    void writer.put(entry(0, 'A'));
    void writer.put(entry(1, 'B'));
    await within(writer.flush());
    expect([...ledger.uncertain]).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(ledger.acknowledged.toSorted()).toEqual([0, 1]);
    expect(stream.log).toHaveLength(4);
  });

  test.each([
    ['a refused connection', REFUSED],
    ['a throttled request', THROTTLED],
  ])('%s is certain, and the entry is sent again', async (_, error) => {
    const stream = new FakeStream([{ kind: 'error', error }]);
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    void writer.put(entry(0, 'A'));
    await within(writer.flush());
    expect(ledger.uncertain.size).toBe(0);
    expect(ledger.acknowledged).toEqual([0]);
  });

  test.each([
    [
      'a missing stream',
      serviceError('ResourceNotFoundException', 400, 'Stream wildrydes not found'),
      /not found/,
    ],
    [
      'no permission',
      serviceError('AccessDeniedException', 400, 'not authorized'),
      /AccessDenied.*not authorized/,
    ],
    [
      'no credentials',
      Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }),
      /Could not load credentials/,
    ],
  ])('%s fails everything after one attempt each', async (_, error, reason) => {
    const stream = new FakeStream(Array.from({ length: 100 }, (): Fate => ({ kind: 'error', error })));
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    for (let i = 0; i < 1_200; i++) void writer.put(entry(i, `u${i % 700}`));
    await within(writer.flush());
    expect(ledger.failed.size).toBe(1_200);
    expect(stream.requests.flatMap((request) => request.records)).toHaveLength(1_200);
    for (const given of ledger.failed.values()) expect(given).toMatch(reason);
    expect(ledger.uncertain.size).toBe(0);
  });

  test('a dead target fails everything within a minute, and a revived one is written to again', async () => {
    const stream = new FakeStream(
      Array.from({ length: 60 }, (): Fate => ({ kind: 'error', error: REFUSED })),
    );
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger);
    for (let i = 0; i < 9_000; i++) void writer.put(entry(i, `u${i % 3_000}`));
    await within(writer.flush(), 60_000);
    expect(ledger.failed.size).toBe(9_000);
    for (let i = 9_000; i < 30_000 && ledger.acknowledged.length === 0; i++) {
      void writer.put(entry(i, `u${i % 3_000}`));
      await within(writer.flush());
    }
    expect(ledger.acknowledged).toHaveLength(1);
  });

  test('a source three times as fast as the stream is slowed down, and nothing is given up', async () => {
    let tokens = 1_000;
    let refilled = 0;
    const started = performance.now();
    const take = (): string | undefined => {
      const now = performance.now() - started;
      tokens = Math.min(1_000, tokens + (now - refilled));
      refilled = now;
      if (tokens < 1) return 'ProvisionedThroughputExceededException';
      tokens--;
      return undefined;
    };
    const stream = new FakeStream({
      *[Symbol.iterator]() {
        for (;;) yield { kind: 'answer', refuses: take, after: 20 } satisfies Fate;
      },
    });
    const ledger = new Ledger();
    const waited: string[] = [];
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const writer = writerFor(stream, ledger, {
      random,
      maxBuffered: 3_000,
      waiting: (reason) => waited.push(reason),
    });
    const produce = async () => {
      for (let i = 0; i < 30_000; i++) {
        const room = writer.put(entry(i, `u${i % 300}`));
        if (room !== undefined) await room;
        expect(writer.buffered).toBeLessThanOrEqual(3_000);
        if (i % 3 === 0 && i % 300 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await writer.flush();
    };
    await within(produce());
    expect(ledger.failed.size).toBe(0);
    expect(ledger.acknowledged).toHaveLength(30_000);
    expect(waited.some((reason) => /Throughput/.test(reason))).toBe(true);
    // The stream takes 29 s for what exceeds its first thousand; slowing down must not waste more than it takes.
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});

describe('the spread', () => {
  test('nothing is sent that is more than maxSpread newer than the oldest unacknowledged entry', async () => {
    const stream = new FakeStream([{ kind: 'answer', after: 500 }]);
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxSpread: 4_000 });
    void writer.put(entry(0, 'A', 0));
    await Promise.resolve();
    void writer.put(entry(1, 'B', 4_000));
    void writer.put(entry(2, 'C', 4_001));
    await vi.advanceTimersByTimeAsync(400);
    expect(stream.requests.map((request) => request.records.map((record) => record.id))).toEqual([[0], [1]]);
    await within(writer.flush());
    expect(stream.requests.at(-1)!.records.map((record) => record.id)).toEqual([2]);
  });

  test('an older entry behind a newer one of its key does not stop the writer', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxSpread: 10 });
    void writer.put(entry(0, 'A', 1_000));
    void writer.put(entry(1, 'A', 0));
    void writer.put(entry(2, 'A', 1_000));
    void writer.put(entry(3, 'B', 500));
    await within(writer.flush());
    expect(stream.requests[0]!.records.map((record) => record.id)).toEqual([0, 1]);
    expect(ledger.acknowledged).toHaveLength(4);
  });
});

describe('the end', () => {
  test('close settles everything, wakes who waits, and sends nothing more', async () => {
    const stream = new FakeStream([{ kind: 'answer', after: 10_000 }]);
    const ledger = new Ledger();
    const writer = writerFor(stream, ledger, { maxBuffered: 3 });
    void writer.put(entry(0, 'A'));
    await Promise.resolve();
    void writer.put(entry(1, 'A'));
    const room = writer.put(entry(2, 'A'));
    expect(room).toBeInstanceOf(Promise);
    const flushed = writer.flush();
    writer.close();
    await within(Promise.all([room, flushed]));
    expect([...ledger.failed.keys()]).toEqual([0, 1, 2]);
    expect([...ledger.uncertain]).toEqual([[0, 1]]);
    expect(() => writer.put(entry(3, 'A'))).toThrow(/closed/);
    writer.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stream.requests).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a callback may close the writer', async () => {
    const stream = new FakeStream();
    const ledger = new Ledger();
    const { acknowledged, failed } = ledger.callbacks;
    const writer: BatchingWriter<number> = writerFor(stream, ledger, {
      acknowledged: (...args) => {
        acknowledged?.(...args);
        writer.close();
      },
      ...(failed ? { failed } : {}),
    });
    for (let i = 0; i < 5; i++) void writer.put(entry(i, `u${i}`));
    await within(writer.flush());
    expect(ledger.settled.size).toBe(5);
    expect(ledger.acknowledged).toEqual([0]);
    expect([...ledger.uncertain.keys()]).toEqual([1, 2, 3, 4]);
  });

  test('flush of an idle writer resolves at once', async () => {
    await writerFor(new FakeStream(), new Ledger()).flush();
  });
});

describe('under any schedule of faults', () => {
  const fate = fc.oneof(
    fc.record({ kind: fc.constant('answer' as const), after: fc.nat(300) }),
    fc
      .record({
        mask: fc.nat(),
        code: fc.constantFrom('ProvisionedThroughputExceededException', 'InternalFailure'),
        after: fc.nat(300),
      })
      .map(
        ({ mask, code, after }): Fate => ({
          kind: 'answer',
          after,
          refuses: (_, index) => ((mask >> (index % 31)) & 1 ? code : undefined),
        }),
      ),
    fc
      .record({ carriedOut: fc.boolean(), after: fc.nat(300) })
      .map((lost): Fate => ({ kind: 'error', error: LOST, ...lost })),
    fc.constantFrom<Fate>(
      { kind: 'error', error: THROTTLED },
      { kind: 'error', error: REFUSED },
      { kind: 'error', error: serviceError('ServiceUnavailable', 503), carriedOut: true },
      { kind: 'short' },
    ),
  );
  const source = fc.array(
    fc.record({
      key: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G'),
      step: fc.integer({ min: -3, max: 5 }),
      idle: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(200) }),
    }),
    { maxLength: 150 },
  );
  const limits = fc.record({
    maxSpread: fc.constantFrom(0, 4, 20, Number.POSITIVE_INFINITY),
    maxBuffered: fc.constantFrom(1, 7, 40),
    maxInFlight: fc.integer({ min: 1, max: 4 }),
    maxAttempts: fc.integer({ min: 1, max: 6 }),
  });

  test('each entry is settled once, and order, spread, requests and buffer stay within their bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 40 }),
        source,
        limits,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (fates, steps, options, draws) => {
          const stream = new FakeStream(fates as Fate[]);
          const ledger = new Ledger();
          const writer = writerFor(stream, ledger, { ...options, random: () => draws.next().value ?? 0 });
          const put: Tagged[] = [];
          const attempts = new Map<number, number>();
          stream.onSend = ({ records }) => {
            expect(stream.inFlight).toBeLessThanOrEqual(options.maxInFlight);
            const unsettled = put.filter(({ tag }) => !ledger.settled.has(tag));
            const oldest = unsettled.reduce((a, b) => (b.time < a.time ? b : a));
            const sent = new Set<number>();
            for (const { id, key } of records) {
              const older = unsettled.filter((other) => other.key === key && other.tag < id);
              // Everything older of the key is settled, or precedes it in this request: so one request per key, in order.
              for (const other of older) expect(sent).toContain(other.tag);
              expect(ledger.settled.has(id)).toBe(false);
              const opensTheWay = key === oldest.key && id < oldest.tag;
              if (!opensTheWay) expect(put[id]!.time - oldest.time).toBeLessThanOrEqual(options.maxSpread);
              sent.add(id);
              attempts.set(id, (attempts.get(id) ?? 0) + 1);
              expect(attempts.get(id)).toBeLessThanOrEqual(options.maxAttempts);
            }
          };
          const produce = async () => {
            let time = 0;
            for (const { key, step, idle } of steps) {
              time += step;
              const next = entry(put.length, key, time);
              put.push(next);
              const room = writer.put(next);
              expect(writer.buffered).toBeLessThanOrEqual(options.maxBuffered);
              if (room !== undefined) await room;
              if (idle > 0) await new Promise((resolve) => setTimeout(resolve, idle));
            }
            await writer.flush();
          };
          await within(produce());
          expect(writer.buffered).toBe(0);
          expect(ledger.settled.size).toBe(put.length);
          for (const { tag } of put) {
            const accepted = stream.log.filter((record) => record.id === tag).length;
            const acknowledged = ledger.settled.get(tag) === 'acknowledged' ? 1 : 0;
            const uncertain = ledger.uncertain.get(tag) ?? 0;
            expect(accepted).toBeGreaterThanOrEqual(acknowledged);
            expect(accepted).toBeLessThanOrEqual(acknowledged + uncertain);
            if (acknowledged) expect(stream.log[Number(ledger.sequenceNumbers.get(tag)) - 1]?.id).toBe(tag);
          }
          // In the stream, a first acceptance out of order is only possible where both went in one request.
          const first = new Map<number, number>();
          stream.log.forEach((record, position) => {
            if (!first.has(record.id)) first.set(record.id, position);
          });
          for (const [id, position] of first) {
            for (const [newer, other] of first) {
              if (newer <= id || put[newer]!.key !== put[id]!.key || other > position) continue;
              const shared = stream.requests.some(({ records }) =>
                [id, newer].every((tag) => records.some((record) => record.id === tag)),
              );
              expect(shared).toBe(true);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
