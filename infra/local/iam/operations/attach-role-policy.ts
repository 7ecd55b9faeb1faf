import { limitExceeded, noSuchEntity } from '../errors.ts';
import { operation, POLICY_ARN, ROLE_NAME } from '../operation.ts';
import { findPolicy } from '../policies.ts';
import { namedRole, ROLE_LIMITS } from '../roles.ts';

/** Attaches a managed policy to a role; one that is attached stays so. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export const attachRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyArn: POLICY_ARN },
  ({ RoleName, PolicyArn }, context) => {
    const { roles } = context;
    const role = namedRole(roles, RoleName);
    if (findPolicy(context, PolicyArn) === undefined) {
      throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`);
    }
    if (role.attached.includes(PolicyArn)) return '';
    if (role.attached.length >= ROLE_LIMITS.attached) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${ROLE_LIMITS.attached}`);
    }
    roles.put(RoleName, { ...role, attached: [...role.attached, PolicyArn] });
    return '';
  },
  'Any name is taken for one of the policies that AWS keeps (arn:aws:iam::aws:policy/...).',
);
