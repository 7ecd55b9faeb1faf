/** Stable codes of the errors that this project expects, and the exit status that each ends a command with. */
export const EXIT_STATUS = {
  USAGE: 2,
  UNREACHABLE: 3,
  NOT_FOUND: 3,
  PORT_TAKEN: 3,
  STATE_UNUSABLE: 3,
  STATE_CORRUPT: 3,
  UNBALANCED: 4,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

/**
 * An error that this project expects. Its message says what was given and what is allowed;
 * `next`, if any, says what to do about it. Printed without a stack.
 */
export class WildRydesError extends Error {
  readonly code: ErrorCode;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WildRydesError';
    this.code = code;
    this.next = options.next;
  }
}
