import { notFound } from '../errors.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { policyOf } from '../functions/policies.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export const getPolicy = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME, Qualifier: QUALIFIER },
  (input, { functions }) => {
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    const found = functions.find(name, qualifier);
    const policy = found.kind === 'own' ? undefined : policyOf(found.function, qualifier);
    if (policy === undefined) throw notFound('The resource you requested does not exist.');
    const document = { Version: '2012-10-17', Id: 'default', Statement: policy.statements };
    return { Policy: JSON.stringify(document), RevisionId: policy.revisionId };
  },
);
