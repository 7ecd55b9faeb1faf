import type { EventRecord } from '../../records.ts';
import type { Effort } from '../../resend.ts';
import type { Verdict } from '../../settle.ts';
import type { Operation, WriteDocuments } from '../bulk.ts';
import { indexNameOf } from '../index-name.ts';
import { arrivalVersion } from '../version.ts';
import type { StreamDocument } from './documents.ts';

export interface StreamIndexOptions {
  readonly write: WriteDocuments;
  /** Default: the stream's own. */
  readonly index: string | undefined;
}

/**
 * Puts the documents of a batch into the index of their stream: a record delivered again overwrites its own document.
 *
 * @returns one verdict per record, in the order of the records; those that are no document, or one that the cluster can
 *   never take, are refused. Never rejects.
 */
export async function indexRecords(
  records: readonly EventRecord<StreamDocument>[],
  { write, index }: StreamIndexOptions,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length);
  const operations: { readonly place: number; readonly operation: Operation }[] = [];
  for (const [place, { decoded, stream, shardId, sequenceNumber, arrival }] of records.entries()) {
    if (!decoded.ok) {
      verdicts[place] = { outcome: 'refused', reason: decoded.reason };
      continue;
    }
    const operation = {
      index: index ?? indexNameOf(stream),
      id: decoded.id ?? `${shardId ?? 'unknown'}:${sequenceNumber}`,
      version: arrivalVersion(arrival),
      document: decoded.document,
    };
    operations.push({ place, operation });
  }
  const written = await write(
    operations.map(({ operation }) => operation),
    effort,
  );
  for (const [at, { place }] of operations.entries()) verdicts[place] = written[at]!;
  return verdicts;
}
