import { ServiceError } from '../../protocol/errors.ts';
import { deleteConflict } from '../errors.ts';
import { operation, POLICY_ARN } from '../operation.ts';
import { attachments, namedPolicy } from '../policies.ts';

/** Deletes a managed policy that no role has. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export const deletePolicy = operation({ PolicyArn: POLICY_ARN }, ({ PolicyArn }, context) => {
  namedPolicy(context, PolicyArn);
  if (!context.policies.has(PolicyArn)) {
    throw new ServiceError('AccessDenied', `Policy ${PolicyArn} is AWS's and cannot be deleted.`, 403);
  }
  if (attachments(context, PolicyArn) > 0)
    throw deleteConflict('Cannot delete a policy attached to entities.');
  context.policies.delete(PolicyArn);
  return '';
});
