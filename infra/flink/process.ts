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

/** Milliseconds for a stop to end in good order. */
const LAST_WORK = 20_000;

/** Times that a process that ended by itself is started again, within so many milliseconds. */
const RESTARTS = { most: 3, within: 600_000 };

/**
 * The Flink job in a mini-cluster, in a process of its own. Its first answer takes some seconds: make it early. When
 * the process ends by itself, or is killed, another goes on from its last checkpoint.
 */
export class FlinkProcess implements RemoteAggregation {
  readonly #options: FlinkProcessOptions;
  readonly #restarts: number[] = [];
  #host: HostProcess;
  /** Resolves when the host runs the job. */
  #ready: Promise<void> = Promise.resolve();
  #started: ThreadOptions | undefined;
  #stopping = false;

  constructor(options: FlinkProcessOptions) {
    this.#options = options;
    this.#host = this.#launch();
  }

  async start(options: ThreadOptions): Promise<void> {
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
    this.#stopping = true;
    await this.#ready.catch(() => {}); // it is stopped, whatever it came to
    const late = setTimeout(() => void this.#host.kill(), LAST_WORK);
    try {
      await this.#host.ask<void>({ call: 'stop' });
    } finally {
      clearTimeout(late);
      await this.#host.kill();
    }
  }

  async #ask<T>(call: Without<ThreadCall, 'id'>): Promise<T> {
    await this.#ready;
    return this.#host.ask<T>(call);
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
    if (this.#stopping) return;
    const { log, broken = rethrow } = this.#options;
    const started = this.#started;
    const now = performance.now();
    this.#restarts.push(now);
    const recent = this.#restarts.filter((time) => time > now - RESTARTS.within).length;
    if (started === undefined || recent > RESTARTS.most) {
      broken(error);
      return;
    }
    log(`${error.message}; another goes on from its last checkpoint`);
    const host = this.#launch();
    this.#host = host;
    this.#ready = host.ask<void>({ call: 'start', options: started });
    this.#ready.catch((failure: unknown) => {
      // The end of a process is told by itself; a job that cannot go on is not.
      if (!this.#stopping && !host.hasEnded) broken(failure);
    });
  }
}

function rethrow(error: unknown): never {
  throw error;
}
