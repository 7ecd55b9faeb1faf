import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyRecordHasOneFate } from '../telemetry/balance.ts';
import type { DecodedReading, Invalid } from '../telemetry/reading.ts';
import type { Summary } from '../telemetry/summary.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-format.ts';
import { OUTCOME, WindowEngine } from './engine.ts';
import { Oracle, type OracleFate, type OracleReading } from './oracle.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

interface Sensed {
  name: string;
  /** Milliseconds from noon. */
  at: number;
  micrometres: number;
  magic: number;
  health: number;
}

function decoded(sensed: Sensed): DecodedReading {
  return {
    ok: true,
    reading: {
      Name: sensed.name,
      StatusTime: '',
      Latitude: 0,
      Longitude: 0,
      Distance: sensed.micrometres / 1e6,
      MagicPoints: sensed.magic,
      HealthPoints: sensed.health,
    },
    instant: NOON + sensed.at,
    micrometres: sensed.micrometres,
  };
}

function reading(name: string, at: number, more: Partial<Sensed> = {}): DecodedReading {
  return decoded({ name, at, micrometres: 30_000_000, magic: 150, health: 150, ...more });
}

const INVALID: Invalid = { ok: false, reason: 'no reading' };
const KEY = 'key';

const names = fc.constantFrom('Rocinante', 'Shadowfax', 'Bucephalus', '🦄', '__proto__');
const points = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const sensed = (at: fc.Arbitrary<number>): fc.Arbitrary<Sensed> =>
  fc.record({
    name: names,
    at,
    micrometres: fc.oneof(
      fc.integer({ min: 28_000_000, max: 32_000_000 }),
      fc.integer({ min: 0, max: 1e12 }),
    ),
    magic: points,
    health: points,
  });

/** What may happen to an engine, without regard to whether it makes sense for a stream. */
type Step =
  | { do: 'record'; shard: number; sensed: Sensed; ahead: number }
  | { do: 'invalid'; shard: number }
  | { do: 'silence'; shard: number; milliseconds: number }
  | { do: 'split'; shard: number }
  | { do: 'merge'; shard: number; other: number }
  | { do: 'snapshot' };

const shardNumber = fc.nat(5);
const steps = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        do: fc.constant('record' as const),
        shard: shardNumber,
        // Half-minute steps meet bounds and each other's instants often.
        sensed: sensed(
          fc.oneof(
            fc.integer({ min: 0, max: 12 }).map((n) => n * 30_000 + 5_000),
            fc.integer({ min: -20_000, max: 400_000 }),
            fc.integer({ min: 55_000, max: 70_000 }),
          ),
        ),
        ahead: fc.constantFrom(0, 0, 0, 0, 299_999, 300_000, 300_001),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('invalid' as const), shard: shardNumber }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('silence' as const),
        shard: shardNumber,
        milliseconds: fc.oneof(fc.constantFrom(29_999, 30_000), fc.nat(200_000)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('split' as const), shard: shardNumber }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('merge' as const), shard: shardNumber, other: shardNumber }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('snapshot' as const) }) },
  ),
  { minLength: 1, maxLength: 60 },
);

/** The engine, beside the oracle, on a stream that is split and merged. */
class Side {
  engine = new WindowEngine();
  readonly oracle = new Oracle();
  readonly summaries: Summary[] = [];
  readonly #live: string[] = [];
  #started = 0;

  constructor() {
    this.#start([]);
    this.#start([]);
  }

