import { element, textElement } from '../../protocol/query-xml.ts';
import { operation, ROLE_NAME } from '../operation.ts';
import { PAGING, pageOf } from '../paging.ts';
import { namedRole } from '../roles.ts';

/** The names of a role's inline policies. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export const listRolePolicies = operation({ RoleName: ROLE_NAME, ...PAGING }, (input, { roles }) => {
  const { inline } = namedRole(roles, input.RoleName);
  const { items, more } = pageOf(
    inline.map(({ name }) => [name, name]),
    input,
  );
  return element('PolicyNames', ...items.map((name) => textElement('member', name))) + more;
});
