import { operation, ROLE_NAME } from '../operation.ts';
import { namedRole, roleElement } from '../roles.ts';

/** A role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export const getRole = operation({ RoleName: ROLE_NAME }, ({ RoleName }, { roles }) =>
  roleElement('Role', namedRole(roles, RoleName)),
);