  take(step: Step): void {
    switch (step.do) {
      case 'record':
        this.#record(this.#shard(step.shard), step.sensed, step.ahead);
        break;
      case 'invalid':
        this.#invalid(this.#shard(step.shard));
        break;
      case 'silence': {
        const shard = this.#shard(step.shard);
        this.engine.silent(this.engine.startShard(shard, []), step.milliseconds);
        this.oracle.silence(shard, step.milliseconds);
        break;
      }
      case 'split': {
        const parent = this.#shard(step.shard);
        this.#start([parent]);
        this.#start([parent]);
        this.#finish(parent);
        break;
      }
      case 'merge': {
        const parents = [...new Set([this.#shard(step.shard), this.#shard(step.other)])];
        this.#start(parents);
        for (const parent of parents) this.#finish(parent);
        break;
      }
      case 'snapshot':
        this.engine = reborn(this.engine);
    }
    this.#close();
  }

  #record(shard: string, sensedNow: Sensed, ahead: number): void {
    const content = decoded(sensedNow);
    const arrival = content.instant - ahead;
    const outcome = this.engine.accept(this.engine.startShard(shard, []), content, KEY, arrival);
    const fate = this.oracle.record(shard, oracleReading(sensedNow, arrival));
    expect(outcome).toBe(OUTCOMES[fate]);
  }

  #invalid(shard: string): void {
    expect(this.engine.accept(this.engine.startShard(shard, []), INVALID, KEY, NOON)).toBe(OUTCOME.invalid);
    const nothing: Sensed = { name: KEY, at: 0, micrometres: 0, magic: 0, health: 0 };
    this.oracle.record(shard, { ...oracleReading(nothing, NOON), flaw: true });
  }

  #shard(number: number): string {
    return this.#live[number % this.#live.length]!;
  }

  #start(parents: string[]): void {
    const shardId = `shard-${this.#started++}`;
    this.engine.startShard(shardId, parents);
    this.oracle.start(shardId, parents);
    this.#live.push(shardId);
  }

  #finish(shardId: string): void {
    this.engine.finishShard(this.engine.startShard(shardId, []));
    this.oracle.finish(shardId);
    this.#live.splice(this.#live.indexOf(shardId), 1);
    this.#close();
  }

  #close(): void {
    this.engine.close((summary) => this.summaries.push(summary));
  }
}

const OUTCOMES: Readonly<Record<OracleFate, number>> = {
  open: OUTCOME.merged,
  summarised: OUTCOME.merged,
  duplicates: OUTCOME.duplicate,
  late: OUTCOME.late,
  quarantined: OUTCOME.future,
};

function oracleReading(sensedNow: Sensed, arrival: number): OracleReading {
  return {
    name: sensedNow.name,
    instant: BigInt(NOON + sensedNow.at),
    arrival: BigInt(arrival),
    micrometres: BigInt(sensedNow.micrometres),
    magic: sensedNow.magic,
    health: sensedNow.health,
    flaw: false,
  };
}

/** The engine as a restart finds it. */
function reborn(engine: WindowEngine): WindowEngine {
  const bytes = Buffer.concat([
    ...encodeCheckpoint({
      stream: { name: 'wildrydes', created: 0 },
      positions: new Map(),
      engine: engine.snapshot(),
      outbox: [],
      nextId: 1,
    }),
  ]);
  return new WindowEngine(decodeCheckpoint(bytes).engine);
}

describe('the engine and the rules', () => {
  it('judges every record and closes every window as the oracle does, across splits, merges, silences and restarts', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const side = new Side();
        for (const step of taken) {
          side.take(step);
          expect(everyRecordHasOneFate(side.engine.tally())).toBe(true);
          expect(side.engine.tally()).toEqual(side.oracle.tally());
          expect(side.engine.watermark).toBe(side.oracle.watermark);
        }
        expect(side.summaries).toEqual(side.oracle.summaries);
        for (const name of ['Rocinante', '__proto__', KEY, 'nobody']) {
          expect(side.engine.tally([name])).toEqual(side.oracle.tally(name));
        }
      }),
      { numRuns: 600 },
    );
  });
});

/** A ride of several unicorns and minutes, each reading once, in order of time. */
const ride = fc.uniqueArray(sensed(fc.integer({ min: 0, max: 240_000 })), {
  minLength: 1,
  maxLength: 80,
  selector: (one) => `${one.at} ${one.name}`,
});

/** Feeds a ride, in batches, to shards that have all given a reading before; then lets every window close. */
function summariesOf(given: readonly Sensed[], shardOf: (one: Sensed) => number, batch: number): Summary[] {
  const engine = new WindowEngine();
  const summaries: Summary[] = [];
  const shards = [0, 1].map((number) => engine.startShard(`shard-${number}`, []));
  for (const shard of shards) engine.accept(shard, reading('opener', -shard), KEY, NOON);
  for (const [index, one] of given.entries()) {
    engine.accept(shards[shardOf(one)]!, decoded(one), KEY, NOON + one.at);
    if (index % batch === 0) engine.close((summary) => summaries.push(summary));
  }
  for (const shard of shards) engine.accept(shard, reading('closer', 600_000 + shard), KEY, NOON + 600_000);
  engine.close((summary) => summaries.push(summary));
  return summaries.filter((summary) => summary.Name !== 'opener');
}

