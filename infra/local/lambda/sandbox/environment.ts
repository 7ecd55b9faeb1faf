import { StringDecoder } from 'node:string_decoder';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionError } from '../definitions.ts';
import { eventOf } from '../delivery/event-batch.ts';
import type { EnvironmentMessage, Invocation, ThreadSettings } from './protocol.ts';
import { patchConsole } from './runtime/console.ts';
import { describe, resultOf } from './runtime/response.ts';

/**
 * Runs inside a worker thread: loads the module of one of the kit's own functions, then invokes its handler for each
 * message from the host. What Lambda's Node.js runtime does for a function, this does here: the context object, the
 * shape of errors, and the prefix of console lines. Uploaded functions run in processes: process-environment.ts.
 */

type Handler = (event: unknown, context: unknown) => unknown;

const host = parentPort;
if (host === null) throw new Error('environment.js runs only as a worker thread of the local Lambda host');
const settings = workerData as ThreadSettings;
let requestId = '';

const tell = (message: EnvironmentMessage): void => host.postMessage(message);

// Node hands a worker's output over only while the worker is idle, and loses it at process.exit().
// Sent as messages it arrives whole, and before the answer that it belongs to.
for (const stream of [process.stdout, process.stderr]) {
  const decoder = new StringDecoder('utf8');
  stream.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const text =
      typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? decoder.write(chunk as Buffer) : '';
    if (text !== '') tell({ kind: 'output', text });
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
}
patchConsole(
  () => requestId,
  (text) => tell({ kind: 'output', text }),
);

async function load(): Promise<Handler | FunctionError> {
  let module: { handler?: unknown };
  try {
    module = (await import(pathToFileURL(settings.file).href)) as { handler?: unknown };
  } catch (thrown) {
    const cause = describe(thrown);
    const errorType =
      cause.errorType === 'SyntaxError' ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError';
    return { ...cause, errorType, errorMessage: `${cause.errorType}: ${cause.errorMessage}` };
  }
  const { handler } = module;
  if (typeof handler !== 'function') {
    return {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: `${settings.file} must export a function named handler (given ${typeof handler})`,
    };
  }
  if (handler.length > 2) {
    return {
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: `handler must take (event, context) and return a promise or a value: callbacks are gone since nodejs24.x (given ${handler.length} parameters)`,
    };
  }
  return handler as Handler;
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  requestId = invocation.requestId;
  const deadline = performance.now() + invocation.timeout;
  const context = {
    ...settings.context,
    awsRequestId: requestId,
    getRemainingTimeInMillis: (): number => Math.max(0, Math.floor(deadline - performance.now())),
  };
  const { input } = invocation;
  const event = 'batch' in input ? eventOf(input.batch) : input.event;
  try {
    tell(resultOf(await handler(event, context)));
  } catch (thrown) {
    tell({ kind: 'failed', error: describe(thrown) });
  }
}

const handler = await load();
if (typeof handler === 'function') {
  host.on('message', (invocation: Invocation) => void invoke(handler, invocation));
  tell({ kind: 'ready' });
} else {
  tell({ kind: 'broken', error: handler });
}
