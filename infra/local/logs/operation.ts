import { ServiceError } from '../protocol/errors.ts';
import { type JsonOperation, jsonOperation } from '../protocol/operation.ts';
import type { Input, Rule, Shape } from '../protocol/validation.ts';
import type { LogStore } from './store/log-store.ts';

/** What an operation works with. */
export interface Context {
  readonly store: LogStore;
  /** That the request was signed for. */
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Operation = JsonOperation<Context>;

/** An operation from its validation and its action, as `jsonOperation`; what breaks a constraint is, here, an InvalidParameterException. */
export function operation<const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: Context) => object | undefined | Promise<object | undefined>,
  differs?: string,
): Operation {
  const run = jsonOperation(validation, act, differs);
  const renamed: Operation = (body, context) => {
    try {
      return run(body, context);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.type !== 'ValidationException') throw error;
      throw new ServiceError('InvalidParameterException', error.message);
    }
  };
  return differs === undefined ? renamed : Object.assign(renamed, { differs });
}

/*
 * Members that several operations have, as AWS describes them.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
 */

export const GROUP_NAME = {
  type: 'String',
  pattern: '[\\.\\-_/#A-Za-z0-9]+',
  min: 1,
  max: 512,
} as const satisfies Rule;

export const GROUP_IDENTIFIER = {
  type: 'String',
  pattern: '[\\w#+=/:,.@*-]*',
  min: 1,
  max: 2048,
} as const satisfies Rule;

export const STREAM_NAME = { type: 'String', pattern: '[^:*]*', min: 1, max: 512 } as const satisfies Rule;

/** A group in either form: see `namedGroup`. */
export const GROUP = {
  logGroupName: GROUP_NAME,
  logGroupIdentifier: GROUP_IDENTIFIER,
} as const satisfies Shape;

export const NEXT_TOKEN = { type: 'String', min: 1 } as const satisfies Rule;

/** Milliseconds since the epoch. */
export const TIME = { type: 'Integer', min: 0 } as const satisfies Rule;

export const TAGS = { type: 'Map', min: 1, max: 50 } as const satisfies Rule;
