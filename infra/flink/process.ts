import type {
  RemoteAggregation,
  RemoteListener,
  ThreadCall,
  ThreadOptions,
  Without,
} from '../../aggregation/thread.ts';
import type { AggregationProgress } from '../../telemetry/progress.ts';
import { type HostOptions, HostProcess } from './host.ts';

export interface FlinkProcessOptions
  extends RemoteListener,
    Pick<HostOptions, 'java' | 'classPath' | 'heap'> {}

/** Milliseconds for a stop to end in good order, the end of a restart included. */
const LAST_WORK = 20_000;

/** Times that another is started in place of one that ended by itself, within so many milliseconds. */
const RESTARTS = { most: 3, within: 600_000 };

/**
 * The Flink job in a mini-cluster, in a process of its own. Its first answer takes some seconds: make it early. When
 * the process ends by itself, or is killed, another goes on from its last checkpoint.
 */
export class FlinkProcess implements RemoteAggregation {
  readonly #options: FlinkProcessOptions;
  /** When it ended by itself, of late. */
  #ends: readonly number[] = [];
  #host: HostProcess;
  /** Resolves when the host runs the job. */
  #ready: Promise<void> = Promise.resolve();
  /** Whoever waits for the start is told by it that it failed. */
  #starting = false;
  #started: ThreadOptions | undefined;
  /** It is stopped, or cannot go on: no other is started. */
  #over = false;

  constructor(options: FlinkProcessOptions) {
    this.#options = options;
    this.#host = this.#launch();
  }

  async start(options: ThreadOptions): Promise<void> {
    this.#starting = true;
    await this.#host.ask<void>({ call: 'start', options });
    this.#started = options;
  }

  progress(names?: readonly string[]): Promise<AggregationProgress> {
    return this.#ask<AggregationProgress>({ call: 'progress', names });
  }

  caughtUp(): Promise<void> {
    return this.#ask<void>({ call: 'caughtUp' });
  }

  closeWindows(): Promise<void> {
    return this.#ask<void>({ call: 'closeWindows' });
  }

  async stop(): Promise<void> {
    this.#over = true;
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      void this.#host.kill();
    }, LAST_WORK);
    try {
      await this.#ready.catch(() => {}); // it is stopped, whatever it came to
      await this.#host.ask<void>({ call: 'stop' });
    } catch (error) {
      throw late ? killed() : error;
    } finally {
      clearTimeout(limit);
      await this.#host.kill();
    }
  }

  /** A call that a process took with it is put to the next one: none leaves anything half done. */
  async #ask<T>(call: Without<ThreadCall, 'id'>): Promise<T> {
    for (;;) {
      const host = this.#host;
      try {
        await this.#ready;
        return await host.ask<T>(call);
      } catch (error) {
        if (host === this.#host) throw error;
      }
    }
  }

  #launch(): HostProcess {
    const { java, classPath, heap, log } = this.#options;
    return new HostProcess({
      java,
      classPath,
      ...(heap === undefined ? {} : { heap }),
      log,
      ended: (error) => this.#hostEnded(error),
    });
  }

  #hostEnded(error: Error): void {
    if (this.#over) return;
    const started = this.#started;
    if (started === undefined) {
      this.#over = true;
      if (!this.#starting) this.#broken(error);
      return;
    }
    const now = performance.now();
    this.#ends = [...this.#ends.filter((time) => time > now - RESTARTS.within), now];
    if (this.#ends.length > RESTARTS.most) this.#giveUp(error);
    else this.#restart(error, started);
  }

  #restart(error: Error, started: ThreadOptions): void {
    // What it said last is in the log already.
    const [reason] = error.message.split('\n');
    this.#options.log(`${reason}; another goes on from its last checkpoint`);
    const host = this.#launch();
    this.#host = host;
    this.#ready = host.ask<void>({ call: 'start', options: started });
    this.#ready.catch((failure: unknown) => {
      // The end of a process is told by itself; a job that cannot go on is not.
      if (!this.#over && !host.hasEnded) this.#giveUp(failure);
    });
  }

  /** Nobody stops what has ended, as far as others know. */
  #giveUp(error: unknown): void {
    this.#over = true;
    void this.#host.kill();
    this.#broken(error);
  }

  #broken(error: unknown): void {
    const { broken = rethrow } = this.#options;
    broken(error);
  }
}

function killed(): Error {
  return new Error(
    `the Flink process did not stop within ${LAST_WORK / 1_000} s and was killed: the next start goes on from its last checkpoint`,
  );
}

function rethrow(error: unknown): never {
  throw error;
}
