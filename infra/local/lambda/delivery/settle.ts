import type { FunctionError } from '../definitions.ts';

/**
 * What becomes of a batch after its invocation: pure decisions, from the rules of
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html (partial responses, bisection) and
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html (retries; a split costs none).
 */

export interface SettleRules {
  /** ReportBatchItemFailures is on. */
  readonly reportBatchItemFailures: boolean;
  /** -1: without end. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** With tumbling windows a response without a `state` is a failed invocation. */
  readonly tumblingWindows: boolean;
}

/** What a function said of its batch. */
export type Verdict =
  | { readonly handled: true }
  | {
      readonly handled: false;
      /** Position in the batch of the first record that must be sent again; 0: the whole batch failed. */
      readonly from: number;
      /** In words meant for a person. */
      readonly reason: string;
    };

const HANDLED: Verdict = { handled: true };

/**
 * Reads a function's answer to a batch.
 *
 * With ReportBatchItemFailures on, the lowest sequence number that the response names is where the retry starts.
 * No response, none with a list, and an empty list are success; an identifier that is missing, empty or not a string
 * fails the whole batch. AWS does not say what an identifier outside the batch does, nor a list that is no array:
 * here either fails the whole batch, since trusting it could skip records.
 *
 * With tumbling windows, a response without a state fails the whole batch, whatever else it says
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html).
 *
 * @param batch the batch's records, in sequence order
 * @param response what the function returned, parsed; or the error it ended with
 */
export function interpret(
  batch: readonly { readonly sequenceNumber: string }[],
  response: { readonly value: unknown } | { readonly error: FunctionError },
  rules: Pick<SettleRules, 'reportBatchItemFailures' | 'tumblingWindows'>,
): Verdict {
  if ('error' in response) return wholeBatch(`${response.error.errorType}: ${response.error.errorMessage}`);
  const { value } = response;
  if (rules.tumblingWindows && stateIn(value) === undefined) {
    return wholeBatch('with tumbling windows the response must contain a state');
  }
  if (!rules.reportBatchItemFailures) return HANDLED;
  if (typeof value !== 'object' || value === null) return HANDLED;
  const failures = (value as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return HANDLED;
  if (!Array.isArray(failures)) {
    return wholeBatch(`batchItemFailures must be a list (given ${typeof failures})`);
  }
  if (failures.length === 0) return HANDLED;

  const positions = new Map(batch.map((record, position) => [record.sequenceNumber, position]));
  let from = batch.length;
  for (const failure of failures as readonly unknown[]) {
    const identifier = identifierOf(failure);
    if (identifier === undefined) {
      return wholeBatch(
        `each of batchItemFailures must have an itemIdentifier, a sequence number (given ${quote(failure)})`,
      );
    }
    const position = positions.get(identifier);
    if (position === undefined) {
      return wholeBatch(`itemIdentifier must be a sequence number of the batch (given ${quote(identifier)})`);
    }
    from = Math.min(from, position);
  }
  return {
    handled: false,
    from,
    reason: `the function reported ${failures.length} of ${batch.length} records as failed, the first at ${batch[from]?.sequenceNumber}`,
  };
}

/** The state of its tumbling window that a function returned; undefined for none, which null is too. */
export function stateIn(response: unknown): unknown {
  if (typeof response !== 'object' || response === null) return undefined;
  return (response as { state?: unknown }).state ?? undefined;
}

function wholeBatch(reason: string): Verdict {
  return { handled: false, from: 0, reason };
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { itemIdentifier } = failure as { itemIdentifier?: unknown };
  return typeof itemIdentifier === 'string' && itemIdentifier !== '' ? itemIdentifier : undefined;
}

function quote(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80);
}

/** A run of gathered records to send in one invocation: from `start` up to, not including, `end`. */
export interface Attempt {
  readonly start: number;
  readonly end: number;
  /** How many times its first record was already sent again. */
  readonly retries: number;
}

/** What to do after an invocation. */
export interface Step {
  /** Records before this one are handled. At least the attempt's start. */
  readonly handled: number;
  /** Records from `handled` up to this one are given up; equal to `handled` when none are. */
  readonly discarded: number;
  /** What replaces the attempt, in order. Empty when all its records are handled or given up. */
  readonly attempts: readonly Attempt[];
  /** Milliseconds to wait before the next invocation. */
  readonly delay: number;
}

/**
 * Decides what follows an invocation.
 *
 * A retry costs one of the mapping's retries, a split none. A batch is split at the number that the response named,
 * or in the middle when the whole of it failed, until single records are left.
 *
 * AWS does not say how many retries are left after a response that got further. Here they are counted for the record
 * where the retry starts: it failed once, so its next delivery is its first retry. Failures of records that were
 * handled since are not held against it.
 */
export function nextStep(
  attempt: Attempt,
  verdict: Verdict,
  rules: Pick<SettleRules, 'maximumRetryAttempts' | 'bisectBatchOnFunctionError'>,
): Step {
  const { end } = attempt;
  if (verdict.handled) return { handled: end, discarded: end, attempts: [], delay: 0 };
  const start = attempt.start + verdict.from;

  if (rules.bisectBatchOnFunctionError) {
    if (verdict.from > 0) return again(start, [{ start, end, retries: 0 }]);
    if (end - start > 1) {
      const middle = start + Math.floor((end - start) / 2);
      return again(start, [
        { start, end: middle, retries: 0 },
        { start: middle, end, retries: 0 },
      ]);
    }
  }

  const retries = verdict.from > 0 ? 1 : attempt.retries + 1;
  if (rules.maximumRetryAttempts !== -1 && retries > rules.maximumRetryAttempts) {
    return { handled: start, discarded: end, attempts: [], delay: 0 };
  }
  return again(start, [{ start, end, retries }]);
}

function again(handled: number, attempts: readonly Attempt[]): Step {
  return { handled, discarded: handled, attempts, delay: retryDelay(attempts[0]?.retries ?? 0) };
}

/** First wait before a retry, and the longest, in milliseconds. AWS's own waits are not documented, and longer. */
const FIRST_DELAY = 50;
const LONGEST_DELAY = 1_000;

/** Milliseconds to wait before the given retry: 50, doubling, at most 1,000. */
export function retryDelay(retry: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.max(0, Math.min(retry - 1, 10)));
}
