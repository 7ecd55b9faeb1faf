import { WildRydesError } from '../../telemetry/errors.ts';
import type { OpenQuarantine } from '../objects/line-quarantine.ts';
import { type GetsObjects, ObjectGone, openObject } from '../objects/object-body.ts';
import type { Upload } from '../objects/upload.ts';
import type { Observer } from '../observer.ts';
import { QUARANTINE_PREFIX } from '../quarantine/quarantine.ts';
import { describeError, type Effort } from '../resend.ts';
import { type FileTally, loadFile } from './file.ts';
import type { WriteLines } from './line-writer.ts';

export interface LoaderOptions {
  readonly client: GetsObjects;
  readonly write: WriteLines;
  readonly quarantine: OpenQuarantine;
  /** Where refused lines go, if that is a bucket. Should it also be the one of uploads, they are not loaded in turn. */
  readonly quarantineBucket?: string | undefined;
  readonly observer: Observer;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Loads uploads one after the other, each whole, and tells of each. One that is deleted or replaced by then is told,
 * and needs no more: what replaced it has an event of its own.
 *
 * @throws WildRydesError UNREACHABLE after all of them, when one could not be loaded for now: what is delivered again
 *   comes to the same
 */
export async function loadUploads(
  uploads: readonly Upload[],
  options: LoaderOptions,
  effort: Effort,
): Promise<void> {
  const troubles: unknown[] = [];
  for (const upload of uploads) {
    try {
      await loadUpload(upload, options, effort);
    } catch (error) {
      troubles.push(error);
    }
  }
  if (troubles.length === 1) throw troubles[0];
  if (troubles.length === 0) return;
  throw new WildRydesError('UNREACHABLE', troubles.map(describeError).join('; '), { next: COMES_AGAIN });
}

const COMES_AGAIN =
  'Lambda sends the event again, and then it is loaded from the start; a file that is too large for the time ' +
  'limit needs more memory, which brings more processor, or to be split.';

async function loadUpload(upload: Upload, options: LoaderOptions, effort: Effort): Promise<void> {
  const { client, write, quarantine, observer, now } = options;
  const { bucket, key, eventTime } = upload;
  if (bucket === options.quarantineBucket && key.startsWith(QUARANTINE_PREFIX)) {
    observer.warn('left a file', { bucket, key, reason: 'it holds refused lines' });
    return;
  }
  const started = now();
  const tally: FileTally = { lines: 0, stored: 0, outranked: 0, quarantined: 0, blank: 0 };
  try {
    const object = await openObject(client, upload, effort);
    const { etag, bytes } = object;
    const refused = quarantine({ bucket, key, etag, eventTime }, effort);
    await loadFile(object, { write, quarantine: refused, tally }, effort);
    observer.info('loaded a file', {
      bucket,
      key,
      etag,
      bytes,
      ...tally,
      milliseconds: sinceThen(now, started),
    });
    observer.count('Files', 1);
    observer.count('Bytes', bytes);
  } catch (error) {
    if (error instanceof ObjectGone) {
      observer.warn('left a file', { bucket, key, reason: error.message, ...tally });
      return;
    }
    throw new WildRydesError(
      'UNREACHABLE',
      `${bucket}/${key} could not be loaded now, ${tally.lines} lines of it are done: ${describeError(error)}`,
      { cause: error, next: COMES_AGAIN },
    );
  } finally {
    observer.count('Lines', tally.lines);
    observer.count('Stored', tally.stored);
    observer.count('Quarantined', tally.quarantined);
  }
}

function sinceThen(now: () => number, started: number): number {
  return Math.round(now() - started);
}
