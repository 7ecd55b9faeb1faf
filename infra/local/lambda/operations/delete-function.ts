import { invalidParameter } from '../errors.ts';
import { FUNCTION_NAME, parseFunctionName, QUALIFIER } from '../functions/function-name.ts';
import { VERSION } from '../identity.ts';
import { lambdaOperation } from '../operation.ts';

/**
 * Removes a function with its versions, or one version. What is under way ends by itself.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
export const deleteFunction = lambdaOperation(
  204,
  { FunctionName: FUNCTION_NAME, Qualifier: QUALIFIER },
  (input, { functions }) => {
    const parsed = parseFunctionName(input.FunctionName);
    const name = parsed?.name ?? input.FunctionName;
    const qualifier = parsed?.qualifier ?? input.Qualifier;
    if (qualifier === VERSION) {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    }
    const { function: found } = functions.changeable(name, qualifier);
    if (qualifier === undefined) functions.delete(name);
    else {
      const versions = found.versions.filter(({ version }) => version !== qualifier);
      const policies = found.policies.filter(([of]) => of !== qualifier);
      functions.put({ ...found, versions, policies });
    }
    return undefined;
  },
);
