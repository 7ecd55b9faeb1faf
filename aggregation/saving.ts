import { pause } from '../stream/backoff.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Changes } from './changes.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint-format.ts';

/** Milliseconds between checkpoints while nothing but positions and open windows changed. */
const INTERVAL = 1_000;
/** A checkpoint may take this part of the time: what costs more is done less often. */
const SHARE = { routine: 1 / 20, pressing: 1 / 4 } as const;
/** Milliseconds that what presses waits at most for the next checkpoint to begin. */
const LONGEST_PRESSING = 2_000;
/** Milliseconds until a checkpoint that failed is tried again. */
const RETRY = 1_000;

export interface SavingOptions {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly changes: Changes;
  /** All that is known now, copied. */
  readonly take: () => Checkpoint;
  /** Called when a checkpoint has been saved. */
  readonly saved: (checkpoint: Checkpoint) => void;
}

/** Decides when a checkpoint is due, and takes it. */
export class Saving {
  readonly #options: SavingOptions;
  #changed = false;
  #pressing = false;
  #savedAt = Number.NEGATIVE_INFINITY;
  #cost = 0;
  /** Why the last checkpoint could not be saved, or undefined. */
  trouble: string | undefined;

  constructor(options: SavingOptions) {
    this.#options = options;
  }

  /** Whether something happened that the last checkpoint does not hold. */
  get isDue(): boolean {
    return this.#changed;
  }

  /** Something happened that the next checkpoint is to hold; `pressing` if something waits for it to be sent. */
  request(urgency: 'routine' | 'pressing'): void {
    this.#changed = true;
    if (urgency === 'pressing') this.#pressing = true;
    this.#options.changes.announce();
  }

  /** Saves now. */
  async save(): Promise<void> {
    const { store, clock, take, saved } = this.#options;
    const began = clock.monotonic();
    const wasPressing = this.#pressing;
    this.#changed = false;
    this.#pressing = false;
    const checkpoint = take();
    try {
      await store.save(checkpoint);
    } catch (error) {
      this.#changed = true;
      this.#pressing ||= wasPressing;
      throw error;
    }
    this.#savedAt = clock.monotonic();
    this.#cost = this.#savedAt - began;
    this.trouble = undefined;
    saved(checkpoint);
  }

  /**
   * Saves whenever it is due, until aborted: as soon as something waits to be sent, else about once a second, and less
   * often than either when it takes long.
   */
  async keepSaving(signal: AbortSignal): Promise<void> {
    const { changes } = this.#options;
    while (!signal.aborted) {
      await changes.until(() => signal.aborted || this.#changed);
      const routine = Math.max(INTERVAL, this.#cost / SHARE.routine);
      await changes.until(() => signal.aborted || this.#pressing, this.#remaining(routine));
      const pressing = Math.min(LONGEST_PRESSING, this.#cost / SHARE.pressing);
      await changes.until(() => signal.aborted, this.#remaining(pressing));
      if (signal.aborted) return;
      try {
        await this.save();
      } catch (error) {
        this.trouble = error instanceof Error ? error.message : String(error);
        await pause(RETRY, signal);
      }
    }
  }

  /** What is left of a time that began with the last checkpoint. */
  #remaining(milliseconds: number): number {
    return this.#savedAt + milliseconds - this.#options.clock.monotonic();
  }
}
