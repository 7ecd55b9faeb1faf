import { limitExceeded } from '../errors.ts';
import { DOCUMENT, operation, POLICY_NAME, ROLE_NAME } from '../operation.ts';
import { checkPolicy } from '../policy-document.ts';
import { lengthWithoutSpace, namedRole, ROLE_LIMITS } from '../roles.ts';

/** Adds an inline policy to a role, or replaces the one of that name. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const putRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyName: POLICY_NAME, PolicyDocument: DOCUMENT },
  ({ RoleName, PolicyName, PolicyDocument }, { roles }) => {
    const role = namedRole(roles, RoleName);
    checkPolicy(PolicyDocument);
    const others = role.inline.filter(({ name }) => name !== PolicyName);
    const inline = [...others, { name: PolicyName, document: PolicyDocument }];
    const length = inline.reduce((sum, { document }) => sum + lengthWithoutSpace(document), 0);
    if (length > ROLE_LIMITS.inline) {
      throw limitExceeded(`Maximum policy size of ${ROLE_LIMITS.inline} bytes exceeded for role ${RoleName}`);
    }
    roles.put(RoleName, { ...role, inline });
    return '';
  },
);
