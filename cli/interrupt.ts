/** Status of a command that a second Ctrl-C ended, as shells report SIGINT. */
const INTERRUPTED = 130;

/**
 * Turns Ctrl-C (SIGINT), SIGTERM and a closed output pipe into an abort: once asks the command to finish in good
 * order, twice leaves at once with 130.
 *
 * @returns the signal, and `release`, which gives the signals back
 */
export function onInterrupt(beforeLeaving: () => void = () => {}): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) {
      beforeLeaving();
      process.exit(INTERRUPTED);
    }
    controller.abort();
  };
  const brokenPipe = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.stdout.on('error', brokenPipe);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      process.stdout.off('error', brokenPipe);
    },
  };
}
