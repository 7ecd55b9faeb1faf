import { Worker } from 'node:worker_threads';
import type { FunctionError } from '../definitions.ts';
import type { EnvironmentMessage, ThreadSettings } from './protocol.ts';
import { exitError, HEAP_SHARE, type Sandbox, type SandboxEvents } from './sandbox.ts';

export interface ThreadSandboxOptions {
  /** The built environment.js. */
  readonly bootstrap: string;
  readonly settings: ThreadSettings;
  /** All that the function's `process.env` holds. */
  readonly variables: Readonly<Record<string, string>>;
  /** MB of heap. */
  readonly memorySize: number;
}

/** Starts a worker thread: cheap, and able to take the cloud down with it, so for the kit's own functions only. */
export function startThread(options: ThreadSandboxOptions, events: SandboxEvents): Sandbox {
  const { memorySize } = options;
  let uncaught: unknown;
  const worker = new Worker(options.bootstrap, {
    workerData: options.settings,
    env: { ...options.variables },
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxOldGenerationSizeMb: Math.floor(memorySize * HEAP_SHARE.old),
      maxYoungGenerationSizeMb: Math.max(4, Math.floor(memorySize * HEAP_SHARE.young)),
    },
  });
  // Node's own writing, which does not go through the streams that the environment took over.
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', events.output);
  }
  worker.on('message', (message: EnvironmentMessage) => {
    if (message.kind === 'output') events.output(message.text);
    else events.message(message);
  });
  worker.on('error', (error) => {
    uncaught = error;
  });
  // Not events.once(): it rejects at an error, and the exit may follow before anyone can listen for it again.
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      events.exit(reasonOf(uncaught, code, memorySize));
      resolve();
    });
  });

  return {
    send(invocation) {
      const { input } = invocation;
      const handedOver =
        'batch' in input
          ? [input.batch.data.buffer, input.batch.arrivals.buffer, input.batch.ends.buffer]
          : [];
      worker.postMessage(invocation, handedOver);
    },
    async kill() {
      await worker.terminate();
      await gone;
    },
    // A thread cannot be stopped and go on.
    pause() {},
    resume() {},
    memoryUsed: () => undefined,
  };
}

function reasonOf(uncaught: unknown, code: number, memorySize: number): FunctionError {
  if (uncaught === undefined) return exitError(code === 0 ? undefined : `exit status ${code}`);
  if (!(uncaught instanceof Error)) return { errorType: typeof uncaught, errorMessage: String(uncaught) };
  if ((uncaught as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return {
      errorType: 'Runtime.ExitError',
      errorMessage: `Runtime exited: it needed more than its ${memorySize} MB of memory`,
    };
  }
  return {
    errorType: uncaught.name,
    errorMessage: uncaught.message,
    trace: (uncaught.stack ?? '').split('\n'),
  };
}
