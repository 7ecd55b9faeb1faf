import type { FunctionError } from '../definitions.ts';
import type { EventBatch } from '../delivery/event-batch.ts';

/** What passes between the host and the sandbox that a function runs in, by structured clone. */

/** What every invocation's context object says of the function. Names as in AWS's context object. */
export interface FunctionContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** A string, as in AWS's context object. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Given to a worker thread when it starts. */
export interface ThreadSettings {
  readonly context: FunctionContext;
  /** Absolute path of the function's module, which exports `handler`. */
  readonly file: string;
}

/** Given to a child process as its first message. */
export interface ProcessSettings {
  readonly context: FunctionContext;
  /** Folder of the function's code, absolute and without symbolic links. */
  readonly taskRoot: string;
  /** `file.export` or `dir/file.export`. */
  readonly handler: string;
  /** URL of the built import-hooks.js. */
  readonly hooks: string;
  /** Whether a handler may take a callback: up to nodejs22.x. */
  readonly callbacks: boolean;
}

/** What a function is invoked with: an event as JSON can say it, or the batch that an event is made of. */
export type Input = { readonly event: unknown } | { readonly batch: EventBatch };

/** One invocation. The next is sent only after the answer to this one. */
export interface Invocation {
  readonly requestId: string;
  readonly input: Input;
  /** Milliseconds until the host ends the sandbox. */
  readonly timeout: number;
  /** What the invoker gave as ClientContext, parsed; undefined if nothing. */
  readonly clientContext?: unknown;
}

/** What the function itself tells. */
export type SandboxMessage =
  /** The module is loaded, and exports a handler. */
  | { readonly kind: 'ready' }
  /** The module cannot be used: this sandbox is of no use. */
  | { readonly kind: 'broken'; readonly error: FunctionError }
  | { readonly kind: 'answer'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError };

export type EnvironmentMessage =
  | SandboxMessage
  /** Something that the function wrote; neither cut at line ends nor complete. */
  | { readonly kind: 'output'; readonly text: string };

/** What a child process tells. Its output comes by a pipe of its own. */
export type ProcessMessage =
  | {
      readonly kind: 'message';
      readonly message: SandboxMessage;
      /** Written, between NULs, after all output that precedes the message; null: nothing can be written any more. */
      readonly mark: string | null;
    }
  /** Nobody caught this: the process is about to end of it. */
  | { readonly kind: 'uncaught'; readonly error: FunctionError };
