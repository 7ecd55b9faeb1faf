import { judge } from '../../stream/failure.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

/** How something that takes its time is waited for. */
export interface Waiting {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds at most; 0: not at all. */
  readonly patience: number;
  /** Told each state as it is entered, a line at a time. */
  readonly progress: (line: string) => void;
  /** Ctrl-C: what was begun goes on without anybody who waits. */
  readonly signal: AbortSignal;
}

/** What a look found. */
export interface Look<T> {
  /** The state, as the service calls it. */
  readonly state: string;
  /** What is waited for; undefined while it is not there. */
  readonly result: T | undefined;
  /** What is wrong should this last: things rest in this state, and it is not the one that is waited for. */
  readonly astray?: WildRydesError | undefined;
}

/** Milliseconds between two looks: at first, and once it has taken longer. The service allows few calls a second. */
const PAUSES = { first: 250, most: 5_000, growth: 1.5 };

/** Milliseconds that a state may be astray: it comes a moment after its operation, or before it. */
const GRACE = 5_000;

/** Looks in a row that may fail by what passes. Each has been tried three times by the SDK. */
const FAILED_LOOKS = 5;

/**
 * Looks again and again until something is there, and tells of each state that it goes through. A look that fails by
 * what passes, such as throttling or a broken connection, is no end: what was begun goes on.
 *
 * @param look asks the service; throws when what is waited for cannot come any more
 * @returns the result; undefined if nobody wants to wait, or Ctrl-C ended it
 * @throws WildRydesError UNREACHABLE when patience is at its end; what is astray for 5 s; what `look` throws, for what
 *   passes at the fifth time in a row
 */
export async function waitFor<T>(look: () => Promise<Look<T>>, waiting: Waiting): Promise<T | undefined> {
  const { clock, pause, patience, progress, signal } = waiting;
  if (patience === 0) return undefined;
  const began = clock.monotonic();
  let shown = '';
  let failures = 0;
  let astraySince: number | undefined;
  for (let wait = PAUSES.first; ; wait = Math.min(wait * PAUSES.growth, PAUSES.most)) {
    try {
      const { state, result, astray } = await look();
      failures = 0;
      const now = clock.monotonic();
      if (state !== shown) {
        progress(shown === '' ? state : `${state}, after ${Math.round((now - began) / 1000)} s`);
      }
      shown = state;
      if (result !== undefined) return result;
      astraySince = astray === undefined ? undefined : (astraySince ?? now);
      if (astray !== undefined && astraySince !== undefined && now - astraySince >= GRACE) throw astray;
    } catch (error) {
      if (!passes(error) || ++failures >= FAILED_LOOKS) throw error;
    }
    if (signal.aborted) return undefined;
    const took = clock.monotonic() - began;
    if (took >= patience) throw impatient(shown, took);
    await pause(Math.min(wait, patience - took), signal);
  }
}

/** Whether a look may succeed the next time. */
function passes(error: unknown): boolean {
  return judge(error instanceof WildRydesError ? error.cause : error).retriable;
}

function impatient(state: string, took: number): WildRydesError {
  const what = state === '' ? 'no answer' : `still ${state}`;
  return new WildRydesError('UNREACHABLE', `${what} after ${Math.round(took / 1000)} s`, {
    next: 'It goes on without anybody who waits. Look again with ./wildrydes aggregation status, or wait longer with --wait SECONDS.',
  });
}
