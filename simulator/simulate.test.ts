import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Emission, Sink } from './emission.ts';
import { createFaults, type FaultRates } from './faults.ts';
import { Fleet } from './fleet.ts';
import { acceleratedPacer, type Pacer, realTimePacer } from './pacing.ts';
import { type SimulationOptions, simulate } from './simulate.ts';

const START = Date.UTC(2026, 2, 29, 0, 59, 50);

class Recorder implements Sink {
  readonly emissions: Emission[] = [];
  flushed = 0;

  put(emission: Emission): void | Promise<void> {
    this.emissions.push(emission);
  }

  async flush() {
    this.flushed++;
  }

  async close() {}

  of(name: string): string[] {
    return this.emissions
      .filter(({ key }) => key === name)
      .map(({ data }) => Buffer.from(data).toString('latin1'));
  }

  times(): string[] {
    return this.emissions.map(({ reading }) => reading!.StatusTime.slice(11, 19));
  }
}

function fleet(names = ['Rocinante'], seed = '7') {
  return new Fleet({ names, seed, start: START, scenario: 'classic' });
}

function atFullSpeed(): Pacer {
  return acceleratedPacer({
    start: START,
    speed: Number.POSITIVE_INFINITY,
    monotonic: () => performance.now(),
  });
}

/** A wall clock that moves when somebody waits for it, and a pacer by it. */
function fakeRealTime() {
  const wall = { now: START };
  const clock = { now: () => wall.now, monotonic: () => wall.now };
  const pacer = realTimePacer(clock, async (milliseconds) => {
    wall.now += milliseconds;
  });
  return { wall, pacer };
}

function run(options: Partial<SimulationOptions> & { sink: Sink }) {
  return simulate({
    fleet: fleet(),
    faults: undefined,
    pacer: atFullSpeed(),
    signal: new AbortController().signal,
    ...options,
  });
}

describe('a run', () => {
  test('gives every unicorn a reading a second, in order', async () => {
    const sink = new Recorder();
    const ticks: number[] = [];
    const produced = await run({
      fleet: fleet(['Arion', 'Grani']),
      sink,
      count: 3,
      onTick: (time) => {
        expect(sink.emissions).toHaveLength(2 * (ticks.length + 1));
        ticks.push(time);
      },
    }).done;
    expect(sink.times()).toEqual(['00:59:50', '00:59:50', '00:59:51', '00:59:51', '00:59:52', '00:59:52']);
    expect(sink.emissions.map(({ key }) => key)).toEqual([
      'Arion',
      'Grani',
      'Arion',
      'Grani',
      'Arion',
      'Grani',
    ]);
    expect(sink.emissions.map(({ time }) => formatStatusTime(time))).toEqual(
      sink.emissions.map(({ reading }) => reading!.StatusTime),
    );
    expect(ticks).toEqual([START, START + 1_000, START + 2_000]);
    expect(produced).toMatchObject({ produced: 6, attempted: 6, missing: 0, skippedSeconds: 0 });
    expect(sink.flushed).toBe(1);
  });

  test.each([
    { duration: 5_000, seconds: 5 },
    { duration: 4_001, seconds: 5 },
    { duration: 0, seconds: 0 },
  ])('of $duration ms has $seconds readings', async ({ duration, seconds }) => {
    const sink = new Recorder();
    await run({ sink, duration }).done;
    expect(sink.emissions).toHaveLength(seconds);
    expect(sink.flushed).toBe(1);
  });

  test('shows its counts while it goes on', async () => {
    const sink = new Recorder();
    const abort = new AbortController();
    const simulation = run({
      sink,
      signal: abort.signal,
      onTick: () => {
        expect(simulation.counts()).toMatchObject({
          produced: sink.emissions.length,
          attempted: sink.emissions.length,
        });
        if (sink.emissions.length === 10) abort.abort();
      },
    });
    expect(await simulation.done).toEqual(simulation.counts());
    expect(simulation.counts().produced).toBe(10);
  });

  test('fails as its sink fails', async () => {
    const full = new Error('the disk is full');
    const sink: Sink = {
      put: () => {
        throw full;
      },
      flush: async () => {},
      close: async () => {},
    };
    await expect(run({ sink, count: 2 }).done).rejects.toBe(full);
    const later: Sink = { put: () => Promise.reject(full), flush: async () => {}, close: async () => {} };
    await expect(run({ sink: later, count: 2 }).done).rejects.toBe(full);
  });
});

