import { randomUUID } from 'node:crypto';
import { notFound, revisionMismatch } from '../errors.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { policyOf, withPolicy } from '../functions/policies.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export const removePermission = lambdaOperation(
  204,
  {
    FunctionName: FUNCTION_NAME,
    Qualifier: QUALIFIER,
    StatementId: { type: 'String', required: true, min: 1, max: 100, pattern: '([a-zA-Z0-9-_.]+)' },
    RevisionId: { type: 'String' },
  },
  (input, { functions }) => {
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    const { function: found } = functions.changeable(name, qualifier);
    const policy = policyOf(found, qualifier);
    if (policy === undefined) throw notFound('No policy is associated with the given resource.');
    const statements = policy.statements.filter(({ Sid }) => Sid !== input.StatementId);
    if (statements.length === policy.statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
    }
    if (input.RevisionId !== undefined && input.RevisionId !== policy.revisionId) {
      throw revisionMismatch('GetPolicy');
    }
    functions.put(withPolicy(found, qualifier, { revisionId: randomUUID(), statements }));
    return undefined;
  },
);
