import { inLanes } from '../lanes.ts';
import { describeError, type Effort, insist } from '../resend.ts';
import type { Operation, WriteDocuments } from './bulk.ts';
import { indexNameOf } from './index-name.ts';
import { documentOf, type Item } from './table/attribute-value.ts';
import { documentId } from './table/document-id.ts';
import { BACKFILL_VERSION } from './version.ts';

/** Where one segment of a scan goes on: after these keys; `done`: nowhere any more. Absent: at its beginning. */
export type ScanPosition = { readonly after: Item } | 'done';

/** One page of a scan. */
export interface ScanPage {
  readonly items: readonly Item[];
  /** Keys of the last item that was looked at, if there are more. */
  readonly next?: Item | undefined;
}

/** Reads a page of a table. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
export type ScanTable = (
  request: { readonly segment: number; readonly segments: number; readonly after: Item | undefined },
  abortSignal: AbortSignal,
) => Promise<ScanPage>;

/** How far a backfill is. */
export interface BackfillProgress {
  readonly indexed: number;
  readonly refused: number;
  /** One per segment: what to begin with next time. */
  readonly positions: readonly (ScanPosition | undefined)[];
}

export interface BackfillOptions {
  readonly table: string;
  /** The partition key's name, and the sort key's if there is one. */
  readonly keyNames: readonly string[];
  readonly scan: ScanTable;
  readonly write: WriteDocuments;
  /** What each page may take. */
  readonly effort: () => Effort;
  /** Parts of the table that are read side by side. Default: as many as there are positions, or 1. */
  readonly segments?: number;
  /** Where an earlier one stopped, of as many segments. */
  readonly positions?: readonly (ScanPosition | undefined)[];
  /** Told after each page. */
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Told of each item that the index never takes. */
  readonly onRefused?: (id: string, reason: string) => void;
  /** Stops after the pages that are under way. */
  readonly signal?: AbortSignal;
}

/** A backfill that stopped before its end, and how far it came. */
export class BackfillStopped extends Error {
  readonly progress: BackfillProgress;

  constructor(reason: string, progress: BackfillProgress) {
    super(reason);
    this.name = 'BackfillStopped';
    this.progress = progress;
  }
}

/**
 * Puts into the index what is in a table, for what was there before the table's stream was on. Have the stream on first:
 * documents come with the lowest version, so that they never stand in place of a change, and what was removed meanwhile
 * stays so.
 *
 * The next page is read once the last one is written: a cluster that is busy slows the scan down.
 *
 * @returns how many items there were, at the end or when the signal asked to stop
 * @throws BackfillStopped when a page was not read or not taken after several attempts
 */
export async function backfillTable(options: BackfillOptions): Promise<BackfillProgress> {
  const { table, keyNames, scan, write, effort, onProgress, onRefused, signal } = options;
  const segments = options.segments ?? Math.max(1, options.positions?.length ?? 1);
  const positions: (ScanPosition | undefined)[] = Array.from(
    { length: segments },
    (_, at) => options.positions?.[at],
  );
  let indexed = 0;
  let refused = 0;
  let trouble: string | undefined;
  const progress = (): BackfillProgress => ({ indexed, refused, positions: [...positions] });

  await inLanes([...positions.keys()], segments, async (segment) => {
    while (trouble === undefined && positions[segment] !== 'done' && !signal?.aborted) {
      try {
        await copyPage(segment);
      } catch (error) {
        trouble ??= describeError(error);
        return;
      }
      onProgress?.(progress());
    }
  });
  if (trouble !== undefined) throw new BackfillStopped(trouble, progress());
  return progress();

  async function copyPage(segment: number): Promise<void> {
    const position = positions[segment];
    const after = typeof position === 'object' ? position.after : undefined;
    const left = effort();
    const page = await insist(left, (abortSignal) => scan({ segment, segments, after }, abortSignal));
    const operations = page.items.map((item) => operationOf(item));
    const verdicts = await write(operations, left);
    for (const [at, verdict] of verdicts.entries()) {
      if (verdict.outcome === 'failed') throw new Error(verdict.reason);
      if (verdict.outcome === 'refused') onRefused?.(operations[at]!.id, verdict.reason);
    }
    const bad = verdicts.filter(({ outcome }) => outcome === 'refused').length;
    indexed += verdicts.length - bad;
    refused += bad;
    positions[segment] = page.next === undefined ? 'done' : { after: page.next };
  }

  function operationOf(item: Item): Operation {
    const id = documentId(item, keyNames);
    if (id === undefined) {
      throw new Error(`an item without the keys ${keyNames.join(' and ')} cannot be of table ${table}`);
    }
    return { index: indexNameOf(table), id, version: BACKFILL_VERSION, document: documentOf(item) };
  }
}
