import type { Functions } from './functions.ts';

/**
 * What AWS grants an account to begin with.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const ACCOUNT_LIMITS = {
  /** Invocations under way at once. */
  concurrent: 1000,
  /** How many of them no function may reserve. */
  unreservedAtLeast: 100,
  /** Bytes of all functions' archives: 75 GB. */
  code: 80_530_636_800,
} as const;

/** @param except a function that does not count */
export function reservedBy(functions: Functions, except?: string): number {
  let reserved = 0;
  for (const found of functions.all()) {
    if (found.kind === 'own' || found.record.functionName === except) continue;
    reserved += found.function.reservedConcurrency ?? 0;
  }
  return reserved;
}
