import { DOCUMENT, operation, ROLE_NAME } from '../operation.ts';
import { checkTrustPolicy } from '../policy-document.ts';
import { namedRole } from '../roles.ts';
import { checkTrustPolicyLength } from './create-role.ts';

/** Says anew who may assume a role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export const updateAssumeRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyDocument: DOCUMENT },
  ({ RoleName, PolicyDocument }, { roles }) => {
    const role = namedRole(roles, RoleName);
    checkTrustPolicy(PolicyDocument);
    checkTrustPolicyLength(PolicyDocument);
    roles.put(RoleName, { ...role, trustPolicy: PolicyDocument });
    return '';
  },
);
