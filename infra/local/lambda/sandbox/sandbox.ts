import type { FunctionError } from '../definitions.ts';
import type { Invocation, SandboxMessage } from './protocol.ts';

/**
 * What a function runs in, one invocation at a time: a worker thread for the kit's own (thread-sandbox.ts), a child
 * process for uploaded ones (process-sandbox.ts). It knows nothing of time limits, logs and requests.
 */
export interface Sandbox {
  /** Passes on one invocation, whose answer comes as a message. Buffers of a batch may be handed over. */
  send(invocation: Invocation): void;
  /** Ends it, whatever it is doing. Resolves when it is gone and `exit` has been told. */
  kill(): Promise<void>;
  /** Stops the clock for what the function left running, until `resume`. */
  pause(): void;
  resume(): void;
  /** Most memory it ever held, MB; undefined where that cannot be told. */
  memoryUsed(): number | undefined;
}

/** What becomes of it. */
export interface SandboxEvents {
  /** What the function wrote, before the message that came after it; not cut at line ends. */
  readonly output: (text: string) => void;
  readonly message: (message: SandboxMessage) => void;
  /** Once, after everything else; why, for an invocation that waits for an answer. */
  readonly exit: (reason: FunctionError) => void;
}

export type StartSandbox = (events: SandboxEvents) => Sandbox;

/** How Lambda's Node.js runtime divides a function's memory: for objects that stay, and for new ones; the rest is outside the heap. */
export const HEAP_SHARE = { old: 0.9, young: 0.05 } as const;

/**
 * An end that the function's own code brought about, in Lambda's words.
 *
 * @param how `exit status 7`, `signal: aborted`; undefined for status 0
 */
export function exitError(how: string | undefined): FunctionError {
  const errorMessage =
    how === undefined ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return { errorType: 'Runtime.ExitError', errorMessage };
}
