import {
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { couldNotCheck, notYet, type Shortfall } from '../finding.ts';
import type { Workbench } from '../workbench.ts';
import { ifThere } from './missing.ts';

/** A statement of a policy, its members as lists. */
export interface Statement {
  readonly effect: string;
  /** As written: `dynamodb:BatchWriteItem`, `dynamodb:*`. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Of a trust policy: `lambda.amazonaws.com`. */
  readonly services: readonly string[];
  /** Whether it says NotAction, NotResource or NotPrincipal: then it allows all but what it names. */
  readonly inverted: boolean;
}

/** A role, with all that it may do. */
export interface RoleFound {
  readonly name: string;
  readonly arn: string;
  readonly trust: readonly Statement[];
  /** ARNs of the managed policies attached to it. */
  readonly attached: readonly string[];
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, readonly Statement[]>>;
}

/**
 * @param wanted what is told when there is no such role; without it, that Lambda needs one
 * @throws Unmet when there is no such role
 */
export async function roleNamed(
  at: Workbench,
  name: string,
  wanted: Partial<Pick<Shortfall, 'expected' | 'next'>> = {},
): Promise<RoleFound> {
  const answer = await ifThere(at.iam.send(new GetRoleCommand({ RoleName: name })));
  if (answer?.Role === undefined) {
    throw notYet({
      looked: `the role ${name}`,
      found: 'there is none',
      expected: 'a role that Lambda may assume',
      next: `aws iam create-role --role-name ${name} --assume-role-policy-document file://…`,
      ...wanted,
    });
  }
  const asked = { client: at.iam };
  const attached: string[] = [];
  for await (const page of paginateListAttachedRolePolicies(asked, { RoleName: name })) {
    attached.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn));
  }
  const inline: Record<string, readonly Statement[]> = {};
  for await (const page of paginateListRolePolicies(asked, { RoleName: name })) {
    for (const policy of page.PolicyNames ?? []) {
      const { PolicyDocument } = await at.iam.send(
        new GetRolePolicyCommand({ RoleName: name, PolicyName: policy }),
      );
      inline[policy] = statementsOf(PolicyDocument, `the policy ${policy} of the role ${name}`);
    }
  }
  return {
    name,
    arn: answer.Role.Arn ?? '',
    trust: statementsOf(answer.Role.AssumeRolePolicyDocument, `the trust policy of the role ${name}`),
    attached,
    inline,
  };
}

/** Whether a service may assume the role: `lambda.amazonaws.com`. */
export function trusts({ trust }: RoleFound, service: string): boolean {
  return trust.some(
    ({ effect, actions, services }) =>
      effect === 'Allow' && actions.includes('sts:AssumeRole') && services.includes(service),
  );
}

/** IAM gives documents URL-encoded. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
function statementsOf(document: string | undefined, looked: string): Statement[] {
  try {
    const { Statement = [] } = JSON.parse(decodeURIComponent(document ?? '')) as { Statement?: unknown };
    return list(Statement).map((each) => readStatement(each as Record<string, unknown>));
  } catch (error) {
    throw couldNotCheck(
      { looked, found: 'it cannot be read', expected: 'a policy in JSON', next: 'Put the policy once more.' },
      error,
    );
  }
}

function readStatement(given: Record<string, unknown>): Statement {
  const principal = given.Principal as { Service?: unknown } | string | undefined;
  return {
    effect: String(given.Effect),
    actions: list(given.Action).map(String),
    resources: list(given.Resource).map(String),
    services: typeof principal === 'object' ? list(principal.Service).map(String) : [],
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].some((member) => given[member] !== undefined),
  };
}

function list(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
