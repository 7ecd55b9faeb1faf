import { noSuchEntity } from '../errors.ts';
import { operation, POLICY_ARN, ROLE_NAME } from '../operation.ts';
import { namedPolicy } from '../policies.ts';
import { namedRole } from '../roles.ts';

/** Detaches a managed policy from a role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export const detachRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyArn: POLICY_ARN },
  ({ RoleName, PolicyArn }, context) => {
    const role = namedRole(context.roles, RoleName);
    namedPolicy(context, PolicyArn);
    if (!role.attached.includes(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
    context.roles.put(RoleName, { ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) });
    return '';
  },
);
