/** Status of a command that Ctrl-C ended before it was done, as shells report SIGINT. */
export const INTERRUPTED = 130;

/**
 * Milliseconds in which a further signal counts as the same one: npm and others pass a Ctrl-C on that the terminal has
 * sent to the whole group already.
 */
const ECHO = 100;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What of a process an interrupt needs; a test's own stands in for it. */
export interface Interruptible {
  on(signal: string, listener: () => void): unknown;
  off(signal: string, listener: () => void): unknown;
  exit(status: number): unknown;
  readonly stdout: {
    on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
    off(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  };
}

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Asks the command to finish, as one Ctrl-C does. */
  request(): void;
  /** Gives the signals back. */
  release(): void;
}

/**
 * Turns Ctrl-C (SIGINT), SIGTERM and a closed output pipe into an abort: once asks the command to finish in good
 * order, twice leaves at once with 130.
 */
export function onInterrupt(
  host: Interruptible = process,
  monotonic: () => number = () => performance.now(),
): Interrupt {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    first ??= monotonic();
    if (controller.signal.aborted && monotonic() - first > ECHO) host.exit(INTERRUPTED);
    controller.abort();
  };
  const request = () => controller.abort();
  for (const signal of SIGNALS) host.on(signal, interrupt);
  // Whatever the error: what is printed reaches nobody any more. Whether it is a fault is judged in main.ts.
  host.stdout.on('error', request);
  return {
    signal: controller.signal,
    request,
    release: () => {
      for (const signal of SIGNALS) host.off(signal, interrupt);
      host.stdout.off('error', request);
    },
  };
}

/** Resolves when the signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
