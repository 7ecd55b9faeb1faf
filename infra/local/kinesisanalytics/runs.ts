import type { AnalyticsEngine, EngineApplication, RunningApplication } from './engine.ts';
import { type ApplicationRecord, currentVersion, type Version } from './record.ts';

export interface RunsOptions {
  readonly log: (line: string) => void;
  /** Told when an application ended though nobody stopped it. */
  readonly ended: (name: string, error: unknown) => void;
}

/** What runs, by the application's name, and the work on each, one thing after the other. */
export class Runs {
  /** None until one is given: then nothing can be started. */
  engine: AnalyticsEngine | undefined;
  readonly #options: RunsOptions;
  readonly #running = new Map<string, RunningApplication>();
  readonly #work = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** See AnalyticsEngine.refusal. */
  refusal(...asked: Parameters<AnalyticsEngine['refusal']>): string | undefined {
    if (this.engine === undefined) return 'This local cloud has no engine that runs applications.';
    return this.engine.refusal(...asked);
  }

  /** Does a piece of work once all before it on this application is done. Never rejects: a fault is logged. */
  queue(name: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#work.get(name) ?? Promise.resolve()).then(async () => {
      if (this.#closed) return;
      try {
        await work();
      } catch (error) {
        this.#options.log(
          `kinesisanalytics: ${name}: ${error instanceof Error ? error.stack : String(error)}`,
        );
      }
    });
    this.#work.set(name, done);
    void done.then(() => {
      if (this.#work.get(name) === done) this.#work.delete(name);
    });
    return done;
  }

  /** @returns what it failed with; undefined once it runs */
  async launch(record: ApplicationRecord): Promise<unknown> {
    const { name, fresh } = record;
    let over = false;
    const ended = (error: unknown) => {
      if (over) return;
      over = true;
      this.#running.delete(name);
      this.#options.ended(name, error);
    };
    try {
      if (this.engine === undefined) throw new Error('this local cloud has no engine that runs applications');
      this.#running.set(name, await this.engine.start(engineApplication(record), { fresh, ended }));
      return undefined;
    } catch (error) {
      over = true;
      return error ?? new Error('the engine gave no reason');
    }
  }

  /** @returns what the stop failed with; whatever it is, the application does not run any more */
  async halt(name: string): Promise<unknown> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    try {
      await running?.stop();
      return undefined;
    } catch (error) {
      return error ?? new Error('the engine gave no reason');
    }
  }

  async forget(record: ApplicationRecord): Promise<void> {
    await this.engine?.forget(engineApplication(record));
  }

  /** Does what was begun, but nothing that waits, and stops what runs. Rejects with the first error of a stop. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#work.values());
    const errors = await Promise.all([...this.#running.keys()].map((name) => this.halt(name)));
    const error = errors.find((each) => each !== undefined);
    if (error !== undefined) throw error;
  }
}

export function engineApplication(
  record: ApplicationRecord,
  version: Version = currentVersion(record),
): EngineApplication {
  return {
    name: record.name,
    createdAt: record.createdAt,
    properties: version.configuration.properties,
  };
}
