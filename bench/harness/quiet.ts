import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** Share of all cores that others may use when a measurement begins. */
const OTHERS = 0.15;
/** Milliseconds over which that is judged. */
const LOOK = 300;

/** Waits for the rest of the machine to come to rest, and keeps count of how often it did. */
export class Quiet {
  #patience: number;
  #measurements = 0;
  #quiet = 0;

  /** @param patience milliseconds that all waiting together may take */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Resolves when others use next to nothing of the machine, or when patience has run out. */
  async wait(): Promise<void> {
    this.#measurements++;
    for (;;) {
      const started = performance.now();
      const before = busy();
      await setTimeout(LOOK);
      const now = busy();
      const share = (now.busy - before.busy) / Math.max(1, now.all - before.all);
      if (share <= OTHERS) {
        this.#quiet++;
        return;
      }
      this.#patience -= performance.now() - started;
      if (this.#patience <= 0) return;
    }
  }

  /** How many measurements began while the rest of the machine was at rest, in words. */
  get words(): string {
    return `${this.#quiet} of ${this.#measurements} measurements began while the rest of the machine was at rest`;
  }
}

function busy(): { readonly busy: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { busy: all - idle, all };
}
