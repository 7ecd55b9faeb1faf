import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { Effort } from './resend.ts';

/**
 * The effort that an invocation allows one of its steps.
 *
 * @param share of the time that is left now, more than 0 and less than 1: the rest is for the steps that follow, down
 *   to the answer. A share fits every timeout that someone may set
 */
export function effortOf(context: Pick<Context, 'getRemainingTimeInMillis'>, share: number): Effort {
  const reserved = context.getRemainingTimeInMillis() * (1 - share);
  return {
    remaining: () => context.getRemainingTimeInMillis() - reserved,
    random: Math.random,
    sleep: (milliseconds) => sleep(milliseconds),
    abortAfter: (milliseconds) => AbortSignal.timeout(Math.ceil(milliseconds)),
  };
}