describe('the readings of a unicorn', () => {
  const timeZone = process.env.TZ;
  afterEach(() => {
    if (timeZone === undefined) delete process.env.TZ;
    else process.env.TZ = timeZone;
  });

  async function bytes(options: Partial<SimulationOptions>) {
    const sink = new Recorder();
    await run({ sink, count: 120, ...options }).done;
    return sink.of('Rocinante');
  }

  test('are the same bytes beside others, at any speed, with any sink, in any time zone', async () => {
    const expected = await bytes({});
    expect(expected).toHaveLength(120);
    const others = ['Arion', 'Rocinante', 'Grani', 'Bayard 🦄'];
    expect(await bytes({ fleet: fleet(others) })).toEqual(expected);
    expect(await bytes({ pacer: fakeRealTime().pacer })).toEqual(expected);
    const quick = acceleratedPacer({ start: START, speed: 5_000, monotonic: () => performance.now() });
    expect(await bytes({ pacer: quick })).toEqual(expected);

    const hesitant = new Recorder();
    const put = hesitant.put.bind(hesitant);
    hesitant.put = (emission) => {
      put(emission);
      return hesitant.emissions.length % 3 === 0
        ? new Promise((resolve) => setImmediate(resolve))
        : undefined;
    };
    await run({ sink: hesitant, fleet: fleet(others), count: 120 }).done;
    expect(hesitant.of('Rocinante')).toEqual(expected);

    const zones = { 'Pacific/Kiritimati': -840, 'Europe/Berlin': -60, 'America/St_Johns': 150 };
    for (const [zone, offset] of Object.entries(zones)) {
      process.env.TZ = zone;
      expect(new Date(START).getTimezoneOffset()).toBe(offset);
      expect(await bytes({})).toEqual(expected);
    }
  });

  test('are others with another seed', async () => {
    const expected = await bytes({});
    expect(await bytes({ fleet: fleet(['Rocinante'], '8') })).not.toEqual(expected);
  });
});

describe('a run that falls behind', () => {
  test('after the laptop slept goes on from now, without a burst, with the readings it would have had', async () => {
    const whole = new Recorder();
    await run({ sink: whole, count: 130 }).done;

    const { wall, pacer } = fakeRealTime();
    const sink = new Recorder();
    const at: number[] = [];
    const produced = await run({
      sink,
      pacer,
      count: 20,
      onTick: () => {
        at.push(wall.now);
        if (at.length === 10) wall.now += 100_300;
      },
    }).done;
    expect(produced).toMatchObject({ produced: 20, attempted: 20, skippedSeconds: 99 });
    expect(sink.of('Rocinante')).toEqual([
      ...whole.of('Rocinante').slice(0, 10),
      ...whole.of('Rocinante').slice(109, 119),
    ]);
    // The first one after the gap is the one of this very second, and the next ones come a second apart.
    expect(sink.emissions[10]!.time).toBe(START + 109_000);
    expect(at.slice(10).map((time) => time - START)).toEqual([
      109_300,
      ...Array.from({ length: 9 }, (_, i) => 110_000 + i * 1_000),
    ]);
  });

  test('catches up with a gap of four seconds', async () => {
    const { wall, pacer } = fakeRealTime();
    const sink = new Recorder();
    const produced = await run({
      sink,
      pacer,
      count: 20,
      onTick: (time) => {
        if (time === START + 9_000) wall.now += 5_000;
      },
    }).done;
    expect(produced.skippedSeconds).toBe(0);
    expect(new Set(sink.times()).size).toBe(20);
  });

  test('ends by its duration even if that passed in the gap', async () => {
    const { wall, pacer } = fakeRealTime();
    const sink = new Recorder();
    await run({
      sink,
      pacer,
      duration: 60_000,
      onTick: () => {
        wall.now += 500_000;
      },
    }).done;
    expect(sink.emissions).toHaveLength(1);
  });

  test('sends what was held back during the gap as soon as it goes on', async () => {
    const { wall, pacer } = fakeRealTime();
    const sink = new Recorder();
    const held = run({
      sink,
      pacer,
      faults: createFaults({ late: 1 }),
      count: 6,
      onTick: () => {
        if (sink.emissions.length === 0) wall.now += 20_000;
      },
    });
    expect((await held.done).attempted).toBe(6);
    expect(sink.emissions.every(({ time, reading }) => formatStatusTime(time) > reading!.StatusTime)).toBe(
      true,
    );
  });

  test('never puts while the sink is full', async () => {
    let full = false;
    let overrun = 0;
    const sink = new Recorder();
    const put = sink.put.bind(sink);
    sink.put = (emission) => {
      if (full) overrun++;
      put(emission);
      full = true;
      return new Promise((resolve) =>
        setImmediate(() => {
          full = false;
          resolve();
        }),
      );
    };
    const faults = createFaults({ duplicate: 0.5, shuffle: 0.3 });
    await run({ sink, fleet: fleet(['Arion', 'Grani', 'Bayard']), faults, count: 50 }).done;
    expect([overrun, sink.emissions.length > 150]).toEqual([0, true]);
  });
});

