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
}

/** Milliseconds between two looks: at first, and once it has taken longer. The service allows few calls a second. */
const PAUSES = { first: 250, most: 5_000, growth: 1.5 };

/**
 * Looks again and again until something is there, and tells of each state that it goes through.
 *
 * @param look asks the service; throws when what is waited for cannot come any more
 * @returns the result; undefined if nobody wants to wait, or Ctrl-C ended it
 * @throws WildRydesError UNREACHABLE when patience is at its end; what `look` throws
 */
export async function waitFor<T>(look: () => Promise<Look<T>>, waiting: Waiting): Promise<T | undefined> {
  const { clock, pause, patience, progress, signal } = waiting;
  if (patience === 0) return undefined;
  const began = clock.monotonic();
  let shown = '';
  for (let wait = PAUSES.first; ; wait = Math.min(wait * PAUSES.growth, PAUSES.most)) {
    const { state, result } = await look();
    const took = clock.monotonic() - began;
    if (state !== shown) progress(shown === '' ? state : `${state}, after ${Math.round(took / 1000)} s`);
    shown = state;
    if (result !== undefined) return result;
    if (signal.aborted) return undefined;
    if (took >= patience) {
      throw new WildRydesError('UNREACHABLE', `still ${state} after ${Math.round(took / 1000)} s`, {
        next: 'It goes on without anybody who waits. Look again with ./wildrydes aggregation status, or wait longer with --wait SECONDS.',
      });
    }
    await pause(Math.min(wait, patience - took), signal);
  }
}