const firstShard = () => 0;

/** Each reading up to, and not quite, five seconds later than in order. */
function delayed(given: readonly Sensed[], delays: readonly number[]): Sensed[] {
  return given
    .map((one, index) => ({ one, sent: one.at + delays[index % delays.length]! }))
    .sort((a, b) => a.sent - b.sent)
    .map(({ one }) => one);
}

const delays = fc.array(fc.integer({ min: 0, max: 4_999 }), { minLength: 1, maxLength: 80 });

describe('the same readings give the same summaries', () => {
  it('in any order within the lateness, in batches of any size', () => {
    fc.assert(
      fc.property(ride, delays, fc.integer({ min: 1, max: 20 }), (given, lateness, batch) => {
        const inOrder = given.toSorted((a, b) => a.at - b.at);
        expect(summariesOf(delayed(inOrder, lateness), firstShard, batch)).toEqual(
          summariesOf(inOrder, firstShard, 1),
        );
      }),
    );
  });

  it('on one shard or on two, however they are interleaved', () => {
    fc.assert(
      fc.property(ride, fc.array(fc.boolean(), { minLength: 1 }), (given, turns) => {
        const inOrder = given.toSorted((a, b) => a.at - b.at);
        const shardOf = (one: Sensed) => one.name.length % 2;
        const queues = [0, 1].map((shard) => inOrder.filter((one) => shardOf(one) === shard));
        const interleaved: Sensed[] = [];
        for (let turn = 0; interleaved.length < inOrder.length; turn++) {
          const [wanted, other] = turns[turn % turns.length] ? queues : queues.toReversed();
          const next = wanted!.shift() ?? other!.shift();
          if (next) interleaved.push(next);
        }
        expect(summariesOf(interleaved, shardOf, 3)).toEqual(summariesOf(inOrder, firstShard, 1));
      }),
    );
  });

  it('with any of them repeated within the lateness', () => {
    fc.assert(
      fc.property(ride, delays, delays, (given, lateness, again) => {
        const inOrder = given.toSorted((a, b) => a.at - b.at);
        const twice = [
          ...inOrder.map((one, index) => ({ one, sent: one.at + lateness[index % lateness.length]! })),
          ...inOrder.map((one, index) => ({ one, sent: one.at + again[index % again.length]! })),
        ]
          .sort((a, b) => a.sent - b.sent)
          .map(({ one }) => one);
        expect(summariesOf(twice, firstShard, 1)).toEqual(summariesOf(inOrder, firstShard, 1));
      }),
    );
  });
});

describe('exactness', () => {
  it('sums distances beyond 2^53 micrometres without losing one', () => {
    const engine = new WindowEngine();
    const shard = engine.startShard('shard-0', []);
    const micrometres = 999_999_999_999;
    let exact = 0n;
    for (let at = 0; at < 20_000; at++) {
      engine.accept(shard, reading('Rocinante', at, { micrometres }), KEY, NOON);
      exact += BigInt(micrometres);
    }
    engine.accept(shard, reading('Rocinante', 65_000), KEY, NOON);
    const summaries: Summary[] = [];
    engine.close((summary) => summaries.push(summary));
    expect(exact > 2n ** 53n).toBe(true);
    expect(summaries[0]!.Distance).toBe(Number(`${exact / 1_000_000n}.${exact % 1_000_000n}`));
    expect(summaries[0]!.Readings).toBe(20_000);
  });

  it('tells every millisecond of a window apart, in whatever order they come', () => {
    const engine = new WindowEngine();
    const shard = engine.startShard('shard-0', []);
    // 7919 is prime to 60,000: each instant of the minute once, all over the place; then each once more.
    for (const round of [OUTCOME.merged, OUTCOME.duplicate]) {
      for (let n = 0; n < 60_000; n++) {
        const outcome = engine.accept(shard, reading('Rocinante', (n * 7_919) % 60_000), KEY, NOON + 60_000);
        if (outcome !== round) expect.fail(`reading ${n} was judged ${outcome}`);
      }
    }
    expect(engine.tally()).toMatchObject({ delivered: 120_000, open: 60_000, duplicates: 60_000 });
  });
});

