import type { FunctionContext, Invocation, SandboxMessage } from '../protocol.ts';
import type { Callback, Handler } from './handler.ts';
import { describe, resultOf } from './response.ts';

/** What keeps the process alive beside the function: held between invocations, let go of during one. */
export interface Channel {
  ref(): void;
  unref(): void;
}

export interface Runner {
  /** Runs one invocation, whose answer goes to `tell`, once. */
  run(invocation: Invocation, event: unknown): void;
  /** Nothing is left to run: what waits for that is answered. */
  idle(): void;
}

/**
 * Calls the handler as Lambda's Node.js runtime does, in all its ways: a promise or async function, a callback, and
 * the older `context.done`, `succeed` and `fail`. A callback's answer waits until nothing is left to run, unless
 * `context.callbackWaitsForEmptyEventLoop` is false.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function createRunner(
  handler: Handler,
  identity: FunctionContext,
  channel: Channel,
  tell: (message: SandboxMessage) => void,
): Runner {
  const isAsync = handler.constructor?.name === 'AsyncFunction';
  let whenIdle: (() => void) | undefined;

  return {
    run(invocation, event) {
      let settled = false;
      let waitsForEmptyEventLoop = true;

      const finish = (message: SandboxMessage): void => {
        if (settled) return;
        settled = true;
        whenIdle = undefined;
        channel.ref();
        tell(message);
      };
      const succeed = (value?: unknown): void => finish(resultOf(value));
      const fail = (error?: unknown): void => finish({ kind: 'failed', error: describe(error ?? 'handled') });
      const done = (error?: unknown, value?: unknown): void => {
        if (error === undefined || error === null) succeed(value);
        else fail(error);
      };
      let called = false;
      const callback: Callback = (error, value) => {
        if (called) return;
        called = true;
        if (error !== undefined && error !== null) fail(error);
        else if (!waitsForEmptyEventLoop) succeed(value);
        else whenIdle = () => succeed(value);
      };

      // A handler that neither answers nor leaves anything to wait for.
      whenIdle = () => (isAsync ? finish(NEVER_SETTLED) : succeed(null));
      channel.unref();
      const deadline = Date.now() + invocation.timeout;
      const context = {
        get callbackWaitsForEmptyEventLoop() {
          return waitsForEmptyEventLoop;
        },
        set callbackWaitsForEmptyEventLoop(value: boolean) {
          waitsForEmptyEventLoop = value;
        },
        succeed,
        fail,
        done,
        ...identity,
        ...(invocation.clientContext === undefined ? {} : { clientContext: invocation.clientContext }),
        awsRequestId: invocation.requestId,
        getRemainingTimeInMillis: (): number => Math.max(0, deadline - Date.now()),
      };
      try {
        const result = handler(event, context, callback);
        if (isThenable(result)) result.then(succeed, fail);
      } catch (thrown) {
        fail(thrown);
      }
    },

    idle() {
      const answer = whenIdle;
      whenIdle = undefined;
      answer?.();
    },
  };
}

const NEVER_SETTLED: SandboxMessage = {
  kind: 'failed',
  error: {
    errorType: 'Runtime.NodeJsExit',
    errorMessage:
      'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. ' +
      'For more information, see https://nodejs.org/docs/latest/api/process.html#process_exit_codes',
    trace: [],
  },
};

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
