import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  PutRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { ifThere } from '../check/missing.ts';
import type { Workbench } from '../workbench.ts';

/** What a role is to be. */
export interface WantedRole {
  readonly name: string;
  /** Who may assume it: `lambda.amazonaws.com`. */
  readonly service: string;
  /** ARNs of managed policies. */
  readonly attached?: readonly string[];
  /** Statements of inline policies, by name. */
  readonly inline?: Readonly<Record<string, readonly object[]>>;
}

/** @returns the role's ARN */
export async function ensureRole(at: Workbench, wanted: WantedRole): Promise<string> {
  const { name, service, attached = [], inline = {} } = wanted;
  try {
    await at.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: document([
          { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
        ]),
      }),
    );
  } catch (error) {
    if (!(error instanceof EntityAlreadyExistsException)) throw error;
  }
  for (const PolicyArn of attached) {
    await at.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
  }
  for (const [PolicyName, statements] of Object.entries(inline)) {
    await at.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument: document(statements) }),
    );
  }
  const { Role } = await at.iam.send(new GetRoleCommand({ RoleName: name }));
  return Role?.Arn ?? '';
}

/** Deletes a role, with all that is on it. */
export async function removeRole(at: Workbench, name: string): Promise<void> {
  if ((await ifThere(at.iam.send(new GetRoleCommand({ RoleName: name })))) === undefined) return;
  const asked = { client: at.iam };
  for await (const page of paginateListAttachedRolePolicies(asked, { RoleName: name })) {
    for (const { PolicyArn } of page.AttachedPolicies ?? []) {
      await at.iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn }));
    }
  }
  for await (const page of paginateListRolePolicies(asked, { RoleName: name })) {
    for (const PolicyName of page.PolicyNames ?? []) {
      await at.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }));
    }
  }
  await ifThere(at.iam.send(new DeleteRoleCommand({ RoleName: name })));
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
