import type { Reading } from '../telemetry/reading.ts';

/** One record on its way out of the simulation. */
export interface Emission {
  /** Partition key: the unicorn's name, even where the record does not say it. */
  readonly key: string;
  /** The record as it goes out: one line, in bytes that stay as they are. */
  readonly data: Uint8Array;
  /**
   * The simulated time by which a sink keeps records together, milliseconds since the epoch: the time of the
   * measurement, also of one sent a little out of order; the time of emission of one that is late or whose sensor's
   * clock is wrong.
   */
  readonly time: number;
  /** What the record says; undefined when it is malformed. */
  readonly reading: Reading | undefined;
}

/** Where emissions go. */
export interface Sink {
  /** @returns a promise when the sink is full: nothing more should be put until it resolves */
  put(emission: Emission): void | Promise<void>;
  /** Resolves when everything put so far is delivered, or has failed for good. */
  flush(): Promise<void>;
  /** Lets go of what the sink holds. What is not flushed may be lost. */
  close(): Promise<void>;
  /** Aborted when nobody takes anything any more, as when the reader of a pipe has left: then a run just ends. */
  readonly ended?: AbortSignal;
}
