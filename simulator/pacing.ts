import type { Clock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';

/** Decides when the readings of a simulated second are due. */
export interface Pacer {
  /** The time that the simulation goes by. */
  readonly clock: Clock;
  /**
   * Resolves when the clock has reached a time, or at once when the signal is or gets aborted. To call it is to say
   * that everything before that time has been emitted. It never rejects.
   *
   * @param until milliseconds since the epoch; never less than at the call before
   */
  wait(until: number, signal: AbortSignal): Promise<void>;
  /** Has the listener called whenever time is given up because something was too slow, with how much: real milliseconds. */
  onSlow(listener: (lost: number) => void): void;
  /**
   * Has the listener called whenever the clock turns out to have been set back, with how long the next reading waits
   * for it, milliseconds.
   */
  onSetBack(listener: (wait: number) => void): void;
}

/** Waits for real milliseconds, or until the signal is aborted; it may well wait a little too long. Never rejects. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Milliseconds that a run in real time may be behind and still catch up; beyond that it goes on from now. */
export const MAX_BEHIND = 4_000;

/** Milliseconds that a reading may wait for before the clock must have been set back: readings are a second apart. */
const LONGEST_WAIT = 2_000;

/** Longest that a pacer sleeps in one go, so that it notices a clock that jumped, as one does while a laptop sleeps. */
const LONGEST_SLEEP = 1_000;

/** Real milliseconds by which an accelerated run may lag and still catch up: what coarse timers and pauses of the runtime cost. */
const MAX_LAG = 100;

/**
 * A second a second, by the clock on the wall. After a gap of more than four seconds, as when a laptop slept or the
 * sink was slow, a simulation skips what it missed: it finds the clock that far ahead. When the clock is set back, the
 * next reading waits for it, as no reading may be from the future.
 */
export function realTimePacer(clock: Clock, sleep: Sleep = sleepByTimer): Pacer {
  const listeners: ((lost: number) => void)[] = [];
  const setBack: ((wait: number) => void)[] = [];
  return {
    clock,
    onSlow: (listener) => void listeners.push(listener),
    onSetBack: (listener) => void setBack.push(listener),
    async wait(until, signal) {
      for (let told = false; !signal.aborted; ) {
        const ahead = until - clock.now();
        if (ahead > LONGEST_WAIT && !told) {
          told = true;
          for (const listener of setBack) listener(ahead);
        }
        if (ahead <= 0) {
          if (-ahead > MAX_BEHIND) for (const listener of listeners) listener(-ahead);
          return;
        }
        await sleep(Math.min(ahead, LONGEST_SLEEP), signal);
      }
    },
  };
}

export interface AcceleratedOptions {
  /** What the clock shows until the first wait, milliseconds since the epoch. */
  readonly start: number;
  /** Simulated seconds per second, more than 0; Infinity: as fast as readings are taken. */
  readonly speed: number;
  /** Real milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly sleep?: Sleep;
}

/**
 * Simulated time, at some speed. Its clock is the only one in such a run, for whatever else needs the time too: it
 * stands still until the first wait, and is never further than the time being waited for, so never more than a tick
 * ahead of what has been emitted. Ticks are due by the time since an anchor, so coarse timers cost nothing in the long
 * run; when a run lags further than it should catch up in one go, time goes on from where it is.
 *
 * @throws WildRydesError USAGE when the speed is not more than 0
 */
export function acceleratedPacer({
  start,
  speed,
  monotonic,
  sleep = sleepByTimer,
}: AcceleratedOptions): Pacer {
  if (!(speed > 0)) throw new WildRydesError('USAGE', `a speed must be more than 0 (given ${speed})`);
  const listeners: ((lost: number) => void)[] = [];
  let anchor: { readonly time: number; readonly monotonic: number } | undefined;
  let limit = start;

  function now(): number {
    if (anchor === undefined || speed === Number.POSITIVE_INFINITY) return limit;
    return Math.floor(Math.min(anchor.time + (monotonic() - anchor.monotonic) * speed, limit));
  }

  return {
    clock: { now, monotonic },
    onSlow: (listener) => void listeners.push(listener),
    // It goes by the monotonic clock, which is never set.
    onSetBack: () => {},
    async wait(until, signal) {
      limit = until;
      anchor ??= { time: until, monotonic: monotonic() };
      while (!signal.aborted) {
        const lag = monotonic() - (anchor.monotonic + (until - anchor.time) / speed);
        if (lag >= 0) {
          // At full speed there is no schedule to lag behind.
          if (lag <= MAX_LAG || speed === Number.POSITIVE_INFINITY) return;
          anchor = { time: until, monotonic: monotonic() };
          for (const listener of listeners) listener(lag);
          return;
        }
        await sleep(Math.min(-lag, LONGEST_SLEEP), signal);
      }
    },
  };
}

function sleepByTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
