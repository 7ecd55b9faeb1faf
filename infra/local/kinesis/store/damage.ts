import { WildRydesError } from '../../../../telemetry/errors.ts';

/** A file of the store that does not read back as it was written. Nothing after that place is trusted, and nothing is dropped. */
export function damaged(path: string, offset: number, what: string): WildRydesError {
  return new WildRydesError('STATE_CORRUPT', `${path} is damaged at byte ${offset}: ${what}`, {
    next: 'Restore the file, or start with fresh state: ./wildrydes reset, or another --data folder.',
  });
}

/** A file or folder of the store that cannot be used as it should. */
export function unusable(what: string, cause: unknown): WildRydesError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WildRydesError('STATE_UNUSABLE', `${what}: ${reason}`, {
    next: 'Free some space, or name a folder that can be written to with --data.',
    cause,
  });
}
