/** What a piece of work took. */
export interface Took {
  readonly milliseconds: number;
  /** Milliseconds of processor time, compilation and garbage collection included: what it takes on a machine of its own. */
  readonly processor: number;
}

/** Starts to measure; the function that it returns tells what passed since. */
export function stopwatch(): () => Took {
  const started = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { milliseconds: performance.now() - started, processor: (user + system) / 1_000 };
  };
}
