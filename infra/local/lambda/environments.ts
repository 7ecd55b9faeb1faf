import { dirname } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import { LOCAL_CREDENTIALS } from '../../target.ts';
import type { FunctionDefinition, Outcome } from './definitions.ts';
import { functionArn, logGroupName, logStreamName, requestId, VERSION } from './identity.ts';
import type { Input } from './protocol.ts';
import { WorkerEnvironment } from './worker-environment.ts';

export interface EnvironmentsOptions {
  /** The built environment.js. */
  readonly bootstrap: string;
  /** An empty folder. */
  readonly home: string;
  /** Of the local cloud; asked when an environment starts, since a port is not known before it is open. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly random: () => number;
  /** One line of what the function writes. */
  readonly output: (functionName: string, line: string) => void;
  /** Environments of one function at a time; further invocations wait their turn. Default 16. */
  readonly maxConcurrency?: number;
}

/** Lambda's limit for loading a function's module, ms; a function with a longer timeout has that instead. */
const INIT_TIMEOUT = 10_000;

/**
 * The execution environments of one function: started when needed, kept warm, each used for one invocation at a time.
 * One that dies costs the invocation under way and no other; the next gets a fresh one.
 */
export class Environments {
  readonly definition: FunctionDefinition;
  readonly #options: EnvironmentsOptions;
  readonly #idle: WorkerEnvironment[] = [];
  readonly #busy = new Set<WorkerEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #retired = false;
  #stopped = false;

  constructor(definition: FunctionDefinition, options: EnvironmentsOptions) {
    this.definition = definition;
    this.#options = options;
  }

  /** Invokes the function once. Never rejects. */
  async invoke(input: Input): Promise<Outcome> {
    const { maxConcurrency = 16 } = this.#options;
    while (!this.#stopped && this.#busy.size >= maxConcurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const id = requestId(this.#options.random);
    if (this.#stopped) return { requestId: id, kind: 'stopped' };
    const environment = this.#warm() ?? this.#start();
    this.#busy.add(environment);
    try {
      return { requestId: id, ...(await environment.invoke(id, input)) };
    } finally {
      this.#busy.delete(environment);
      if (environment.alive && !this.#retired) this.#idle.push(environment);
      else await environment.stop();
      this.#waiting.shift()?.();
    }
  }

  /** Lets what runs finish, and keeps nothing warm any more: the function has a newer definition. */
  async retire(): Promise<void> {
    this.#retired = true;
    await Promise.all(this.#idle.splice(0).map((environment) => environment.stop()));
  }

  /** Ends everything; invocations under way or waiting end as `stopped`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#busy].map((environment) => environment.stop()));
    await this.retire();
  }

  /** The one used last, which is the likeliest to have everything in its caches. */
  #warm(): WorkerEnvironment | undefined {
    for (;;) {
      const environment = this.#idle.pop();
      if (environment === undefined || environment.alive) return environment;
    }
  }

  #start(): WorkerEnvironment {
    const { functionName, file, timeout, memorySize } = this.definition;
    const { bootstrap, clock, random, output } = this.#options;
    const stream = logStreamName(clock.now(), random);
    return new WorkerEnvironment({
      bootstrap,
      timeout: timeout * 1000,
      initTimeout: Math.max(INIT_TIMEOUT, timeout * 1000),
      memorySize,
      variables: this.#variables(stream),
      output: (line) => output(functionName, line),
      settings: {
        file,
        functionName,
        functionVersion: VERSION,
        invokedFunctionArn: functionArn(functionName),
        memoryLimitInMB: String(memorySize),
        logGroupName: logGroupName(functionName),
        logStreamName: stream,
      },
    });
  }

  /**
   * All of the function's environment: what Lambda defines, and nothing of the shell that the cloud runs in.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
   */
  #variables(logStream: string): Record<string, string> {
    const { functionName, file, memorySize, environment } = this.definition;
    return {
      AWS_ENDPOINT_URL: this.#options.endpoint(),
      // Keeps an SDK from asking the machine's network for credentials.
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: this.#options.home,
      LANG: 'en_US.UTF-8',
      TZ: 'UTC',
      ...environment,
      _HANDLER: 'handler.handler',
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_DEFAULT_REGION: LOCAL.region,
      AWS_REGION: LOCAL.region,
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_VERSION: VERSION,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(functionName),
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      LAMBDA_TASK_ROOT: dirname(file),
    };
  }
}
