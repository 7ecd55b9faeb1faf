import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WildRydesError } from '../../telemetry/errors.ts';

/** What is known of one step. */
export interface StepProgress {
  /** When it passed last, ISO 8601; absent: it has not. */
  readonly passed?: string;
  /** True when the learner did not do it, but had it installed. */
  readonly caughtUp?: true;
  /** Hints shown, 0 to 3. */
  readonly hints?: number;
}

/**
 * How far somebody is, by the name of each step (`1.stream`): steps may be added and moved, and what has passed stays
 * passed. Kept in a file that is replaced whole.
 */
export class Progress {
  readonly #file: string;
  readonly #steps: Map<string, StepProgress>;

  private constructor(file: string, steps: Map<string, StepProgress>) {
    this.#file = file;
    this.#steps = steps;
  }

  /** A file that is not there is an empty progress; one that cannot be read too, which `warn` is told. */
  static open(file: string, warn: (text: string) => void): Progress {
    try {
      return new Progress(file, readSteps(readFileSync(file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        warn(`the progress in ${file} cannot be read, and begins anew: ${(error as Error).message}`);
      }
      return new Progress(file, new Map());
    }
  }

  of(id: string): StepProgress {
    return this.#steps.get(id) ?? {};
  }

  isDone(id: string): boolean {
    return this.of(id).passed !== undefined;
  }

  /** @param now milliseconds since the epoch */
  pass(id: string, now: number): void {
    const { hints } = this.of(id);
    this.#set(id, { ...(hints === undefined ? {} : { hints }), passed: new Date(now).toISOString() });
  }

  catchUp(id: string, now: number): void {
    if (this.isDone(id)) return;
    this.#set(id, { ...this.of(id), passed: new Date(now).toISOString(), caughtUp: true });
  }

  /** It was looked at again, and is not as it must be any more. */
  fail(id: string): void {
    if (!this.isDone(id)) return;
    const { hints } = this.of(id);
    this.#set(id, hints === undefined ? {} : { hints });
  }

  /** @returns how many hints are to be shown now: one more than last time, three at most */
  moreHints(id: string): number {
    const hints = Math.min(3, (this.of(id).hints ?? 0) + 1);
    this.#set(id, { ...this.of(id), hints });
    return hints;
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#steps.delete(id);
    this.#save();
  }

  #set(id: string, step: StepProgress): void {
    this.#steps.set(id, step);
    this.#save();
  }

  #save(): void {
    const fresh = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      const steps = Object.fromEntries([...this.#steps].sort(([a], [b]) => a.localeCompare(b)));
      writeFileSync(fresh, `${JSON.stringify({ version: 1, steps }, null, 2)}\n`);
      renameSync(fresh, this.#file);
    } catch (error) {
      throw new WildRydesError(
        'STATE_UNUSABLE',
        `the progress cannot be written: ${(error as Error).message}`,
        { next: 'Make the folder writable, then check again.', cause: error },
      );
    }
  }
}

function readSteps(text: string): Map<string, StepProgress> {
  const { version, steps } = JSON.parse(text) as { version?: unknown; steps?: unknown };
  if (version !== 1 || typeof steps !== 'object' || steps === null) {
    throw new Error(`it is not of version 1 (given ${JSON.stringify(version)})`);
  }
  return new Map(Object.entries(steps as Record<string, StepProgress>));
}
