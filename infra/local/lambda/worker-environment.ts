import { Worker } from 'node:worker_threads';
import type { Ending, FunctionError } from './definitions.ts';
import { LineSplitter } from './lines.ts';
import type { EnvironmentMessage, EnvironmentSettings, Input, Invocation } from './protocol.ts';

export interface WorkerEnvironmentOptions {
  /** The built environment.js. */
  readonly bootstrap: string;
  readonly settings: EnvironmentSettings;
  /** All that the function's `process.env` holds. */
  readonly variables: Readonly<Record<string, string>>;
  /** Milliseconds for one invocation. */
  readonly timeout: number;
  /** Milliseconds for loading the module. */
  readonly initTimeout: number;
  /** MB. */
  readonly memorySize: number;
  /** One line of what the function writes. */
  readonly output: (line: string) => void;
}

/** Of the memory, how much V8 gets for objects that stay and for new ones; what is left is outside the heap. */
const OLD_SPACE = 0.9;
const YOUNG_SPACE = 0.05;

/**
 * One execution environment: a worker thread that has loaded a function's module, used for one invocation at a time.
 * Once `alive` is false it is of no use, and whoever holds it starts another.
 */
export class WorkerEnvironment {
  readonly #options: WorkerEnvironmentOptions;
  readonly #worker: Worker;
  readonly #lines: LineSplitter;
  readonly #loaded: Promise<EnvironmentMessage | undefined>;
  readonly #gone: Promise<void>;
  #answer: ((message: EnvironmentMessage | undefined) => void) | undefined;
  #uncaught: unknown;
  #exitCode = 0;
  #alive = true;
  #terminated = false;
  #stopped = false;

  constructor(options: WorkerEnvironmentOptions) {
    this.#options = options;
    this.#lines = new LineSplitter(options.output);
    this.#worker = new Worker(options.bootstrap, {
      workerData: options.settings,
      env: { ...options.variables },
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.floor(options.memorySize * OLD_SPACE),
        maxYoungGenerationSizeMb: Math.max(4, Math.floor(options.memorySize * YOUNG_SPACE)),
      },
    });
    // Node's own writing, which does not go through the streams that the environment took over.
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#lines.push(text));
    }
    this.#loaded = this.#nextMessage();
    this.#worker.on('message', (message: EnvironmentMessage) => {
      if (message.kind === 'output') this.#lines.push(message.text);
      else this.#answer?.(message);
    });
    this.#worker.on('error', (error) => {
      this.#alive = false;
      this.#uncaught = error;
    });
    // Not events.once(): it rejects at an error, and the exit may follow before anyone can listen for it again.
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#exited(code);
        resolve();
      });
    });
  }

  /** False once the thread ended, or its module proved unusable. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Invokes the function. Never rejects; at most one invocation at a time.
   *
   * @param input of a batch, the buffers are handed over: they are of no use afterwards
   */
  async invoke(requestId: string, input: Input): Promise<Ending> {
    const { settings, timeout, initTimeout } = this.#options;
    const loaded = await this.#within(initTimeout, this.#loaded);
    if (loaded === 'late') return this.#timedOut(requestId, initTimeout);
    if (loaded === undefined) return this.#died(requestId);
    if (loaded.kind === 'broken') {
      await this.#terminate();
      this.#reportError(requestId, loaded.error);
      return { kind: 'error', error: loaded.error };
    }

    this.#options.output(`START RequestId: ${requestId} Version: ${settings.functionVersion}`);
    const started = performance.now();
    const answered = this.#nextMessage();
    this.#worker.postMessage(
      { requestId, input, timeout } satisfies Invocation,
      'batch' in input ? [input.batch.data.buffer, input.batch.arrivals.buffer, input.batch.ends.buffer] : [],
    );
    const answer = await this.#within(timeout, answered);
    const outcome =
      answer === 'late'
        ? await this.#timedOut(requestId, timeout)
        : answer === undefined
          ? this.#died(requestId)
          : this.#answered(requestId, answer);
    this.#reportEnd(requestId, performance.now() - started);
    return outcome;
  }

  /** Ends the thread, whatever it is doing; an invocation under way ends as `stopped`. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#terminate();
  }

  async #terminate(): Promise<void> {
    this.#alive = false;
    this.#terminated = true;
    await this.#worker.terminate();
    await this.#gone;
  }

  /** The next message that is not output; undefined when the thread ends first. */
  #nextMessage(): Promise<EnvironmentMessage | undefined> {
    return new Promise((resolve) => {
      this.#answer = (message) => {
        this.#answer = undefined;
        resolve(message);
      };
    });
  }

  /** Waits for a message, at most the given milliseconds. */
  #within<T>(milliseconds: number, message: Promise<T>): Promise<T | 'late'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        // This thread may have been the slow one: an answer that is already here is in time.
        setImmediate(() => setImmediate(() => resolve('late')));
      }, milliseconds);
      void message.then((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }

  #answered(requestId: string, answer: EnvironmentMessage): Ending {
    if (answer.kind === 'answer') return { kind: 'response', payload: answer.payload };
    const error: FunctionError =
      answer.kind === 'failed' ? answer.error : { errorType: 'Runtime.Unknown', errorMessage: answer.kind };
    this.#reportError(requestId, error);
    return { kind: 'error', error };
  }

  /** The thread must be gone before anyone hears of it: what timed out must not run beside its own retry. */
  async #timedOut(requestId: string, milliseconds: number): Promise<Ending> {
    await this.#terminate();
    if (this.#stopped) return { kind: 'stopped' };
    const message = `Task timed out after ${(milliseconds / 1000).toFixed(2)} seconds`;
    this.#lines.flush();
    this.#options.output(`${new Date().toISOString()} ${requestId} ${message}`);
    return { kind: 'error', error: { errorType: 'Sandbox.Timedout', errorMessage: message } };
  }

  #died(requestId: string): Ending {
    if (this.#stopped) return { kind: 'stopped' };
    const error = this.#reasonOfDeath();
    this.#reportError(requestId, error);
    return { kind: 'error', error };
  }

  #reasonOfDeath(): FunctionError {
    const uncaught = this.#uncaught;
    if (uncaught === undefined) {
      return {
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited with exit status ${this.#exitCode}`,
      };
    }
    if (!(uncaught instanceof Error)) return { errorType: typeof uncaught, errorMessage: String(uncaught) };
    if ((uncaught as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return {
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited: it needed more than its ${this.#options.memorySize} MB of memory`,
      };
    }
    return {
      errorType: uncaught.name,
      errorMessage: uncaught.message,
      trace: (uncaught.stack ?? '').split('\n'),
    };
  }

  #exited(code: number): void {
    this.#alive = false;
    this.#exitCode = code;
    this.#lines.flush();
    if (this.#answer !== undefined) this.#answer(undefined);
    // Nobody waits for it: what the function left running between two invocations ended it.
    else if (!this.#terminated) this.#reportError('-', this.#reasonOfDeath());
  }

  #reportError(requestId: string, { errorType, errorMessage, trace }: FunctionError): void {
    this.#lines.flush();
    const text = JSON.stringify({ errorType, errorMessage, stack: trace ?? [] });
    this.#options.output(`${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${text}`);
  }

  #reportEnd(requestId: string, duration: number): void {
    this.#lines.flush();
    const { memorySize, output } = this.#options;
    output(`END RequestId: ${requestId}`);
    output(
      `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: ${memorySize} MB`,
    );
  }
}
