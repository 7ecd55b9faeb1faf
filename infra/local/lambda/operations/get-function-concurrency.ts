import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export const getFunctionConcurrency = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME },
  (input, { functions }) => {
    const found = functions.find(qualifiedName(input.FunctionName, undefined).name);
    const reserved = found.kind === 'own' ? null : found.function.reservedConcurrency;
    return reserved === null ? {} : { ReservedConcurrentExecutions: reserved };
  },
);
