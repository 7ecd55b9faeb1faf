import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { WildRydesError } from '../../telemetry/errors.ts';

/**
 * A few small things of one kind (topics, roles, functions), by key, in one file that is replaced whole at every change.
 * For hundreds, not for millions: a change costs as much as all of them.
 */
export interface Documents<T> {
  /** In the order of their keys. */
  all(): readonly T[];
  get(key: string): T | undefined;
  has(key: string): boolean;
  /** Adds, or replaces what has this key. On disk when it returns. */
  put(key: string, document: T): void;
  /** Does nothing if there is none. On disk when it returns. */
  delete(key: string): void;
}

export interface DocumentsOptions {
  /** File, in a folder that is created if missing; null: in memory. */
  readonly file: string | null;
  /** What they are, in the plural, for an error: `topics`. */
  readonly what: string;
}

/**
 * Opens a file of documents. What JSON cannot say of a document (undefined, functions) is not kept.
 *
 * @throws WildRydesError STATE_CORRUPT if the file is not what was written; STATE_UNUSABLE, from here or from a change,
 * if it cannot be read or written: the change is then not made
 */
export function openDocuments<T>({ file, what }: DocumentsOptions): Documents<T> {
  let documents = file === null ? new Map<string, T>() : read<T>(file, what);

  const replace = (changed: Map<string, T>): void => {
    const sorted = new Map([...changed].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (file !== null) write(file, what, sorted);
    documents = sorted;
  };

  return {
    all: () => [...documents.values()],
    get: (key) => documents.get(key),
    has: (key) => documents.has(key),
    put: (key, document) => replace(new Map(documents).set(key, document)),
    delete(key) {
      const changed = new Map(documents);
      if (changed.delete(key)) replace(changed);
    },
  };
}

interface Saved<T> {
  readonly version: 1;
  readonly checksum: number;
  readonly documents: readonly (readonly [string, T])[];
}

function read<T>(file: string, what: string): Map<string, T> {
  let text: string;
  try {
    mkdirSync(dirname(file), { recursive: true });
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw unusable(`cannot read the ${what} in ${file}`, error);
  }
  try {
    const { version, checksum, documents } = JSON.parse(text) as Saved<T>;
    if (version !== 1) throw new Error(`its version must be 1 (given ${String(version)})`);
    if (checksum !== checksumOf(documents)) throw new Error('its checksum differs');
    return new Map(documents);
  } catch (cause) {
    throw new WildRydesError('STATE_CORRUPT', `the ${what} in ${file} cannot be read: ${reasonOf(cause)}`, {
      next: 'Restore that file from a copy, or remove it and create them again',
      cause,
    });
  }
}

/** Old contents or new, never half of either. */
function write<T>(file: string, what: string, documents: ReadonlyMap<string, T>): void {
  const entries = [...documents];
  const saved: Saved<T> = { version: 1, checksum: checksumOf(entries), documents: entries };
  const fresh = `${file}.new`;
  try {
    const descriptor = openSync(fresh, 'w');
    try {
      const bytes = Buffer.from(`${JSON.stringify(saved, null, 1)}\n`);
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(fresh, file);
  } catch (error) {
    throw unusable(`cannot write the ${what} to ${file}`, error);
  }
}

function checksumOf(documents: unknown): number {
  return crc32(JSON.stringify(documents));
}

function unusable(what: string, cause: unknown): WildRydesError {
  return new WildRydesError('STATE_UNUSABLE', `${what}: ${reasonOf(cause)}`, { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
