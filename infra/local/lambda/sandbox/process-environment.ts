import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { eventOf } from '../delivery/event-batch.ts';
import type { Invocation, ProcessMessage, ProcessSettings, SandboxMessage } from './protocol.ts';
import { patchConsole } from './runtime/console.ts';
import { LoadError, loadHandler } from './runtime/handler.ts';
import { createRunner } from './runtime/invocation.ts';
import { confineImport, confineRequire } from './runtime/packages.ts';
import { describe } from './runtime/response.ts';

/**
 * Runs inside a child process: loads an uploaded function, then invokes its handler for each message from the host.
 * Built to `dist/` on its own. The function shares this process: what is needed later is held here before it begins.
 */

const { channel } = process;
const send = process.send?.bind(process);
if (send === undefined || channel === undefined || channel === null) {
  throw new Error('process-environment.js runs only as a child process of the local Lambda host');
}
// A function on Lambda has no channel to a parent.
process.send = undefined as never;
process.disconnect = undefined as never;
const { exit } = process;
// Whoever holds the other end is gone, and the cloud with it.
process.once('disconnect', () => exit(0));

let requestId = 'undefined';

// One pipe for all that a function writes keeps it in order; Node's own last words go to the other one. Written at
// once and whole: Node would lose at the end of the process what the pipe did not take yet.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : chunk;
    if (bytes instanceof Uint8Array) write(bytes);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
}
patchConsole(
  () => requestId,
  (text) => void write(Buffer.from(text)),
);

const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Whether it could be written. Waits while the host is slower than the function. */
function write(bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false;
      Atomics.wait(sleeping, 0, 0, 1);
    }
  }
  return true;
}

function post(message: ProcessMessage, sent: () => void = () => {}): void {
  send?.(message, undefined, undefined, sent);
}

/** With a mark behind everything written so far. */
function tell(message: SandboxMessage): void {
  const mark = `mark-${randomUUID()}`;
  post({ kind: 'message', message, mark: write(Buffer.from(`\0${mark}\0`)) ? mark : null });
}

/** Tells why the process ends, and ends it with the status that Lambda's runtime gives it. */
function end(error: ReturnType<typeof describe>, status: number): void {
  post({ kind: 'uncaught', error }, () => exit(status));
}
process.on('uncaughtException', (thrown) => end(describe(thrown), 129));
process.on('unhandledRejection', (reason) => {
  const { errorType, errorMessage, trace } = describe(reason);
  end(
    {
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: reason instanceof Error ? `${errorType}: ${errorMessage}` : errorMessage,
      trace: trace ?? [],
    },
    128,
  );
});

async function begin({ context, taskRoot, handler, callbacks, hooks }: ProcessSettings): Promise<void> {
  const roots = { taskRoot, runtimeRoot: dirname(taskRoot) };
  confineRequire(roots);
  try {
    const loaded = await loadHandler({
      taskRoot,
      handler,
      callbacks,
      beforeImport: () => confineImport(roots, hooks),
    });
    const runner = createRunner(loaded, context, channel as NonNullable<typeof channel>, tell);
    process.on('beforeExit', runner.idle);
    process.on('message', (message) => {
      const invocation = message as Invocation;
      requestId = invocation.requestId;
      const { input } = invocation;
      runner.run(invocation, 'batch' in input ? eventOf(input.batch) : input.event);
    });
    tell({ kind: 'ready' });
  } catch (thrown) {
    tell({ kind: 'broken', error: thrown instanceof LoadError ? thrown.error : describe(thrown) });
  }
}

process.once('message', (settings) => void begin(settings as ProcessSettings));
