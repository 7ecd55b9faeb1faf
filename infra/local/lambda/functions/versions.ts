import { randomUUID } from 'node:crypto';
import type { FunctionRecord, StoredFunction } from './stored-function.ts';

/**
 * Publishes what `$LATEST` is now. When that is what was published last, nothing changes, and that version is the answer.
 *
 * @param description of the version; '' for the function's own
 * @param now milliseconds since the epoch
 */
export function publishing(
  before: StoredFunction,
  description: string,
  now: number,
): { readonly changed: StoredFunction; readonly version: FunctionRecord } {
  const { latest, versions, lastVersion } = before;
  const last = versions.at(-1);
  if (last !== undefined && isSame(last, latest)) return { changed: before, version: last };
  const version = {
    ...latest,
    version: String(lastVersion + 1),
    description: description || latest.description,
    lastModified: now,
    revisionId: randomUUID(),
  };
  return { changed: { ...before, versions: [...versions, version], lastVersion: lastVersion + 1 }, version };
}

/** Code and settings; a version's description is its own. */
function isSame(published: FunctionRecord, latest: FunctionRecord): boolean {
  const { version, description, lastModified, revisionId } = latest;
  const beside = { version, description, lastModified, revisionId };
  return JSON.stringify({ ...published, ...beside }) === JSON.stringify({ ...latest, ...beside });
}
