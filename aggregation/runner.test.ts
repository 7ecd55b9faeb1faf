import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyRecordHasOneFate } from '../telemetry/balance.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { QuarantineEntry } from '../telemetry/quarantine.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import type { Summary } from '../telemetry/summary.ts';
import { type CheckpointStore, memoryCheckpoints } from './checkpoint.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint-format.ts';
import { FakeKinesis, type Interference } from './fake-kinesis.ts';
import { Oracle } from './oracle.ts';
import { type Aggregation, startAggregation } from './runner.ts';

const STREAMS = { readings: 'readings', summaries: 'summaries', quarantine: 'quarantine' };
const NOON = Date.UTC(2026, 2, 1, 12);

/** A clock whose monotonic time a test may move on. */
class TestClock implements Clock {
  ahead = 0;

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now() + this.ahead;
  }
}

let kinesis: FakeKinesis;
let clock: TestClock;
let running: Aggregation[];

beforeEach(() => {
  kinesis = new FakeKinesis();
  for (const stream of Object.values(STREAMS)) kinesis.create(stream);
  clock = new TestClock();
  running = [];
});

afterEach(async () => {
  for (const aggregation of running) await aggregation.stop().catch(() => {});
});

async function start(checkpoint: CheckpointStore = memoryCheckpoints(), interfere?: Interference) {
  const aggregation = await startAggregation({
    client: kinesis.client(interfere),
    streams: STREAMS,
    checkpoint,
    clock,
    random: Math.random,
    pollInterval: 2,
  });
  running.push(aggregation);
  return aggregation;
}

interface Sensed {
  readonly name: string;
  /** Milliseconds from noon. */
  readonly at: number;
  readonly shard?: number;
}

/** Magic points tell readings apart. */
function put({ name, at, shard = 0 }: Sensed): { shardId: string; sequenceNumber: string } {
  const text = encodeReading({
    Name: name,
    StatusTime: new Date(NOON + at).toISOString().replace('T', ' ').replace('Z', ''),
    Latitude: 40,
    Longitude: -73,
    Distance: 30.1,
    MagicPoints: Math.floor(at / 1000),
    HealthPoints: 150,
  });
  return kinesis.put(STREAMS.readings, shard, text, { key: name, arrival: NOON + at });
}

/** One reading each second. */
function ride(name: string, from: number, to: number, shard = 0): void {
  for (let second = from; second < to; second++) put({ name, at: second * 1000, shard });
}

function summaries(): Summary[] {
  return kinesis.texts(STREAMS.summaries).map((text) => JSON.parse(text) as Summary);
}

function quarantined(): QuarantineEntry[] {
  return kinesis.texts(STREAMS.quarantine).map((text) => JSON.parse(text) as QuarantineEntry);
}

function minutes(): string[] {
  return summaries().map(
    ({ Name, StatusTime, Readings }) => `${Name} ${StatusTime.slice(11, 16)} ${Readings}`,
  );
}

