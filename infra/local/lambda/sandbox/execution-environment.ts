import type { Ending, FunctionError } from '../definitions.ts';
import { LineSplitter } from './lines.ts';
import type { Input, SandboxMessage } from './protocol.ts';
import type { Sandbox, StartSandbox } from './sandbox.ts';

export interface ExecutionEnvironmentOptions {
  readonly start: StartSandbox;
  /** As START lines tell it: `$LATEST`. */
  readonly version: string;
  /** Milliseconds for one invocation. */
  readonly timeout: number;
  /** Milliseconds for loading the module. */
  readonly initTimeout: number;
  /** MB. */
  readonly memorySize: number;
  /** One line of what the function writes, and of what Lambda writes about it. */
  readonly output: (line: string) => void;
}

/** One invocation of the function. */
export interface InvocationRequest {
  readonly requestId: string;
  /** Of a batch, the buffers are handed over: they are of no use afterwards. */
  readonly input: Input;
  /** See Invocation. */
  readonly clientContext?: unknown;
  /** Told of each line of the log that belongs to it, beside `output`. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * One execution environment: a sandbox that has loaded a function's module, used for one invocation at a time, with
 * Lambda's time limits and log lines. Once `alive` is false it is of no use, and whoever holds it starts another.
 */
export class ExecutionEnvironment {
  readonly #options: ExecutionEnvironmentOptions;
  readonly #sandbox: Sandbox;
  readonly #lines: LineSplitter;
  readonly #loaded: Promise<SandboxMessage | undefined>;
  readonly #started = performance.now();
  /** Milliseconds that loading took, until one REPORT line has told it. */
  #initDuration: number | undefined;
  #answer: ((message: SandboxMessage | undefined) => void) | undefined;
  #onLine: ((line: string) => void) | undefined;
  #reason: FunctionError = { errorType: 'Runtime.Unknown', errorMessage: 'The sandbox is gone' };
  #alive = true;
  #terminated = false;
  #stopped = false;

  constructor(options: ExecutionEnvironmentOptions) {
    this.#options = options;
    this.#lines = new LineSplitter((line) => this.#output(line));
    this.#loaded = this.#nextMessage().then((message) => {
      this.#initDuration = performance.now() - this.#started;
      return message;
    });
    this.#sandbox = options.start({
      output: (text) => this.#lines.push(text),
      message: (message) => this.#answer?.(message),
      exit: (reason) => this.#exited(reason),
    });
  }

  /** False once the sandbox ended, or its module proved unusable. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Invokes the function. Never rejects; at most one invocation at a time. */
  async invoke(request: InvocationRequest): Promise<Ending> {
    const { requestId } = request;
    const { timeout, initTimeout, version } = this.#options;
    this.#onLine = request.onLine;
    this.#sandbox.resume();
    const loaded = await this.#within(initTimeout, this.#loaded);
    if (loaded === 'late') return this.#timedOut(requestId, initTimeout);
    if (loaded === undefined) return this.#died(requestId);
    if (loaded.kind === 'broken') {
      await this.#terminate();
      this.#reportError(requestId, loaded.error);
      return { kind: 'error', error: loaded.error };
    }

    this.#output(`START RequestId: ${requestId} Version: ${version}`);
    const started = performance.now();
    const answered = this.#nextMessage();
    const { input, clientContext } = request;
    this.#sandbox.send({ requestId, input, timeout, clientContext });
    const answer = await this.#within(timeout, answered);
    const memory = this.#sandbox.memoryUsed();
    const ending =
      answer === 'late'
        ? await this.#timedOut(requestId, timeout)
        : answer === undefined
          ? this.#died(requestId)
          : this.#answered(requestId, answer);
    this.#reportEnd(requestId, performance.now() - started, memory, statusOf(answer, ending));
    this.#onLine = undefined;
    if (this.#alive) this.#sandbox.pause();
    return ending;
  }

  /** Ends the sandbox, whatever it is doing; an invocation under way ends as `stopped`. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#terminate();
  }

  async #terminate(): Promise<void> {
    this.#alive = false;
    this.#terminated = true;
    await this.#sandbox.kill();
  }

  #output(line: string): void {
    this.#options.output(line);
    this.#onLine?.(line);
  }

  /** The next message; undefined when the sandbox ends first. */
  #nextMessage(): Promise<SandboxMessage | undefined> {
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

  #answered(requestId: string, answer: SandboxMessage): Ending {
    if (answer.kind === 'answer') return { kind: 'response', payload: answer.payload };
    const error: FunctionError =
      answer.kind === 'failed' ? answer.error : { errorType: 'Runtime.Unknown', errorMessage: answer.kind };
    this.#reportError(requestId, error);
    return { kind: 'error', error };
  }

  /** The sandbox must be gone before anyone hears of it: what timed out must not run beside its own retry. */
  async #timedOut(requestId: string, milliseconds: number): Promise<Ending> {
    await this.#terminate();
    if (this.#stopped) return { kind: 'stopped' };
    const message = `Task timed out after ${(milliseconds / 1000).toFixed(2)} seconds`;
    this.#lines.flush();
    this.#output(`${new Date().toISOString()} ${requestId} ${message}`);
    return { kind: 'error', error: { errorType: 'Sandbox.Timedout', errorMessage: message } };
  }

  #died(requestId: string): Ending {
    if (this.#stopped) return { kind: 'stopped' };
    this.#reportError(requestId, this.#reason);
    return { kind: 'error', error: this.#reason };
  }

  #exited(reason: FunctionError): void {
    this.#alive = false;
    this.#reason = reason;
    this.#lines.flush();
    if (this.#answer !== undefined) this.#answer(undefined);
    // Nobody waits for it: what the function left running between two invocations ended it.
    else if (!this.#terminated) this.#reportError('-', reason);
  }

  #reportError(requestId: string, { errorType, errorMessage, trace }: FunctionError): void {
    this.#lines.flush();
    const text = JSON.stringify({ errorType, errorMessage, stack: trace ?? [] });
    this.#output(`${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${text}`);
  }

  /** Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
  #reportEnd(requestId: string, duration: number, memory: number | undefined, status: string): void {
    this.#lines.flush();
    const { memorySize } = this.#options;
    const used = memory === undefined ? '' : `\tMax Memory Used: ${Math.min(memory, memorySize)} MB`;
    const init =
      this.#initDuration === undefined ? '' : `\tInit Duration: ${this.#initDuration.toFixed(2)} ms`;
    this.#initDuration = undefined;
    this.#output(`END RequestId: ${requestId}`);
    this.#output(
      `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms` +
        `\tMemory Size: ${memorySize} MB${used}${init}${status}`,
    );
  }
}

/** What a REPORT line adds when the sandbox did not outlive the invocation. */
function statusOf(answer: SandboxMessage | 'late' | undefined, ending: Ending): string {
  if (ending.kind !== 'error') return '';
  if (answer === 'late') return '\tStatus: timeout';
  return answer === undefined ? `\tStatus: error\tError Type: ${ending.error.errorType}` : '';
}
