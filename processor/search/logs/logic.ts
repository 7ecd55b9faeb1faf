import { hash } from 'node:crypto';
import { DamagedGzip } from '../../objects/gzip.ts';
import type { OpenQuarantine, RefusedLine } from '../../objects/line-quarantine.ts';
import type { Line } from '../../objects/lines.ts';
import { UnreadableFile } from '../../objects/unpacked.ts';
import { describeError, type Effort, insist } from '../../resend.ts';
import type { Operation, WriteDocuments } from '../bulk.ts';
import type { SearchClient } from '../client.ts';
import { parseAccessLine } from './access-line.ts';
import { LONGEST_LINE, linesOf } from './lines.ts';
import type { LogObject, LogStore } from './objects.ts';

/** Lines that are indexed together; a multiple of what one request takes. */
const LINES_AT_A_TIME = 2_000;

export interface LogIndexOptions {
  readonly store: LogStore;
  readonly client: SearchClient;
  readonly write: WriteDocuments;
  readonly quarantine: OpenQuarantine;
  readonly index: string;
  /** Whether what was deleted is to be gone from searches at once. */
  readonly refresh: boolean;
}

export interface Indexed {
  readonly lines: number;
  readonly quarantined: number;
}

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Puts the lines of an access log into the index, and takes those out that an earlier object under the same key left.
 * A document is known by object and line, and its version by the object's: doing it again, or late, comes to the same.
 *
 * An object that was replaced while it was read leaves nothing behind: another event tells of the new one.
 *
 * @returns how many lines there were; undefined when the object was gone
 * @throws when a document was not taken for now, or the object could not be read to its end
 */
export async function indexObject(
  object: LogObject,
  { store, client, write, quarantine, index, refresh }: LogIndexOptions,
  effort: Effort,
): Promise<Indexed | undefined> {
  const opened = await store.open(object, effort);
  if (opened === undefined) return undefined;
  const { bucket, key, arrival } = object;
  const refused = quarantine({ bucket, key, etag: opened.etag, eventTime: arrival }, effort);
  let lines = 0;
  let quarantined = 0;
  let damage: RefusedLine | undefined;
  const flush = async (batch: readonly Line[]): Promise<void> => {
    const bad = await indexLines(batch);
    for (const line of bad) await refused.add(line);
    lines += batch.length;
    quarantined += bad.length;
  };
  let batch: Line[] = [];
  let last = 0;
  try {
    for await (const line of linesOf(opened.pieces, opened.contentEncoding)) {
      batch.push(line);
      last = line.number;
      if (batch.length < LINES_AT_A_TIME) continue;
      await flush(batch);
      batch = [];
    }
  } catch (error) {
    if (!(error instanceof DamagedGzip) && !(error instanceof UnreadableFile)) throw error;
    damage = {
      number: last + 1,
      bytes: Buffer.alloc(0),
      length: 0,
      reason: `the rest of the file is lost: ${error.message}`,
    };
  }
  if (batch.length > 0) await flush(batch);
  if (damage !== undefined) {
    await refused.add(damage);
    quarantined++;
  }
  await refused.finish();
  const now = await store.etag(object, effort);
  const replaced = now !== undefined && now !== opened.etag;
  // What this run wrote of lines that the next object does not have, nobody else would delete.
  await forget(object.version + (replaced ? 1n : 0n));
  return { lines, quarantined };

  async function indexLines(read: readonly Line[]): Promise<RefusedLine[]> {
    const bad: RefusedLine[] = [];
    const good: { readonly line: Line; readonly operation: Operation }[] = [];
    for (const line of read) {
      const entry = entryOf(line);
      if (entry.ok) good.push({ line, operation: operationOf(object, line.number, entry.entry) });
      else bad.push({ ...line, reason: entry.reason });
    }
    const verdicts = await write(
      good.map(({ operation }) => operation),
      effort,
    );
    for (const [at, verdict] of verdicts.entries()) {
      if (verdict.outcome === 'failed') throw new Error(verdict.reason);
      if (verdict.outcome === 'refused') bad.push({ ...good[at]!.line, reason: verdict.reason });
    }
    return bad.sort((a, b) => a.number - b.number);
  }

  function operationOf({ bucket, key, version }: LogObject, line: number, entry: object): Operation {
    const document = {
      Bucket: bucket,
      Key: key,
      Object: nameOf(object),
      Line: line,
      // A string, since 63 bits are more than most readers of JSON keep. The index takes it for the number.
      Version: String(version),
      ...entry,
    };
    return { index, id: `${objectId(object)}-${line}`, version, document: JSON.stringify(document) };
  }

  /** Deletes the object's documents of earlier versions, those too that no search has seen yet. */
  async function forget(before: bigint): Promise<void> {
    const older = [{ term: { Object: nameOf(object) } }, { range: { Version: { lt: String(before) } } }];
    const path = `/${encodeURIComponent(index)}`;
    const there = { ignore_unavailable: 'true' };
    await insist(effort, async (abortSignal) => {
      await client.send({ method: 'POST', path: `${path}/_refresh`, query: there }, { abortSignal });
      const answer = await client.send(
        {
          method: 'POST',
          path: `${path}/_delete_by_query`,
          // A conflict: the document is newer by now.
          query: { ...there, conflicts: 'proceed', refresh: String(refresh) },
          body: { json: JSON.stringify({ query: { bool: { filter: older } } }) },
        },
        { abortSignal },
      );
      const { failures = [] } = (answer ?? {}) as { failures?: readonly unknown[] };
      if (failures.length > 0)
        throw new Error(`${failures.length} documents of an earlier object were not deleted`);
    });
  }
}

function entryOf({ bytes, length }: Line): ReturnType<typeof parseAccessLine> {
  if (length > LONGEST_LINE) {
    return { ok: false, reason: `a line must have at most ${LONGEST_LINE} bytes (given ${length})` };
  }
  try {
    return parseAccessLine(utf8.decode(bytes));
  } catch (error) {
    return { ok: false, reason: `a line must be UTF-8 (${describeError(error)})` };
  }
}

/** No bucket has a slash in its name. A keyword takes what 1,088 bytes are. */
function nameOf({ bucket, key }: LogObject): string {
  return `${bucket}/${key}`;
}

function objectId(object: LogObject): string {
  return hash('sha256', nameOf(object));
}
