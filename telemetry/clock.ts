/** The time that a stage is told. Injected, so that tests and accelerated runs decide it. */
export interface Clock {
  /** Milliseconds since the epoch; may be simulated, and may be set back. */
  now(): number;
  /** Real milliseconds from an arbitrary origin; never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
