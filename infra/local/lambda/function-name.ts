/** A function as requests name it. */
export interface FunctionName {
  readonly name: string;
  /** Version or alias; null for none. */
  readonly qualifier: string | null;
}

const NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:|function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Reads a name, partial ARN or ARN, with or without a version or alias; undefined if it is none. */
export function parseFunctionName(given: string): FunctionName | undefined {
  const match = NAME.exec(given);
  return match?.[1] === undefined ? undefined : { name: match[1], qualifier: match[2] ?? null };
}
