import type { ApiResponse } from '../gateway/service.ts';
import { type Input, type Shape, validate } from './validation.ts';

/**
 * One operation of a service that speaks JSON: from a request's body, as parsed, to the answer's, as JSON text; or to an
 * answer of another kind, such as a stream of events.
 * One that does not answer with a promise runs to its end without giving way, so that no other request sees it half done.
 *
 * @throws ServiceError for an answer other than success
 */
export interface JsonOperation<C> extends Described {
  (body: unknown, context: C): string | ApiResponse | Promise<string | ApiResponse>;
}

/** What the table of operations in infra/local/README.md tells of one. */
export interface Described {
  /** What it does not do as AWS does, in a sentence or two; absent when nothing is known to differ. */
  readonly differs?: string;
}

/**
 * An operation from its validation and its action.
 *
 * @param act its result is the answer; undefined an empty body
 * @param differs see Described
 */
export function jsonOperation<C, const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: C) => object | undefined | Promise<object | undefined>,
  differs?: string,
): JsonOperation<C> {
  const run = (body: unknown, context: C) => {
    const answer = act(validate(validation, body), context);
    return answer instanceof Promise ? answer.then(written) : written(answer);
  };
  return differs === undefined ? run : Object.assign(run, { differs });
}

function written(answer: object | undefined): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}
