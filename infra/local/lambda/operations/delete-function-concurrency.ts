import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export const deleteFunctionConcurrency = lambdaOperation(
  204,
  { FunctionName: FUNCTION_NAME },
  (input, { functions }) => {
    const { function: found } = functions.changeable(qualifiedName(input.FunctionName, undefined).name);
    functions.put({ ...found, reservedConcurrency: null });
    return undefined;
  },
);
