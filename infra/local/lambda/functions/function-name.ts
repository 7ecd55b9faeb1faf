import { VERSION } from '../identity.ts';

/** What a request may name a function by: name, partial ARN or ARN, with or without a version or alias behind it. */
export const FUNCTION_NAME = {
  type: 'String',
  required: true,
  min: 1,
  max: 170,
  pattern:
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?',
} as const;

/** Of a version or an alias. */
export const QUALIFIER = {
  type: 'String',
  min: 1,
  max: 128,
  pattern: '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+',
} as const;

/** Longest name of a function by itself. */
export const LONGEST_NAME = 64;

const NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:|(?:\d{12}:)?function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** A function as requests name it. */
export interface FunctionName {
  readonly name: string;
  /** Version or alias; null for none. */
  readonly qualifier: string | null;
}

/** Reads a name, partial ARN or ARN, with or without a version or alias; undefined if it is none. */
export function parseFunctionName(given: string): FunctionName | undefined {
  const match = NAME.exec(given);
  return match?.[1] === undefined ? undefined : { name: match[1], qualifier: match[2] ?? null };
}

/** A name with the qualifier that the request gives beside it, `$LATEST` without either. */
export function qualifiedName(
  given: string,
  qualifier: string | undefined,
): { readonly name: string; readonly qualifier: string } {
  const parsed = parseFunctionName(given);
  return { name: parsed?.name ?? given, qualifier: parsed?.qualifier ?? qualifier ?? VERSION };
}