describe('closing by force', () => {
  it('closes every window, and what comes for them afterwards is late', () => {
    const engine = new WindowEngine();
    const shard = engine.startShard('shard-0', []);
    engine.accept(shard, reading('Rocinante', 59_000), KEY, NOON + 60_000);
    engine.accept(shard, reading('Rocinante', 61_000), KEY, NOON + 60_000);
    const summaries: Summary[] = [];
    expect(engine.closeAll((summary) => summaries.push(summary))).toBe(2);
    expect(summaries.map((summary) => summary.StatusTime)).toEqual([
      '2026-03-01 12:00:00.000',
      '2026-03-01 12:01:00.000',
    ]);
    expect(engine.watermark).toBe(NOON + 120_000);
    expect(engine.accept(shard, reading('Rocinante', 119_999), KEY, NOON + 60_000)).toBe(OUTCOME.late);
    expect(engine.accept(shard, reading('Rocinante', 120_000), KEY, NOON + 60_000)).toBe(OUTCOME.merged);
    expect(engine.closeAll(() => {})).toBe(1);
  });

  it('without open windows changes nothing', () => {
    const engine = new WindowEngine();
    engine.startShard('shard-0', []);
    expect(engine.closeAll(() => expect.fail())).toBe(0);
    expect(engine.watermark).toBeNull();
  });
});

describe('a stream made anew', () => {
  it('leaves windows open, closed ones closed, and no old shard to hold them', () => {
    const engine = new WindowEngine();
    const before = engine.startShard('shard-0', []);
    engine.accept(before, reading('Rocinante', 10_000), KEY, NOON);
    engine.accept(before, reading('Rocinante', 70_000), KEY, NOON);
    engine.close(() => {});
    engine.forgetShards();
    const after = engine.startShard('shard-0', []);
    expect(engine.shards()).toMatchObject([{ watermark: null, given: false }]);
    expect(engine.accept(after, reading('Rocinante', 11_000), KEY, NOON)).toBe(OUTCOME.late);
    expect(engine.accept(after, reading('Rocinante', 130_000), KEY, NOON)).toBe(OUTCOME.merged);
    const summaries: Summary[] = [];
    engine.close((summary) => summaries.push(summary));
    expect(summaries).toMatchObject([{ StatusTime: '2026-03-01 12:01:00.000', Readings: 1 }]);
  });
});

describe('a snapshot', () => {
  it('stays as it was, whatever happens to the engine', () => {
    const engine = new WindowEngine();
    const shard = engine.startShard('shard-0', []);
    engine.accept(shard, reading('Rocinante', 10_000), KEY, NOON);
    engine.accept(shard, reading('Shadowfax', 20_000), KEY, NOON);
    const snapshot = engine.snapshot();
    const before = structuredClone(snapshot);
    engine.accept(shard, reading('Rocinante', 5_000, { magic: 1, health: 1 }), KEY, NOON);
    engine.accept(shard, reading('Bucephalus', 30_000), KEY, NOON);
    engine.accept(shard, INVALID, KEY, NOON);
    engine.accept(shard, reading('Rocinante', 70_000), KEY, NOON);
    engine.close(() => {});
    engine.finishShard(shard);
    expect(snapshot).toEqual(before);
  });
});

describe('memory', () => {
  it('holds the minute of a unicorn that sends each second in at most 250 bytes', () => {
    const engine = new WindowEngine();
    const shard = engine.startShard('shard-0', []);
    for (let second = 0; second < 60; second++) {
      for (let unicorn = 0; unicorn < 20_000; unicorn++) {
        engine.accept(shard, reading(`Unicorn-${unicorn}`, second * 1000), KEY, NOON + 60_000);
      }
    }
    const [window] = engine.snapshot().windows;
    const columns = [window!.unicorns, window!.figures, window!.distances, window!.offsets];
    const bytes = columns.reduce((sum, column) => sum + column.byteLength, 0);
    expect(bytes / 20_000).toBeLessThan(250);
    expect(engine.openWindows).toBe(20_000);
  });
});
