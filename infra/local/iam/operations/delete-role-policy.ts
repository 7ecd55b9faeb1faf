import { noSuchEntity } from '../errors.ts';
import { operation, POLICY_NAME, ROLE_NAME } from '../operation.ts';
import { namedRole } from '../roles.ts';

/** Deletes an inline policy of a role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export const deleteRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyName: POLICY_NAME },
  ({ RoleName, PolicyName }, { roles }) => {
    const role = namedRole(roles, RoleName);
    const inline = role.inline.filter(({ name }) => name !== PolicyName);
    if (inline.length === role.inline.length) {
      throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    }
    roles.put(RoleName, { ...role, inline });
    return '';
  },
);
