import { configurationOf } from '../functions/configuration.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export const getFunctionConfiguration = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME, Qualifier: QUALIFIER },
  async (input, { functions }) => {
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    return configurationOf(functions.find(name, qualifier), input.Qualifier !== undefined);
  },
);
