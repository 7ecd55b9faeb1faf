import type { FunctionError } from './definitions.ts';
import type { EventBatch } from './event-batch.ts';

/** What passes between the host and the worker thread that a function runs in, by structured clone. */

/** Given to the worker when it starts. */
export interface EnvironmentSettings {
  /** Absolute path of the function's module. */
  readonly file: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** A string, as in AWS's context object. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** What a function is invoked with: an event as JSON can say it, or the batch that an event is made of. */
export type Input = { readonly event: unknown } | { readonly batch: EventBatch };

/** One invocation. The next is sent only after the answer to this one. */
export interface Invocation {
  readonly requestId: string;
  readonly input: Input;
  /** Milliseconds until the host terminates the worker. */
  readonly timeout: number;
}

export type EnvironmentMessage =
  /** The module is loaded, and exports a handler. */
  | { readonly kind: 'ready' }
  /** The module cannot be used: this environment is of no use. */
  | { readonly kind: 'broken'; readonly error: FunctionError }
  | { readonly kind: 'answer'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** Something that the function wrote; neither cut at line ends nor complete. */
  | { readonly kind: 'output'; readonly text: string };
