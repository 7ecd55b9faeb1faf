import { element } from '../../protocol/query-xml.ts';
import { operation } from '../operation.ts';
import { PAGING, PATH_PREFIX, pageOf } from '../paging.ts';
import { roleElement } from '../roles.ts';

/** Roles by name. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export const listRoles = operation({ ...PAGING, PathPrefix: PATH_PREFIX }, (input, { roles }) => {
  const { PathPrefix = '/' } = input;
  const found = roles.all().filter(({ path }) => path.startsWith(PathPrefix));
  const { items, more } = pageOf(
    found.map((role) => [role.name, role]),
    input,
  );
  return element('Roles', ...items.map((role) => roleElement('member', role, false))) + more;
});
