import { invalidParameter } from '../errors.ts';
import { ACCOUNT_LIMITS, reservedBy } from '../functions/account.ts';
import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { lambdaOperation } from '../operation.ts';

/**
 * Sets how many invocations of a function may be under way at once; 0 lets none begin.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export const putFunctionConcurrency = lambdaOperation(
  200,
  {
    FunctionName: FUNCTION_NAME,
    ReservedConcurrentExecutions: { type: 'Integer', required: true, min: 0 },
  },
  (input, { functions }) => {
    const { name } = qualifiedName(input.FunctionName, undefined);
    const { function: found } = functions.changeable(name);
    const { ReservedConcurrentExecutions: reserved } = input;
    const { concurrent, unreservedAtLeast } = ACCOUNT_LIMITS;
    if (concurrent - reservedBy(functions, name) - reserved < unreservedAtLeast) {
      throw invalidParameter(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedAtLeast}].`,
      );
    }
    functions.put({ ...found, reservedConcurrency: reserved });
    return { ReservedConcurrentExecutions: reserved };
  },
);
