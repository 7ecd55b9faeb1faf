import type { FunctionPolicy, StoredFunction } from './stored-function.ts';

export function policyOf({ policies }: StoredFunction, qualifier: string): FunctionPolicy | undefined {
  return policies.find(([of]) => of === qualifier)?.[1];
}

/** @param policy without statements: there is none */
export function withPolicy(
  before: StoredFunction,
  qualifier: string,
  policy: FunctionPolicy,
): StoredFunction {
  const others = before.policies.filter(([of]) => of !== qualifier);
  return { ...before, policies: policy.statements.length === 0 ? others : [...others, [qualifier, policy]] };
}
