import type { Documents } from '../documents.ts';
import type { QueryOperation } from '../protocol/query-service.ts';
import { queryOperation } from '../protocol/query-validation.ts';
import type { Input, Rule, Shape } from '../protocol/validation.ts';
import { validationError } from './errors.ts';
import type { Policy } from './policies.ts';
import type { Role } from './roles.ts';
import type { User } from './users.ts';

/** What an operation works with. */
export interface Context {
  /** By name. */
  readonly roles: Documents<Role>;
  /** The account's own, by ARN. */
  readonly policies: Documents<Policy>;
  /** By name. */
  readonly users: Documents<User>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Operation = QueryOperation<Context>;

/** Members that are names. IAM says in its own way what these may not have. */
const NAMES = ['RoleName', 'PolicyName', 'UserName'] as const;

/** An operation from its validation and its action, as `queryOperation`. */
export function operation<const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: Context) => string,
  differs?: string,
): Operation {
  const run = queryOperation(validation, act, differs);
  const checked: Operation = (fields, context) => {
    for (const name of NAMES) {
      if (Object.hasOwn(validation, name) && !/^[\w+=,.@-]*$/.test(fields.get(name) ?? '')) {
        const member = name.charAt(0).toLowerCase() + name.slice(1);
        throw validationError(
          `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
        );
      }
    }
    return run(fields, context);
  };
  return differs === undefined ? checked : Object.assign(checked, { differs });
}

/*
 * Members that several operations have, as AWS describes them.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */

export const ROLE_NAME = { type: 'String', required: true, min: 1, max: 64 } as const satisfies Rule;

export const POLICY_NAME = { type: 'String', required: true, min: 1, max: 128 } as const satisfies Rule;

export const USER_NAME = { type: 'String', required: true, min: 1, max: 64 } as const satisfies Rule;

export const POLICY_ARN = { type: 'String', required: true, min: 20, max: 2048 } as const satisfies Rule;

export const DOCUMENT = {
  type: 'String',
  required: true,
  pattern: '[\\t\\n\\r\\x20-\\xff]+',
  min: 1,
  max: 131_072,
} as const satisfies Rule;

export const PATH = { type: 'String', pattern: '/|/[!-~]+/', min: 1, max: 512 } as const satisfies Rule;

export const DESCRIPTION = { type: 'String', max: 1_000 } as const satisfies Rule;

export const TAGS = {
  type: 'List',
  max: 50,
  each: {
    type: 'Structure',
    members: {
      Key: { type: 'String', required: true, min: 1, max: 128 },
      Value: { type: 'String', required: true, max: 256 },
    },
  },
} as const satisfies Rule;
