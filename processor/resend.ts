/** What a function may still spend on a task: injected, so that tests decide time and chance. */
export interface Effort {
  /** Milliseconds that may still be spent; 0 or less when there is nothing left. */
  remaining(): number;
  /** From 0 to below 1. */
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Aborts after so many milliseconds. */
  abortAfter(milliseconds: number): AbortSignal;
}

/** What a bounded number of attempts could not do, and why. */
export interface Leftover<T> {
  /** In the order in which they were given; empty when everything is done. */
  readonly items: readonly T[];
  /** The last error, or what stands for one; undefined when everything is done. */
  readonly error: unknown;
}

/** Attempts at one task before its records are left for their next delivery. */
export const MOST_ATTEMPTS = 8;

/** Longest that one attempt may take, ms: an answer this late is worth less than another attempt. */
export const ATTEMPT_LIMIT = 5_000;

/** Backoff, ms: before attempt n + 1 a random time from 0 to `first * 2^(n - 1)`, at most `longest`. */
const BACKOFF = { first: 50, longest: 2_000 } as const;

/**
 * Sends items until all are accepted, resending only those that were not: at most 8 times, with full jitter between,
 * and never past what the effort allows.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt sends the items and returns those not accepted for now; throws when none was, or nobody knows.
 *   Its signal aborts when the attempt takes too long
 * @returns what is left; an error that another attempt would not cure ends the attempts at once. Never rejects.
 */
export async function resend<T>(
  effort: Effort,
  items: readonly T[],
  attempt: (items: readonly T[], signal: AbortSignal) => Promise<readonly T[]>,
): Promise<Leftover<T>> {
  let left = items;
  let error: unknown = new Error('there was no time left before the deadline');
  for (let attempts = 1; left.length > 0 && effort.remaining() > 0; attempts++) {
    try {
      left = await attempt(left, effort.abortAfter(Math.min(ATTEMPT_LIMIT, effort.remaining())));
      error = new Error(`${left.length} of ${items.length} were not accepted`);
    } catch (thrown) {
      error = thrown;
      if (!isTransient(thrown)) break;
    }
    if (left.length === 0 || attempts === MOST_ATTEMPTS) break;
    const pause = effort.random() * Math.min(BACKOFF.longest, BACKOFF.first * 2 ** (attempts - 1));
    if (pause >= effort.remaining()) break;
    await effort.sleep(pause);
  }
  return left.length === 0 ? { items: [], error: undefined } : { items: left, error };
}

/** One call under the rules of `resend`. @throws the last error */
export async function insist<R>(effort: Effort, call: (signal: AbortSignal) => Promise<R>): Promise<R> {
  let result: { readonly value: R } | undefined;
  const { error } = await resend(effort, [call], async (_, signal) => {
    result = { value: await call(signal) };
    return [];
  });
  if (result === undefined) throw error;
  return result.value;
}

/**
 * Errors of a client's making that another attempt may cure. Everything the service itself is to blame for may be
 * cured so, too, and whatever got no answer.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const CURABLE = new Set([
  'BandwidthLimitExceeded',
  'KMSThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'Throttled',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Whether another attempt may cure an error that an SDK client threw. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (CURABLE.has(error.name)) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined || status >= 500 || status === 429;
}

/** An error in words, for a reason or a log line. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
