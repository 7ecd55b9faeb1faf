/** Milliseconds: the first pause is drawn from 0 to `base`, each further one from twice the range, up to `cap`. */
export interface Backoff {
  readonly base: number;
  readonly cap: number;
}

export const BACKOFF: Backoff = { base: 50, cap: 5_000 };

/**
 * A pause with full jitter: uniform between nothing and an exponentially growing bound, so that clients that failed
 * together do not come back together.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param failures how often it failed in a row, 1 or more
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function fullJitter(failures: number, random: () => number, backoff: Backoff = BACKOFF): number {
  return random() * Math.min(backoff.cap, backoff.base * 2 ** (failures - 1));
}

/** Waits, or until the signal aborts, whichever is first; resolves either way. A pending pause keeps the process alive. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener('abort', wake);
  });
}
