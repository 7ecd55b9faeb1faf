import type { Effort } from '../resend.ts';
import type { Verdict } from '../settle.ts';
import { summaryKey } from '../store/logic.ts';
import { createTableWriter, type Item, type Put, type WritesItems } from '../table-writer.ts';
import { keepingSummaries, type PutsItem } from './kept-summaries.ts';

/** An item of a line, to be put. */
export interface LinePut extends Put {
  /** True: not in place of a summary. */
  readonly yields: boolean;
}

/** What became of a line's item: `outranked` means that a summary stays under its key. */
export type LineVerdict = Verdict | { readonly outcome: 'outranked' };

/** Writes items, and tells of each what became of it, in the order in which they were given. Never rejects. */
export type WriteLines = (puts: readonly LinePut[], effort: Effort) => Promise<LineVerdict[]>;

/**
 * A table, as the loader sees it: under each key stands the last summary, or where there is none the last reading,
 * whatever order they come in.
 *
 * What is given in one call may be written in any order but for that; who wants the order of two calls kept waits for
 * the first.
 */
export function createLineWriter(options: {
  readonly client: WritesItems & PutsItem;
  readonly tableName: string;
}): WriteLines {
  const { client, tableName } = options;
  const write = createTableWriter({ client, tableName, keyOf: summaryKey });
  return async (puts, effort) => {
    const outranked = new Set<string>();
    const writeYielding = createTableWriter({
      client: keepingSummaries(client, (item) => outranked.add(summaryKey(item))),
      tableName,
      keyOf: summaryKey,
    });
    const firm = await write(
      puts.filter(({ yields }) => !yields),
      effort,
    );
    // Afterwards, so that what is outranked does not hang on which request is quicker.
    const yielding = await writeYielding(
      puts.filter(({ yields }) => yields),
      effort,
    );
    const verdicts = { firm: firm.values(), yielding: yielding.values() };
    return puts.map(({ item, yields }) => {
      const verdict = (yields ? verdicts.yielding : verdicts.firm).next().value!;
      return verdict.outcome === 'handled' && yields && outranked.has(summaryKey(item as Item))
        ? { outcome: 'outranked' }
        : verdict;
    });
  };
}
