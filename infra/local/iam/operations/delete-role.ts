import { deleteConflict } from '../errors.ts';
import { operation, ROLE_NAME } from '../operation.ts';
import { namedRole } from '../roles.ts';

/** Deletes a role that has no policies any more. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export const deleteRole = operation({ RoleName: ROLE_NAME }, ({ RoleName }, { roles }) => {
  const { attached, inline } = namedRole(roles, RoleName);
  if (attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (inline.length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
  roles.delete(RoleName);
  return '';
});
