import { format } from 'node:util';
import type { FunctionError } from '../../definitions.ts';

/** Largest response of a synchronous invocation, bytes. */
const RESPONSE_LIMIT = 6_291_556;

/** What an invocation came to, as it is told to the host. */
export type Result =
  | { readonly kind: 'answer'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError };

/** A handler's value as the payload of the answer; an error when it is too large, or JSON cannot say it. */
export function resultOf(value: unknown): Result {
  let payload: string;
  try {
    // What JSON cannot say (undefined, a function) is null, as in Lambda.
    payload = JSON.stringify(value) ?? 'null';
  } catch (thrown) {
    return { kind: 'failed', error: describe(thrown) };
  }
  const bytes = Buffer.byteLength(payload);
  if (bytes <= RESPONSE_LIMIT) return { kind: 'answer', payload };
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes, given ${bytes}).`;
  return { kind: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}

/** What a handler threw, in the shape in which Lambda answers it. Never throws, whatever it was. */
export function describe(thrown: unknown): FunctionError {
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') {
    const error = thrown as Error;
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: format(thrown), trace: [] };
}
