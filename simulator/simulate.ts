import { ReadingEncoder } from '../telemetry/reading-bytes.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Emission, Sink } from './emission.ts';
import type { FaultName, Faults } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { MAX_BEHIND, type Pacer } from './pacing.ts';

export interface SimulationOptions {
  readonly fleet: Fleet;
  readonly faults: Faults | undefined;
  readonly pacer: Pacer;
  readonly sink: Sink;
  /** Readings per unicorn, 0 or more; default: no end. */
  readonly count?: number;
  /** Simulated milliseconds from the fleet's start, skipped seconds included; default: no end. */
  readonly duration?: number;
  /** Ends the run early: it stops producing at once, emits what faults held back, flushes, and is done. */
  readonly signal: AbortSignal;
  /** Called when all readings of a second are put, with that second's time, milliseconds since the epoch. */
  readonly onTick?: (time: number) => void;
}

/** What a simulation has produced. Once it is done, attempted = produced - missing + faults.duplicate. */
interface Produced {
  /** Readings simulated for emission. */
  readonly produced: number;
  /** Emissions put into the sink. */
  readonly attempted: number;
  /** Readings that a fault swallowed. */
  readonly missing: number;
  /** Readings that each fault struck. */
  readonly faults: Readonly<Record<FaultName, number>>;
  /** Seconds that passed without readings, because the run had fallen behind the clock. */
  readonly skippedSeconds: number;
}

/** A simulation under way. */
export interface Simulation {
  /** Resolves when the run has ended and the sink is flushed; rejects when the sink fails. The sink stays open. */
  readonly done: Promise<Produced>;
  /** The counts so far. */
  counts(): Produced;
}

const SECOND = 1_000;

/** Readings or steps after which the event loop gets a turn: a few milliseconds' worth. */
const BREATH = 4_096;

const NO_FAULTS = { late: 0, duplicate: 0, missing: 0, shuffle: 0, malformed: 0, skew: 0 } as const;

/**
 * Lets a fleet ride: reading i of every unicorn, with StatusTime start + i seconds, when the pacer says that it is due,
 * through the faults, into the sink. It goes no faster than the sink takes them. When the clock is more than four
 * seconds ahead of what is due, the seconds in between are ridden but not emitted, so that what follows is the same as
 * if they had been.
 */
export function simulate(options: SimulationOptions): Simulation {
  const run = new Run(options);
  return { done: run.ride(), counts: () => run.counts() };
}

class Run {
  readonly #options: SimulationOptions;
  readonly #signal: AbortSignal;
  readonly #encoder = new ReadingEncoder();
  #produced = 0;
  #attempted = 0;
  #skippedSeconds = 0;
  #sinceBreath = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { signal, sink } = options;
    this.#signal = sink.ended === undefined ? signal : AbortSignal.any([signal, sink.ended]);
  }

  counts(): Produced {
    const faults = this.#options.faults?.counts() ?? NO_FAULTS;
    return {
      produced: this.#produced,
      attempted: this.#attempted,
      missing: faults.missing,
      faults,
      skippedSeconds: this.#skippedSeconds,
    };
  }

  async ride(): Promise<Produced> {
    const { fleet, faults, pacer, sink, onTick } = this.#options;
    const { count = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY } = this.#options;
    let time = fleet.start;
    for (let emitted = 0; emitted < count && time < fleet.start + duration; emitted++) {
      await pacer.wait(time, this.#signal);
      const behind = pacer.clock.now() - time;
      if (behind > MAX_BEHIND) {
        const skipped = Math.floor(behind / SECOND);
        await this.#skip(skipped);
        time += skipped * SECOND;
        if (time >= fleet.start + duration) break;
      }
      if (this.#signal.aborted) break;
      await this.#emitSecond(time);
      if (this.#signal.aborted) break;
      onTick?.(time);
      time += SECOND;
    }
    for (const emission of faults?.rest(time) ?? []) await this.#put(emission);
    await sink.flush();
    return this.counts();
  }

  async #emitSecond(time: number): Promise<void> {
    const { fleet, faults, sink } = this.#options;
    for (const emission of faults?.due(time) ?? []) await this.#put(emission);
    const statusTime = formatStatusTime(time);
    for (const unicorn of fleet.unicorns) {
      const reading = unicorn.reading(statusTime);
      unicorn.step();
      this.#produced++;
      const emission = { key: unicorn.name, data: this.#encoder.encode(reading), time, reading };
      if (faults === undefined) {
        // Spelled out, as this is where a fleet spends its time: a promise only where the sink is full.
        this.#attempted++;
        const full = sink.put(emission);
        if (full !== undefined) await untilAborted(full, this.#signal);
      } else {
        for (const faulty of faults.pass(unicorn, emission)) await this.#put(faulty);
      }
      if (++this.#sinceBreath >= BREATH) await this.#breathe();
      if (this.#signal.aborted) return;
    }
  }

  /** The fleet rides on for some seconds that nobody is told of. */
  async #skip(seconds: number): Promise<void> {
    for (const unicorn of this.#options.fleet.unicorns) {
      for (let second = 0; second < seconds; second++) {
        unicorn.step();
        if (++this.#sinceBreath >= BREATH) await this.#breathe();
        if (this.#signal.aborted) return;
      }
    }
    this.#skippedSeconds += seconds;
  }

  async #put(emission: Emission): Promise<void> {
    this.#attempted++;
    const full = this.#options.sink.put(emission);
    if (full !== undefined) await untilAborted(full, this.#signal);
  }

  /** Without this, a sink that is never full would keep timers, sockets and Ctrl-C waiting. */
  async #breathe(): Promise<void> {
    this.#sinceBreath = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Settles with the promise, or resolves as soon as the signal is aborted. */
function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
