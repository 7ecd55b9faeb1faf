import { inspect } from 'node:util';
import type { ChalkInstance } from 'chalk';
import { EXIT_STATUS, WildRydesError } from '../telemetry/errors.ts';
import { asTyped } from './hints.ts';

/** Where failures are printed: standard error, or a test's ear. */
interface Writable {
  write(text: string): unknown;
}

/**
 * Prints why a command failed and returns its exit status. An expected error prints its message and what to do
 * next; an unexpected one prints its stack and what caused it, because that is a defect of ours.
 */
export function printFailure(error: unknown, out: Writable, colours: ChalkInstance): number {
  if (error instanceof WildRydesError) {
    out.write(`${colours.red('error')} ${error.message}\n`);
    if (error.next !== undefined) out.write(`${asTyped(error.next)}\n`);
    return EXIT_STATUS[error.code];
  }
  out.write(
    `${colours.red('unexpected error')} ${error instanceof Error ? inspect(error) : String(error)}\n`,
  );
  return 1;
}

/** What a failed write to standard output means: undefined when its reader has simply left, as `head` does. */
export function brokenOutput(error: NodeJS.ErrnoException): WildRydesError | undefined {
  // EIO: the terminal is gone.
  if (error.code === 'EPIPE' || error.code === 'EIO') return undefined;
  return new WildRydesError('STATE_UNUSABLE', `cannot write to standard output: ${error.message}`, {
    cause: error,
  });
}
