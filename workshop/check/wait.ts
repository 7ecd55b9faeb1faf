import { setTimeout } from 'node:timers/promises';
import type { Workbench } from '../workbench.ts';

/** Milliseconds between two looks: AWS limits how often most of its control operations may be called. */
const LOOK_EVERY = { local: 100, aws: 2_000 } as const;

/**
 * Looks until there is something, or the time is over.
 *
 * @param what told to whoever waits, such as `for the function to be ready`
 * @param seconds how long at most; it looks once at least
 * @returns what was found, or undefined when the time was over
 */
export async function until<T>(
  at: Workbench,
  what: string,
  seconds: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = at.clock.monotonic() + 1_000 * seconds;
  const pause = at.target.kind === 'aws' ? LOOK_EVERY.aws : LOOK_EVERY.local;
  try {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (at.clock.monotonic() + pause > deadline) return undefined;
      at.waiting(what);
      await setTimeout(pause, undefined, { signal: at.signal });
    }
  } finally {
    at.waiting(undefined);
  }
}
