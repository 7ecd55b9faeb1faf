import { configurationOf } from '../functions/configuration.ts';
import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { type FoundFunction, versionsOf } from '../functions/functions.ts';
import { lambdaOperation } from '../operation.ts';
import { PAGE, page } from '../paging.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html */
export const listVersionsByFunction = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME, ...PAGE },
  async (input, { functions }) => {
    const { name } = qualifiedName(input.FunctionName, undefined);
    const { items, next } = page(versionsOf(functions.find(name)), numberOf, input);
    return { Versions: await Promise.all(items.map((found) => configurationOf(found, true))), ...next };
  },
);

/** `$` is less than every digit. */
function numberOf(found: FoundFunction): string {
  const version = found.kind === 'own' ? '$LATEST' : found.record.version;
  return version.startsWith('$') ? version : version.padStart(20, '0');
}
