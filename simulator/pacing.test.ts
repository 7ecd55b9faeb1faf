import { describe, expect, test } from 'vitest';
import { acceleratedPacer, MAX_BEHIND, realTimePacer, type Sleep } from './pacing.ts';

const START = Date.UTC(2026, 0, 1);
const never = new AbortController().signal;

/** A machine whose time passes only while somebody sleeps or works. */
class Machine {
  /** Real milliseconds since it was switched on; what its wall clock shows is `offset` later. */
  elapsed = 0;
  offset = START;
  slept: number[] = [];
  /** Timers fire at multiples of this. */
  readonly grain: number;

  constructor(grain = 1) {
    this.grain = grain;
  }

  readonly clock = { now: () => Math.floor(this.elapsed + this.offset), monotonic: () => this.elapsed };

  readonly sleep: Sleep = async (milliseconds) => {
    this.slept.push(milliseconds);
    this.elapsed = Math.ceil((this.elapsed + Math.max(milliseconds, 0)) / this.grain) * this.grain;
  };

  work(milliseconds: number) {
    this.elapsed += milliseconds;
  }
}

describe('in real time', () => {
  test('a reading is due when the clock says so, without drift', async () => {
    const machine = new Machine(7);
    const pacer = realTimePacer(machine.clock, machine.sleep);
    for (let i = 0; i < 1_000; i++) {
      await pacer.wait(START + i * 1_000, never);
      expect(machine.elapsed).toBeGreaterThanOrEqual(i * 1_000);
      expect(machine.elapsed).toBeLessThan(i * 1_000 + 8);
      machine.work(3);
    }
  });

  test('a gap of up to four seconds is caught up, and not told', async () => {
    const machine = new Machine();
    const pacer = realTimePacer(machine.clock, machine.sleep);
    const lost: number[] = [];
    pacer.onSlow((milliseconds) => lost.push(milliseconds));
    machine.work(MAX_BEHIND);
    for (let i = 0; i <= 4; i++) await pacer.wait(START + i * 1_000, never);
    expect(machine.elapsed).toBe(MAX_BEHIND);
    expect(lost).toEqual([]);
  });

  test('a gap of more is told', async () => {
    const machine = new Machine();
    const pacer = realTimePacer(machine.clock, machine.sleep);
    const lost: number[] = [];
    pacer.onSlow((milliseconds) => lost.push(milliseconds));
    machine.work(3_600_000);
    await pacer.wait(START, never);
    expect(lost).toEqual([3_600_000]);
  });

  test('looks at the clock every second, as timers do not run while a laptop sleeps', async () => {
    const machine = new Machine();
    const pacer = realTimePacer(machine.clock, machine.sleep);
    await pacer.wait(START + 10_500, never);
    expect(Math.max(...machine.slept)).toBeLessThanOrEqual(1_000);
  });

  test('a clock set back is waited for, so that no reading is from the future', async () => {
    const machine = new Machine();
    const pacer = realTimePacer(machine.clock, machine.sleep);
    const told: number[] = [];
    pacer.onSetBack((wait) => told.push(wait));
    await pacer.wait(START, never);
    machine.offset -= 60_000;
    await pacer.wait(START + 1_000, never);
    expect(machine.clock.now()).toBe(START + 1_000);
    expect(machine.elapsed).toBe(61_000);
    await pacer.wait(START + 2_000, never);
    expect(told).toEqual([61_000]);
  });

  test('waiting ends when the run is aborted', async () => {
    const abort = new AbortController();
    const pacer = realTimePacer({ now: () => START, monotonic: () => 0 });
    const waiting = pacer.wait(START + 86_400_000, abort.signal);
    abort.abort();
    await waiting;
    await pacer.wait(START + 86_400_000, abort.signal);
  });
});