async function eventually(test: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!test()) {
    if (performance.now() > deadline) expect.fail(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('the aggregation', () => {
  it('reads, closes windows, sends summaries, and keeps the books', async () => {
    ride('Rocinante', 0, 130);
    ride('Shadowfax', 50, 70);
    const aggregation = await start();
    await eventually(() => minutes().length === 2, 'two summaries');
    expect(summaries()[0]).toEqual({
      Name: 'Rocinante',
      StatusTime: '2026-03-01 12:00:00.000',
      Distance: 1806,
      MinMagicPoints: 0,
      MaxMagicPoints: 59,
      MinHealthPoints: 150,
      MaxHealthPoints: 150,
      Readings: 60,
    });
    expect(minutes()).toEqual(['Rocinante 12:00 60', 'Rocinante 12:01 60']);
    await eventually(() => aggregation.progress().tally.delivered === 150, 'everything judged');
    // Shadowfax's readings came in order after Rocinante's last: their windows had closed.
    expect(aggregation.progress(['Shadowfax']).tally).toMatchObject({ delivered: 20, late: 20 });
    expect(aggregation.progress()).toMatchObject({
      tally: { summarised: 120, late: 20, open: 10, quarantined: 0, duplicates: 0, summaries: 2 },
      watermark: NOON + 124_000,
      openWindows: 1,
      shards: [{ shardId: 'shardId-000000000000', millisBehindLatest: 0, watermark: NOON + 124_000 }],
      trouble: null,
    });
    expect(aggregation.progress([]).tally.delivered).toBe(0);
  });

  it('quarantines what is no reading, and what is from the future, with its position and reason', async () => {
    put({ name: 'Rocinante', at: 0 });
    const bad = kinesis.put(STREAMS.readings, 0, Uint8Array.of(0xff, 0x00), {
      key: 'somebody',
      arrival: NOON,
    });
    const early = kinesis.put(
      STREAMS.readings,
      0,
      encodeReading({
        Name: 'Rocinante',
        StatusTime: '2026-03-01 12:10:00.000',
        Latitude: 0,
        Longitude: 0,
        Distance: 1,
        MagicPoints: 1,
        HealthPoints: 1,
      }),
      { key: 'Rocinante', arrival: NOON },
    );
    const aggregation = await start();
    await eventually(() => quarantined().length === 2, 'two entries');
    const [first, second] = quarantined();
    expect(first).toMatchObject({ stream: 'readings', ...bad, payload: '/wA=', bytes: 2 });
    expect(second).toMatchObject({ stream: 'readings', ...early });
    expect(second!.reason).toBe(
      "StatusTime must be at most 300 s after the record's arrival, 2026-03-01 12:00:00.000 (given 2026-03-01 12:10:00.000)",
    );
    await eventually(() => aggregation.progress().outbox === 0, 'an empty outbox');
    expect(aggregation.progress(['somebody']).tally).toMatchObject({ delivered: 1, quarantined: 1 });
    expect(aggregation.progress().watermark).toBe(NOON - 5_000);
  });

  it('closes the last minute of a silent shard by the monotonic clock', async () => {
    put({ name: 'Rocinante', at: 10_000 });
    const aggregation = await start();
    await eventually(() => aggregation.progress().tally.open === 1, 'an open window');
    clock.ahead = 29_000;
    const { watermark } = aggregation.progress();
    expect(watermark).toBe(NOON + 5_000);
    clock.ahead = 56_000;
    await eventually(() => minutes().length === 1, 'the window closed');
    expect(aggregation.progress().watermark).toBeGreaterThanOrEqual(NOON + 60_000);
  });

  it('does not take a backlog that is hard to get for silence', async () => {
    ride('Rocinante', 0, 30);
    let blocked = false;
    const aggregation = await start(memoryCheckpoints(), (operation) => {
      if (blocked && operation === 'GetRecords')
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    await eventually(() => aggregation.progress().tally.open === 30, 'all read');
    blocked = true;
    await eventually(() => aggregation.progress().trouble !== null, 'trouble is told');
    expect(aggregation.progress().trouble).toContain('reading');
    clock.ahead = 3_600_000;
    ride('Rocinante', 30, 60);
    blocked = false;
    await eventually(() => aggregation.progress().tally.open === 60, 'the rest counts');
    expect(minutes()).toEqual([]);
    expect(aggregation.progress().trouble).toBeNull();
  });

  it('closes all windows on demand, after reading everything', async () => {
    kinesis.create(STREAMS.readings, 2);
    const aggregation = await start();
    ride('Rocinante', 0, 90);
    ride('Shadowfax', 0, 75, 1);
    await aggregation.closeWindows();
    expect(minutes()).toEqual([
      'Rocinante 12:00 60',
      'Shadowfax 12:00 60',
      'Rocinante 12:01 30',
      'Shadowfax 12:01 15',
    ]);
    expect(aggregation.progress()).toMatchObject({
      tally: { delivered: 165, summarised: 165, open: 0, summaries: 4 },
      outbox: 0,
      openWindows: 0,
    });
    await aggregation.closeWindows();
    expect(minutes().length).toBe(4);
  });

  it('goes on after a stop where it was, and sends nothing twice', async () => {
    const checkpoint = memoryCheckpoints();
    ride('Rocinante', 0, 100);
    const first = await start(checkpoint);
    await eventually(() => first.progress().tally.delivered === 100, 'all read');
    await first.stop();
    await first.stop();
    ride('Rocinante', 100, 130);
    const second = await start(checkpoint);
    await eventually(() => second.progress().tally.delivered === 130, 'the rest read');
    await second.closeWindows();
    expect(minutes()).toEqual(['Rocinante 12:00 60', 'Rocinante 12:01 60', 'Rocinante 12:02 10']);
  });

  it('refuses to start without its input stream, and says how to make one', async () => {
    kinesis.delete(STREAMS.readings);
    await expect(start()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no stream readings',
    });
  });

  it('keeps what a missing stream cannot take, tells so, and sends it when the stream is there', async () => {
    kinesis.delete(STREAMS.summaries);
    ride('Rocinante', 0, 70);
    const aggregation = await start();
    await eventually(() => aggregation.progress().trouble !== null, 'trouble is told');
    expect(aggregation.progress()).toMatchObject({ outbox: 1, tally: { summaries: 1 } });
    expect(aggregation.progress().trouble).toContain('summaries');
    kinesis.create(STREAMS.summaries);
    await eventually(() => aggregation.progress().outbox === 0, 'it was sent');
    expect(minutes()).toEqual(['Rocinante 12:00 60']);
    expect(aggregation.progress().trouble).toBeNull();
  });

  it('begins anew when its input stream was deleted and made again', async () => {
    ride('Rocinante', 0, 70);
    const aggregation = await start();
    await eventually(() => minutes().length === 1, 'a summary');
    kinesis.delete(STREAMS.readings);
    await eventually(
      () => aggregation.progress().trouble?.includes('there is no stream') === true,
      'trouble',
    );
    kinesis.create(STREAMS.readings);
    ride('Rocinante', 55, 130);
    await eventually(() => minutes().length === 2, 'another summary');
    // Seconds 55 to 59 are late; 60 to 69 are in the open window already.
    expect(minutes()).toEqual(['Rocinante 12:00 60', 'Rocinante 12:01 60']);
    expect(aggregation.progress().tally).toMatchObject({ delivered: 145, late: 5, duplicates: 10 });
    expect(aggregation.progress().trouble).toBeNull();
  });

  it('stops being asked to close windows when it stops', async () => {
    let blocked = false;
    const aggregation = await start(memoryCheckpoints(), (operation) => {
      if (blocked && operation === 'GetRecords')
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    blocked = true;
    const closing = expect(aggregation.closeWindows()).rejects.toThrow('stopped');
    await aggregation.stop();
    await closing;
  });
});

describe('several shards', () => {
  it('closes nothing before each shard has been asked: a backlog is not an empty shard', async () => {
    kinesis.create(STREAMS.readings, 2);
    kinesis.recordsPerAnswer = 150;
    ride('Rocinante', 0, 200, 0);
    ride('Shadowfax', 0, 200, 1);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const aggregation = await start(memoryCheckpoints(), async (operation, moment) => {
      // The second shard's first answer takes its time.
      if (operation === 'GetRecords' && moment === 'before' && ++asked === 2) await held;
    });
    await eventually(() => aggregation.progress().tally.delivered > 0, 'one shard was read');
    release();
    await aggregation.closeWindows();
    expect(aggregation.progress().tally).toMatchObject({ delivered: 400, late: 0, summarised: 400 });
    expect(minutes().filter((minute) => minute.endsWith(' 60')).length).toBe(6);
  });

  it('reads no shard far ahead of one with a backlog', async () => {
    kinesis.create(STREAMS.readings, 2);
    ride('Rocinante', 0, 1_200, 0);
    ride('Shadowfax', 0, 1_200, 1);
    const slow: (() => void)[] = [];
    let holding = true;
    let most = 0;
    const aggregation = await start(memoryCheckpoints(), async (operation, moment) => {
      if (operation !== 'GetRecords' || moment !== 'after') return;
      // Every other answer waits: whichever shard it belongs to falls behind.
      if (holding && slow.length === 0) await new Promise<void>((resolve) => slow.push(resolve));
    });
    await eventually(() => slow.length > 0, 'an answer waits');
    for (let turn = 0; turn < 40; turn++) {
      slow.pop()?.();
      await new Promise((resolve) => setImmediate(resolve));
      const marks = aggregation.progress().shards.map((shard) => shard.watermark ?? NOON - 5_000);
      most = Math.max(most, Math.abs(marks[0]! - marks[1]!));
    }
    holding = false;
    for (const release of slow.splice(0)) release();
    await aggregation.closeWindows();
    // Two minutes, and the records of one answer.
    expect(most).toBeLessThanOrEqual(120_000 + 10_000);
    expect(aggregation.progress().tally).toMatchObject({ delivered: 2_400, late: 0, summarised: 2_400 });
  });

  it('loses and delays nothing through a split and a merge', async () => {
    kinesis.create(STREAMS.readings, 2);
    const aggregation = await start();
    ride('Rocinante', 0, 40, 0);
    ride('Shadowfax', 0, 100, 1);
    kinesis.reshard(STREAMS.readings, [0], 2);
    ride('Rocinante', 40, 70, 2);
    ride('Bucephalus', 45, 100, 3);
    kinesis.reshard(STREAMS.readings, [2, 1], 1);
    ride('Rocinante', 70, 130, 4);
    await aggregation.closeWindows();
    expect(aggregation.progress().tally).toMatchObject({
      delivered: 285,
      late: 0,
      duplicates: 0,
      summarised: 285,
    });
    expect(minutes().toSorted()).toEqual([
      'Bucephalus 12:00 15',
      'Bucephalus 12:01 40',
      'Rocinante 12:00 60',
      'Rocinante 12:01 60',
      'Rocinante 12:02 10',
      'Shadowfax 12:00 60',
      'Shadowfax 12:01 40',
    ]);
    expect(aggregation.progress().shards.map((shard) => shard.shardId)).toEqual([
      'shardId-000000000003',
      'shardId-000000000004',
    ]);
  });

  it('holds windows open for the children of a split until they have been read', async () => {
    kinesis.create(STREAMS.readings, 2);
    ride('Rocinante', 0, 40, 0);
    kinesis.reshard(STREAMS.readings, [0], 2);
    ride('Rocinante', 40, 100, 2);
    ride('Shadowfax', 0, 100, 1);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let iterators = 0;
    let listingFails = true;
    let reads = 0;
    const aggregation = await start(memoryCheckpoints(), async (operation, moment) => {
      if (moment === 'after') return;
      // The first two are for the shards that there were at first.
      if (operation === 'GetShardIterator' && ++iterators > 2) await held;
      if (operation === 'GetRecords') reads++;
      // The third listing is the runner's own, in search of the children.
      if (operation === 'ListShards' && reads >= 4 && listingFails) {
        listingFails = false;
        throw new Error('listing failed');
      }
    });
    await eventually(
      () => aggregation.progress(['Shadowfax']).tally.delivered === 100,
      'the other shard is read',
    );
    const before = reads;
    await eventually(() => reads > before + 10 && iterators > 2, 'the children wait to be read');
    expect(minutes()).toEqual([]);
    release();
    await aggregation.closeWindows();
    expect(aggregation.progress().tally).toMatchObject({ delivered: 200, late: 0, summarised: 200 });
  });

  it('holds windows open for the child of a merge while its other parent is still being read', async () => {
    kinesis.create(STREAMS.readings, 2);
    kinesis.recordsPerAnswer = 80;
    ride('Rocinante', 0, 40, 0);
    ride('Shadowfax', 0, 100, 1);
    kinesis.reshard(STREAMS.readings, [0, 1], 1);
    ride('Rocinante', 40, 100, 2);
    const aggregation = await start();
    await aggregation.closeWindows();
    expect(aggregation.progress().tally).toMatchObject({ delivered: 200, late: 0, summarised: 200 });
  });

  it('lets an empty shard hold nothing back', async () => {
    kinesis.create(STREAMS.readings, 3);
    ride('Rocinante', 0, 70);
    await start();
    await eventually(() => minutes().length === 1, 'the window closed');
  });
});

/** Steps at which a run may be cut off: every save and every request, before and after it takes effect. */
class Crash {
  #left: number;
  happened = false;

  constructor(step: number) {
    this.#left = step;
  }

  step(): void {
    if (this.happened || this.#left-- === 0) {
      this.happened = true;
      throw new Error('crashed');
    }
  }
}

/** A store that, like a file, keeps bytes and not objects. */
function durable(): { store: (crash?: Crash) => CheckpointStore } {
  let bytes: Buffer | undefined;
  return {
    store: (crash) => ({
      load: async () => (bytes === undefined ? undefined : decodeCheckpoint(bytes)),
      save: async (checkpoint: Checkpoint) => {
        crash?.step();
        bytes = Buffer.concat([...encodeCheckpoint(checkpoint)]);
        crash?.step();
      },
    }),
  };
}

/** Runs until the crash, or until everything is done; returns whether it crashed. */
async function runInto(crash: Crash, disk: ReturnType<typeof durable>): Promise<boolean> {
  const stepping = new Set(['PutRecords', 'GetRecords']);
  let aggregation: Aggregation | undefined;
  try {
    aggregation = await start(disk.store(crash), (operation) => {
      if (stepping.has(operation) || crash.happened) crash.step();
    });
    const closed = aggregation.closeWindows().then(
      () => true,
      () => false,
    );
    let done = false;
    void closed.then((value) => {
      done = value;
    });
    await eventually(() => crash.happened || done, 'the end or the crash');
    if (done && !crash.happened) {
      await aggregation.stop();
      return crash.happened;
    }
  } catch (error) {
    if (!crash.happened) throw error;
  }
  await aggregation?.stop().catch(() => {});
  return true;
}

/** What the streams hold, each record once; fails if two records for the same key differ. */
function contents(): { summaries: string[]; quarantine: string[] } {
  const once = (texts: string[], keyOf: (text: string) => string) => {
    const byKey = new Map<string, string>();
    for (const text of texts) {
      const key = keyOf(text);
      if (byKey.has(key)) expect(text).toBe(byKey.get(key));
      byKey.set(key, text);
    }
    return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
  };
  return {
    summaries: once(kinesis.texts(STREAMS.summaries), (text) => {
      const { Name, StatusTime } = JSON.parse(text) as Summary;
      return `${StatusTime} ${Name}`;
    }),
    quarantine: once(kinesis.texts(STREAMS.quarantine), (text) => {
      const { shardId, sequenceNumber } = JSON.parse(text) as QuarantineEntry;
      return `${shardId} ${sequenceNumber}`;
    }),
  };
}

/** Readings in and out of order, twice, late, and records that are none; returns what the rules make of them. */
function putTroubledRide(): { summaries: string[]; bad: number } {
  const oracle = new Oracle();
  oracle.start('shard', []);
  const one = (name: string, at: number) => {
    put({ name, at });
    oracle.record('shard', {
      name,
      instant: BigInt(NOON + at),
      arrival: BigInt(NOON + at),
      micrometres: 30_100_000n,
      magic: Math.floor(at / 1000),
      health: 150,
      flaw: false,
    });
  };
  let bad = 0;
  for (let second = 0; second < 200; second += 5) {
    one('Rocinante', second * 1000);
    one('Shadowfax', second * 1000 - 3_000);
    if (second % 20 === 0) one('Rocinante', second * 1000);
    if (second % 50 === 5) one('Shadowfax', second * 1000 - 90_000);
    if (second % 40 === 10) {
      kinesis.put(STREAMS.readings, 0, `{"Name":${second}}`);
      bad++;
    }
  }
  one('Rocinante', 600_000);
  return { summaries: oracle.summaries.map((summary) => `${JSON.stringify(summary)}\n`), bad };
}

describe('crashes', () => {
  it('at any single step of reading, saving and sending change nothing of what is sent', async () => {
    let step = 0;
    for (let crashed = true; crashed; step++) {
      kinesis = new FakeKinesis();
      for (const stream of Object.values(STREAMS)) kinesis.create(stream);
      const expected = putTroubledRide();
      const disk = durable();
      crashed = await runInto(new Crash(step), disk);
      const last = await start(disk.store());
      await last.closeWindows();
      const { summaries, quarantine } = contents();
      expect(summaries.slice(0, -1), `crash at step ${step}`).toEqual(expected.summaries);
      expect(quarantine.length, `crash at step ${step}`).toBe(expected.bad);
      const { tally } = last.progress();
      expect(everyRecordHasOneFate(tally)).toBe(true);
      expect(tally.delivered).toBe(kinesis.texts(STREAMS.readings).length);
      await last.stop();
    }
    // Fewer would mean that the test has lost its grip on the steps.
    expect(step).toBeGreaterThan(30);
  });

  it('again and again change nothing either', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(25), { minLength: 2, maxLength: 8 }), async (crashes) => {
        kinesis = new FakeKinesis();
        for (const stream of Object.values(STREAMS)) kinesis.create(stream);
        const expected = putTroubledRide();
        const disk = durable();
        for (const step of crashes) await runInto(new Crash(step), disk);
        const last = await start(disk.store());
        await last.closeWindows();
        const { summaries, quarantine } = contents();
        expect(summaries.slice(0, -1)).toEqual(expected.summaries);
        expect(quarantine.length).toBe(expected.bad);
        expect(last.progress().tally.delivered).toBe(kinesis.texts(STREAMS.readings).length);
        await last.stop();
      }),
      { numRuns: 10 },
    );
  });

  it('leave in the checkpoint what is sent before it is sent', async () => {
    const disk = durable();
    const kept = new Set<string>();
    const store = disk.store();
    const unkept: string[] = [];
    const watched: CheckpointStore = {
      load: store.load,
      save: async (checkpoint) => {
        await store.save(checkpoint);
        for (const item of checkpoint.outbox) kept.add(item.text);
      },
    };
    putTroubledRide();
    let seen = 0;
    const aggregation = await start(watched, (operation, moment) => {
      if (operation !== 'PutRecords' || moment !== 'after') return;
      const sent = [...kinesis.texts(STREAMS.summaries), ...kinesis.texts(STREAMS.quarantine)];
      seen = sent.length;
      unkept.push(...sent.filter((text) => !kept.has(text)));
    });
    await aggregation.closeWindows();
    expect(seen).toBeGreaterThan(5);
    expect(unkept).toEqual([]);
  });
});

describe('checkpoints', () => {
  it('are not taken while nothing happens', async () => {
    let saves = 0;
    let reads = 0;
    const store = memoryCheckpoints();
    put({ name: 'Rocinante', at: 0 });
    const aggregation = await start(
      {
        load: store.load,
        save: async (checkpoint) => {
          saves++;
          await store.save(checkpoint);
        },
      },
      (operation) => {
        if (operation === 'GetRecords') reads++;
      },
    );
    await eventually(() => saves === 2, 'the reading is saved');
    const until = performance.now() + 1_500;
    const before = reads;
    await eventually(
      () => reads > before + 20 && performance.now() > until,
      'reads for longer than the interval',
    );
    expect(saves).toBe(2);
    expect(aggregation.progress().tally.open).toBe(1);
  });

  it('that fail are told, hold back what would be sent, and are tried again', async () => {
    const store = memoryCheckpoints();
    let full = false;
    ride('Rocinante', 0, 30);
    const aggregation = await start({
      load: store.load,
      save: async (checkpoint) => {
        if (full) throw new Error('no space left');
        await store.save(checkpoint);
      },
    });
    await eventually(() => aggregation.progress().tally.open === 30, 'the first readings');
    full = true;
    ride('Rocinante', 30, 70);
    await eventually(() => aggregation.progress().trouble !== null, 'trouble is told');
    expect(aggregation.progress().trouble).toBe('saving: no space left');
    await eventually(() => aggregation.progress().tally.summaries === 1, 'the window closed');
    expect(minutes()).toEqual([]);
    full = false;
    await eventually(() => minutes().length === 1, 'the summary is sent');
    expect(aggregation.progress().trouble).toBeNull();
  });

  it('are of one moment, however long they take to be written', async () => {
    const written: { kept: Checkpoint; taken: Checkpoint }[] = [];
    let saves = 0;
    ride('Rocinante', 0, 30);
    kinesis.put(STREAMS.readings, 0, 'no reading');
    const aggregation = await start({
      load: async () => undefined,
      save: async (kept) => {
        if (++saves !== 2) return;
        const taken = structuredClone(kept);
        ride('Rocinante', 30, 60);
        await eventually(() => aggregation.progress().tally.delivered === 61, 'more is read meanwhile');
        written.push({ kept, taken });
      },
    });
    await eventually(() => written.length > 0, 'a checkpoint is written');
    expect(written[0]!.taken.engine.ledger.keys).toContain('Rocinante');
    expect(written[0]!.kept).toEqual(written[0]!.taken);
  });

  it('that cannot be taken at the start end it', async () => {
    const failing: CheckpointStore = {
      load: async () => undefined,
      save: async () => {
        throw new Error('read-only');
      },
    };
    await expect(start(failing)).rejects.toThrow('read-only');
  });
});
