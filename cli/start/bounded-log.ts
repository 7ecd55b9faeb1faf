import { appendFileSync, closeSync, copyFileSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { WildRydesError } from '../../telemetry/errors.ts';

/** Bytes at which a log is set aside and begun anew: with the one set aside, it takes twice as much at most. */
const LIMIT = 2_500_000;

/**
 * A log in a file, a line at a time, that does not grow without end: when it is full, it moves to `FILE.1` and begins
 * anew. It is emptied in place, so that whoever else appends to it (a process's standard error) goes on in the same
 * file.
 *
 * @param limit bytes
 * @throws WildRydesError STATE_UNUSABLE when the file cannot be opened
 */
export function boundedLog(file: string, limit: number = LIMIT): (line: string) => void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'a');
  } catch (error) {
    throw new WildRydesError('STATE_UNUSABLE', `cannot write the log: ${(error as Error).message}`, {
      next: 'Name a file that can be written with --log.',
      cause: error,
    });
  }
  process.once('exit', () => closeSync(descriptor));
  return (line) => {
    try {
      if (fstatSync(descriptor).size >= limit) {
        copyFileSync(file, `${file}.1`);
        ftruncateSync(descriptor);
      }
      appendFileSync(descriptor, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // A full disk must not end the cloud only because nobody can be told of it.
    }
  };
}
