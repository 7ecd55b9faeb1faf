import chalk from 'chalk';
import { EXIT_STATUS, WildRydesError } from '../telemetry/errors.ts';

/** Where failures are printed: standard error, or a test's ear. */
interface Writable {
  write(text: string): unknown;
}

/**
 * Prints why a command failed and returns its exit status. An expected error prints its message and what to do
 * next; an unexpected one prints its stack, because that is a defect of ours.
 */
export function printFailure(error: unknown, out: Writable): number {
  if (error instanceof WildRydesError) {
    out.write(`${chalk.red('error')} ${error.message}\n`);
    if (error.next !== undefined) out.write(`${error.next}\n`);
    return EXIT_STATUS[error.code];
  }
  out.write(`${chalk.red('unexpected error')} ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
