import { textElement } from '../../protocol/query-xml.ts';
import { noSuchEntity } from '../errors.ts';
import { operation, POLICY_NAME, ROLE_NAME } from '../operation.ts';
import { encodeDocument } from '../policy-document.ts';
import { namedRole } from '../roles.ts';

/** An inline policy of a role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export const getRolePolicy = operation(
  { RoleName: ROLE_NAME, PolicyName: POLICY_NAME },
  ({ RoleName, PolicyName }, { roles }) => {
    const policy = namedRole(roles, RoleName).inline.find(({ name }) => name === PolicyName);
    if (policy === undefined) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    return (
      textElement('RoleName', RoleName) +
      textElement('PolicyName', PolicyName) +
      textElement('PolicyDocument', encodeDocument(policy.document))
    );
  },
);