describe('accelerated', () => {
  test.each([
    { speed: 60, grain: 1 },
    { speed: 60, grain: 15.6 },
    { speed: 1_000, grain: 1 },
    { speed: 77_777, grain: 4 },
    { speed: 0.5, grain: 1 },
  ])('$speed times, with timers of $grain ms: no drift', async ({ speed, grain }) => {
    const machine = new Machine(grain);
    const pacer = acceleratedPacer({
      start: START,
      speed,
      monotonic: machine.clock.monotonic,
      sleep: machine.sleep,
    });
    const lost: number[] = [];
    pacer.onSlow((milliseconds) => lost.push(milliseconds));
    for (let i = 0; i <= 10_000; i++) {
      await pacer.wait(START + i * 1_000, never);
      expect(machine.elapsed).toBeGreaterThanOrEqual((i * 1_000) / speed - 1e-6);
      expect(machine.elapsed).toBeLessThan((i * 1_000) / speed + grain + 1e-6);
    }
    expect(lost).toEqual([]);
  });

  test('the clock stands still before the first wait, and never is a tick ahead of what was emitted', async () => {
    const machine = new Machine();
    const pacer = acceleratedPacer({
      start: START,
      speed: 60,
      monotonic: machine.clock.monotonic,
      sleep: machine.sleep,
    });
    machine.work(5_000);
    expect(pacer.clock.now()).toBe(START);
    await pacer.wait(START, never);
    expect(machine.elapsed).toBe(5_000);
    for (let i = 1; i < 100; i++) {
      // Emission of the second before takes its time now and then.
      machine.work(i % 10 === 0 ? 2_000 : 1);
      expect(pacer.clock.now()).toBeLessThanOrEqual(START + (i - 1) * 1_000);
      await pacer.wait(START + i * 1_000, never);
      expect(pacer.clock.now()).toBeLessThanOrEqual(START + i * 1_000);
    }
  });

  test('the clock never goes back, and goes on between ticks', async () => {
    const machine = new Machine();
    const seen: number[] = [];
    const pacer = acceleratedPacer({
      start: START,
      speed: 10,
      monotonic: machine.clock.monotonic,
      sleep: async (milliseconds) => {
        for (let i = 0; i < 4; i++) {
          machine.work(milliseconds / 4);
          seen.push(pacer.clock.now());
        }
      },
    });
    for (let i = 0; i < 50; i++) {
      await pacer.wait(START + i * 1_000, never);
      machine.work((i * 37) % 300);
      seen.push(pacer.clock.now());
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(60);
  });

  test('a sink that is too slow slows time down: no burst afterwards, and the loss is told', async () => {
    const machine = new Machine();
    const pacer = acceleratedPacer({
      start: START,
      speed: 60,
      monotonic: machine.clock.monotonic,
      sleep: machine.sleep,
    });
    const lost: number[] = [];
    pacer.onSlow((milliseconds) => lost.push(milliseconds));
    await pacer.wait(START, never);
    machine.work(30_000);
    const released: number[] = [];
    for (let i = 1; i <= 20; i++) {
      await pacer.wait(START + i * 1_000, never);
      released.push(machine.elapsed);
    }
    expect(lost).toHaveLength(1);
    expect(lost[0]).toBeCloseTo(30_000 - 1_000 / 60, 3);
    // The next second follows the one that was late at the usual distance, and so on.
    released.forEach((at, i) => {
      expect(at - 30_000).toBeGreaterThanOrEqual((i * 1_000) / 60 - 1e-6);
    });
  });

  test('at full speed nothing waits, nothing is lost, and the clock shows what is being emitted', async () => {
    const machine = new Machine();
    const pacer = acceleratedPacer({
      start: START,
      speed: Number.POSITIVE_INFINITY,
      monotonic: machine.clock.monotonic,
      sleep: machine.sleep,
    });
    const lost: number[] = [];
    pacer.onSlow((milliseconds) => lost.push(milliseconds));
    for (let i = 0; i < 100; i++) {
      machine.work(500);
      await pacer.wait(START + i * 1_000, never);
      expect(pacer.clock.now()).toBe(START + i * 1_000);
    }
    expect([machine.slept, lost]).toEqual([[], []]);
  });

  test.each([0, -1, Number.NaN])('a speed of %s is refused', (speed) => {
    expect(() => acceleratedPacer({ start: START, speed, monotonic: () => 0 })).toThrow('more than 0');
  });

  test('with real timers, waiting ends when the run is aborted', async () => {
    const abort = new AbortController();
    const pacer = acceleratedPacer({ start: START, speed: 0.001, monotonic: () => performance.now() });
    await pacer.wait(START, abort.signal);
    const waiting = pacer.wait(START + 1_000, abort.signal);
    abort.abort();
    await waiting;
  });
});
