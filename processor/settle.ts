import type { KinesisStreamBatchResponse } from 'aws-lambda';
import type { Quarantine } from './quarantine/quarantine.ts';
import { compareSequenceNumbers, type StreamRecord } from './records.ts';

/**
 * What a function makes of one record: `handled`; `refused`, since the record itself can never be used; or `failed`,
 * since something else went wrong, so that the record has to come again.
 */
export type Verdict =
  | { readonly outcome: 'handled' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string };

export const HANDLED: Verdict = { outcome: 'handled' };

/** How one record ended. A quarantined one needs no more of its stream than a handled one. */
export interface Settlement {
  readonly sequenceNumber: string;
  readonly outcome: 'handled' | 'quarantined' | 'failed';
  /** Why, unless it was handled. */
  readonly reason?: string;
}

/**
 * Settles a batch: puts what was refused into quarantine, so that it counts as dealt with once that is acknowledged.
 *
 * Lambda delivers everything again from the first failed record on. What was refused behind that record is therefore
 * left for its next delivery: its quarantine entry would otherwise be written twice.
 *
 * @param verdicts one per record, in the order of the records
 * @param quarantine absent for a function that refuses nothing: what it refuses all the same has failed
 * @returns one settlement per record, in the same order
 */
export async function settle(
  records: readonly StreamRecord[],
  verdicts: readonly Verdict[],
  quarantine?: Quarantine,
): Promise<Settlement[]> {
  const firstFailed = verdicts.findIndex(({ outcome }) => outcome === 'failed');
  const inReach = firstFailed === -1 ? records.length : firstFailed;
  const refused = records.slice(0, inReach).flatMap((record, at) => {
    const verdict = verdicts[at]!;
    return verdict.outcome === 'refused' ? [{ record, reason: verdict.reason }] : [];
  });
  const { acknowledged, reason: trouble } =
    quarantine === undefined || refused.length === 0
      ? { acknowledged: NONE, reason: undefined }
      : await quarantine(refused);

  return records.map((record, at) => {
    const { sequenceNumber } = record;
    const verdict = verdicts[at]!;
    if (verdict.outcome === 'handled') return { sequenceNumber, outcome: 'handled' };
    if (verdict.outcome === 'failed') return { sequenceNumber, ...verdict };
    if (acknowledged.has(sequenceNumber)) {
      return { sequenceNumber, outcome: 'quarantined', reason: verdict.reason };
    }
    const reason =
      at < inReach
        ? `not quarantined: ${trouble ?? 'this function has no quarantine'}`
        : 'comes again with the failed record before it';
    return { sequenceNumber, outcome: 'failed', reason };
  });
}

const NONE: ReadonlySet<string> = new Set();

/** Of the failed records the one with the lowest sequence number, if there is any. */
export function firstFailure(settlements: readonly Settlement[]): Settlement | undefined {
  let first: Settlement | undefined;
  for (const settlement of settlements) {
    if (settlement.outcome !== 'failed') continue;
    if (first === undefined || compareSequenceNumbers(settlement.sequenceNumber, first.sequenceNumber) < 0) {
      first = settlement;
    }
  }
  return first;
}

/**
 * The answer that Lambda expects of a function whose trigger reports batch item failures: from the first failed record
 * on, everything is delivered again.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function batchResponse(settlements: readonly Settlement[]): KinesisStreamBatchResponse {
  const first = firstFailure(settlements);
  return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
}
