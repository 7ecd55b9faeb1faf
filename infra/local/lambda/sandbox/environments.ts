import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../../../telemetry/clock.ts';
import type { FunctionDefinition, LogLine, Outcome, UploadedDefinition } from '../definitions.ts';
import { functionArn, logGroupName, logStreamName, requestId, VERSION } from '../identity.ts';
import { ExecutionEnvironment, type InvocationRequest } from './execution-environment.ts';
import { startProcess } from './process-sandbox.ts';
import type { FunctionContext } from './protocol.ts';
import type { Reaper } from './reaper.ts';
import type { StartSandbox } from './sandbox.ts';
import { startThread } from './thread-sandbox.ts';
import { processVariables, type VariablesOptions, variablesOf } from './variables.ts';

/** What the sandboxes run, built. */
export interface Bootstraps {
  /** environment.js, for threads. */
  readonly thread: string;
  /** process-environment.js */
  readonly process: string;
  /** import-hooks.js */
  readonly hooks: string;
}

export interface EnvironmentsOptions {
  readonly bootstrap: Bootstraps;
  /** An empty folder. */
  readonly home: string;
  /** Of the local cloud; asked when an environment starts, since a port is not known before it is open. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly random: () => number;
  /** One line of what the function writes. */
  readonly output: (line: LogLine) => void;
  readonly reaper: Reaper;
  /** Environments of one function at a time; further invocations wait their turn. Default 16. */
  readonly maxConcurrency?: number;
  /** Milliseconds without an invocation after which an environment is ended. Default five minutes. */
  readonly idleTime?: number;
}

/** What an invoker may say beside the input. */
export type InvokeOptions = Partial<Pick<InvocationRequest, 'requestId' | 'clientContext' | 'onLine'>>;

/** Lambda's limit for loading a function's module, ms; a function with a longer timeout has that instead. */
const INIT_TIMEOUT = 10_000;

const IDLE_TIME = 5 * 60_000;

/**
 * The execution environments of one function: started when needed, kept warm, each used for one invocation at a time.
 * One that dies costs the invocation under way and no other; the next gets a fresh one.
 */
export class Environments {
  readonly definition: FunctionDefinition | UploadedDefinition;
  readonly #options: EnvironmentsOptions;
  readonly #idle: { readonly environment: ExecutionEnvironment; readonly tired: NodeJS.Timeout }[] = [];
  readonly #busy = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #retired = false;
  #drained: (() => void) | undefined;
  #stopped = false;

  constructor(definition: FunctionDefinition | UploadedDefinition, options: EnvironmentsOptions) {
    this.definition = definition;
    this.#options = options;
  }

  /** Invocations under way or waiting their turn. */
  get inFlight(): number {
    return this.#busy.size + this.#waiting.length;
  }

  /** Invokes the function once. Never rejects. */
  async invoke(input: InvocationRequest['input'], options: InvokeOptions = {}): Promise<Outcome> {
    const { maxConcurrency = 16, random } = this.#options;
    const request = { ...options, input, requestId: options.requestId ?? requestId(random) };
    while (!this.#stopped && this.#busy.size >= maxConcurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#stopped) return { requestId: request.requestId, kind: 'stopped' };
    const environment = this.#warm() ?? this.#start();
    this.#busy.add(environment);
    try {
      return { requestId: request.requestId, ...(await environment.invoke(request)) };
    } finally {
      this.#busy.delete(environment);
      if (environment.alive && !this.#retired) this.#keep(environment);
      else await environment.stop();
      this.#waiting.shift()?.();
      if (this.inFlight === 0) this.#drained?.();
    }
  }

  /**
   * Lets what runs finish, and keeps nothing warm any more: the function has a newer definition. Resolves when nothing
   * of it is left.
   */
  async retire(): Promise<void> {
    this.#retired = true;
    const drained = new Promise<void>((resolve) => {
      const before = this.#drained;
      this.#drained = () => {
        before?.();
        resolve();
      };
    });
    if (this.inFlight === 0) this.#drained?.();
    await Promise.all(
      this.#idle.splice(0).map(({ environment, tired }) => {
        clearTimeout(tired);
        return environment.stop();
      }),
    );
    await drained;
  }

  /** Ends everything; invocations under way or waiting end as `stopped`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#busy].map((environment) => environment.stop()));
    await this.retire();
  }

  /** The one used last, which is the likeliest to have everything in its caches. */
  #warm(): ExecutionEnvironment | undefined {
    for (;;) {
      const kept = this.#idle.pop();
      clearTimeout(kept?.tired);
      if (kept === undefined || kept.environment.alive) return kept?.environment;
    }
  }

  #keep(environment: ExecutionEnvironment): void {
    const kept = {
      environment,
      tired: setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(kept), 1);
        void environment.stop();
      }, this.#options.idleTime ?? IDLE_TIME),
    };
    kept.tired.unref();
    this.#idle.push(kept);
  }

  #start(): ExecutionEnvironment {
    const { definition } = this;
    const { functionName, timeout, memorySize } = definition;
    const { clock, random, output } = this.#options;
    const uploaded = 'taskRoot' in definition;
    const version = uploaded ? definition.version : VERSION;
    const logGroup = uploaded ? definition.logGroup : logGroupName(functionName);
    const logStream = logStreamName(clock.now(), random, version);
    const context: FunctionContext = {
      functionName,
      functionVersion: version,
      invokedFunctionArn: functionArn(functionName, version),
      memoryLimitInMB: String(memorySize),
      logGroupName: logGroup,
      logStreamName: logStream,
    };
    return new ExecutionEnvironment({
      start: uploaded ? this.#process(definition, context) : this.#thread(definition, context),
      version,
      timeout: timeout * 1000,
      initTimeout: Math.max(INIT_TIMEOUT, timeout * 1000),
      memorySize,
      output: (line) => output({ functionName, logGroup, logStream, time: clock.now(), line }),
    });
  }

  #thread(definition: FunctionDefinition, context: FunctionContext): StartSandbox {
    const { file, memorySize } = definition;
    const variables = variablesOf(
      this.#variables(context, {
        handler: 'handler.handler',
        taskRoot: dirname(file),
        runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
      }),
    );
    const { thread } = this.#options.bootstrap;
    return (events) =>
      startThread({ bootstrap: thread, settings: { context, file }, variables, memorySize }, events);
  }

  #process(definition: UploadedDefinition, context: FunctionContext): StartSandbox {
    const { memorySize, taskRoot, handler, runtime } = definition;
    const { bootstrap, reaper } = this.#options;
    const variables = processVariables(this.#variables(context, { handler, taskRoot, runtime }));
    const settings = {
      context,
      taskRoot,
      handler,
      hooks: pathToFileURL(bootstrap.hooks).href,
      callbacks: runtime !== 'nodejs24.x',
    };
    const options = { bootstrap: bootstrap.process, settings, variables, memorySize, reaper };
    return (events) => startProcess(options, events);
  }

  #variables(
    context: FunctionContext,
    code: Pick<VariablesOptions, 'handler' | 'taskRoot' | 'runtime'>,
  ): VariablesOptions {
    const { functionName, environment, memorySize } = this.definition;
    return {
      ...code,
      functionName,
      environment,
      memorySize,
      version: context.functionVersion,
      logGroup: context.logGroupName,
      logStream: context.logStreamName,
      endpoint: this.#options.endpoint(),
      home: this.#options.home,
    };
  }
}
