import { describeError, type Effort, isTransient } from '../../resend.ts';
import type { Verdict } from '../../settle.ts';
import type { Operation, WriteDocuments } from '../bulk.ts';
import { indexNameOf } from '../index-name.ts';
import { changeVersion } from '../version.ts';
import { documentOf } from './attribute-value.ts';
import type { TableChange } from './changes.ts';
import { documentId } from './document-id.ts';
import { type KeySchemas, sameNames } from './key-schema.ts';

export interface TableIndexOptions {
  readonly write: WriteDocuments;
  readonly keySchemas: KeySchemas;
}

/**
 * Does to the indices what was done to the tables: puts what was inserted or modified, deletes what was removed. Of a
 * change that comes again, late or after a newer one, nothing is seen.
 *
 * @returns one verdict per change, in the order of the changes; what can never be indexed is refused. Never rejects.
 */
export async function followTables(
  changes: readonly TableChange[],
  { write, keySchemas }: TableIndexOptions,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(changes.length);
  const operations: { readonly place: number; readonly operation: Operation }[] = [];
  for (const [place, change] of changes.entries()) {
    const made = await operationOf(change, keySchemas, effort);
    if ('outcome' in made) verdicts[place] = made;
    else operations.push({ place, operation: made });
  }
  const written = await write(
    operations.map(({ operation }) => operation),
    effort,
  );
  for (const [at, { place }] of operations.entries()) verdicts[place] = written[at]!;
  return verdicts;
}

async function operationOf(
  { stream: table, sequenceNumber, keys, change }: TableChange,
  keySchemas: KeySchemas,
  effort: Effort,
): Promise<Operation | Verdict> {
  if (change.kind === 'untold') return refused(change.reason);
  const names = Object.keys(keys);
  let keyNames: readonly string[];
  try {
    keyNames = await keySchemas.keyNames(table, names, effort);
  } catch (error) {
    // Of a table that is gone nobody can tell which key comes first.
    if (isGone(error)) return refused(`the table ${table} is gone`);
    return { outcome: 'failed', reason: `table ${table} not described: ${describeError(error)}` };
  }
  const id = sameNames(keyNames, names) ? documentId(keys, keyNames) : undefined;
  if (id === undefined) {
    return refused(
      `the keys must be those of table ${table}, ${keyNames.join(' and ')} (given ${names.join(' and ')})`,
    );
  }
  const target = { index: indexNameOf(table), id, version: changeVersion(sequenceNumber) };
  return change.kind === 'removed' ? target : { ...target, document: documentOf(change.item) };
}

function refused(reason: string): Verdict {
  return { outcome: 'refused', reason };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException' && !isTransient(error);
}
