import { join } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { openDocuments } from '../documents.ts';
import type { Service } from '../gateway/service.ts';
import { createQueryService } from '../protocol/query-service.ts';
import type { Context, Operation } from './operation.ts';
import { attachRolePolicy } from './operations/attach-role-policy.ts';
import { createPolicy } from './operations/create-policy.ts';
import { createRole } from './operations/create-role.ts';
import { createUser } from './operations/create-user.ts';
import { deletePolicy } from './operations/delete-policy.ts';
import { deleteRole } from './operations/delete-role.ts';
import { deleteRolePolicy } from './operations/delete-role-policy.ts';
import { deleteUser } from './operations/delete-user.ts';
import { detachRolePolicy } from './operations/detach-role-policy.ts';
import { getPolicy } from './operations/get-policy.ts';
import { getPolicyVersion } from './operations/get-policy-version.ts';
import { getRole } from './operations/get-role.ts';
import { getRolePolicy } from './operations/get-role-policy.ts';
import { getUser } from './operations/get-user.ts';
import { listAttachedRolePolicies } from './operations/list-attached-role-policies.ts';
import { listPolicies } from './operations/list-policies.ts';
import { listRolePolicies } from './operations/list-role-policies.ts';
import { listRoles } from './operations/list-roles.ts';
import { putRolePolicy } from './operations/put-role-policy.ts';
import { updateAssumeRolePolicy } from './operations/update-assume-role-policy.ts';
import { roleArn } from './roles.ts';
import { trustsService } from './trust.ts';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AttachRolePolicy', attachRolePolicy],
  ['CreatePolicy', createPolicy],
  ['CreateRole', createRole],
  ['CreateUser', createUser],
  ['DeletePolicy', deletePolicy],
  ['DeleteRole', deleteRole],
  ['DeleteRolePolicy', deleteRolePolicy],
  ['DeleteUser', deleteUser],
  ['DetachRolePolicy', detachRolePolicy],
  ['GetPolicy', getPolicy],
  ['GetPolicyVersion', getPolicyVersion],
  ['GetRole', getRole],
  ['GetRolePolicy', getRolePolicy],
  ['GetUser', getUser],
  ['ListAttachedRolePolicies', listAttachedRolePolicies],
  ['ListPolicies', listPolicies],
  ['ListRolePolicies', listRolePolicies],
  ['ListRoles', listRoles],
  ['PutRolePolicy', putRolePolicy],
  ['UpdateAssumeRolePolicy', updateAssumeRolePolicy],
]);

const VERSION = '2010-05-08';

export interface IamOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  /** Told of faults, which the client sees as InternalError. */
  readonly log?: (line: string) => void;
}

/** A role, as other services of this cloud see it. */
export interface TrustedRole {
  readonly name: string;
  readonly arn: string;
  /** `AROA…` */
  readonly id: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** Whether its trust policy lets a service assume it now: `trusts('lambda.amazonaws.com')`. Conditions count as met. */
  trusts(service: string): boolean;
}

export interface IamService extends Service {
  /** The role of an ARN, in every part of it; undefined if there is none. */
  role(arn: string): TrustedRole | undefined;
}

/**
 * IAM: roles, policies and users, kept and not enforced.
 *
 * @throws WildRydesError STATE_CORRUPT, naming the file
 */
export function createIam({ folder, clock, log = () => {} }: IamOptions): IamService {
  const fileOf = (name: string) => (folder === null ? null : join(folder, name));
  const context: Context = {
    roles: openDocuments({ file: fileOf('roles.json'), what: 'roles' }),
    policies: openDocuments({ file: fileOf('policies.json'), what: 'policies' }),
    users: openDocuments({ file: fileOf('users.json'), what: 'users' }),
    now: () => clock.now(),
  };
  const service = createQueryService<Context>({
    title: 'IAM',
    signingName: 'iam',
    version: VERSION,
    namespace: `https://iam.amazonaws.com/doc/${VERSION}/`,
    // A document of 131,072 characters of two bytes, all percent-encoded, and the rest.
    maxBody: 1024 * 1024,
    operations: OPERATIONS,
    context: () => context,
    log,
  });
  return {
    ...service,
    role(arn) {
      const role = context.roles.get(arn.slice(arn.lastIndexOf('/') + 1));
      if (role === undefined || roleArn(role) !== arn) return undefined;
      const { name, id, maxSessionDuration, trustPolicy } = role;
      return { name, arn, id, maxSessionDuration, trusts: (by) => trustsService(trustPolicy, by) };
    },
  };
}