describe('an aborted run', () => {
  test('ends at once while it waits for the next second, and flushes', async () => {
    const abort = new AbortController();
    const sink = new Recorder();
    const pacer = realTimePacer({ now: () => START, monotonic: () => 0 });
    const { done } = run({
      sink,
      pacer,
      signal: abort.signal,
      onTick: () => setImmediate(() => abort.abort()),
    });
    expect((await done).produced).toBe(1);
    expect(sink.flushed).toBe(1);
  });

  test('ends at once while the sink is full', async () => {
    const abort = new AbortController();
    const sink = new Recorder();
    const put = sink.put.bind(sink);
    sink.put = (emission) => {
      put(emission);
      if (sink.emissions.length < 5) return;
      setImmediate(() => abort.abort());
      return new Promise(() => {});
    };
    await run({ sink, signal: abort.signal }).done;
    expect([sink.emissions.length, sink.flushed]).toEqual([5, 1]);
  });

  test('lets others have a turn even if the sink is never full', async () => {
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    const sink = new Recorder();
    await run({ sink, signal: abort.signal }).done;
    expect(sink.emissions.length).toBeLessThan(20_000);
  });

  test('that was aborted before it began produces nothing', async () => {
    const sink = new Recorder();
    const produced = await run({ sink, signal: AbortSignal.abort() }).done;
    expect([produced.produced, sink.flushed]).toEqual([0, 1]);
  });

  test('sends what faults held back', async () => {
    const abort = new AbortController();
    const sink = new Recorder();
    const { done } = run({
      sink,
      signal: abort.signal,
      faults: createFaults({ late: 1 }),
      onTick: (time) => {
        if (time === START + 4_000) abort.abort();
      },
    });
    expect(await done).toMatchObject({ produced: 5, attempted: 5 });
    expect(sink.emissions).toHaveLength(5);
  });

  test('is what a run becomes when nobody takes its readings any more', async () => {
    const left = new AbortController();
    const sink = Object.assign(new Recorder(), { ended: left.signal });
    await run({
      sink,
      onTick: (time) => {
        if (time === START + 9_000) left.abort();
      },
    }).done;
    expect(sink.emissions).toHaveLength(10);
  });
});

describe('the counts', () => {
  test('add up under any faults, whenever the run ends', async () => {
    const rate = fc.double({ min: 0, max: 1 / 6, noNaN: true });
    const anyRates = fc.record<Required<FaultRates>>({
      late: rate,
      duplicate: rate,
      missing: rate,
      shuffle: rate,
      malformed: rate,
      skew: rate,
    });
    await fc.assert(
      fc.asyncProperty(
        anyRates,
        fc.string(),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 80 }),
        async (rates, seed, count, abortAfter) => {
          const abort = new AbortController();
          const sink = new Recorder();
          const produced = await run({
            fleet: fleet(['Arion', 'Grani', 'Bayard'], seed),
            faults: createFaults(rates),
            sink,
            count,
            signal: abort.signal,
            onTick: (time) => {
              if (time >= START + (abortAfter - 1) * 1_000) abort.abort();
            },
          }).done;
          expect(produced.produced).toBe(3 * Math.min(count, abortAfter));
          expect(produced.attempted).toBe(produced.produced - produced.missing + produced.faults.duplicate);
          expect(sink.emissions).toHaveLength(produced.attempted);
        },
      ),
      { numRuns: 60 },
    );
  });
});
