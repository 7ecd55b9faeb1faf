import { configurationOf } from '../functions/configuration.ts';
import { type FoundFunction, versionsOf } from '../functions/functions.ts';
import { lambdaOperation } from '../operation.ts';
import { PAGE, page } from '../paging.ts';

/**
 * The kit's own functions and uploaded ones, by name.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export const listFunctions = lambdaOperation(
  200,
  {
    ...PAGE,
    FunctionVersion: { type: 'String', oneOf: ['ALL'] },
    MasterRegion: { type: 'String' },
  },
  async (input, { functions }) => {
    const all = functions.all();
    const versions = input.FunctionVersion === 'ALL' ? all.flatMap(versionsOf) : all;
    const { items, next } = page(versions, keyOf, input);
    const qualified = input.FunctionVersion === 'ALL';
    return { Functions: await Promise.all(items.map((found) => configurationOf(found, qualified))), ...next };
  },
);

/** Sorted like the list: names, and within one the versions by their numbers, `$LATEST` first. */
function keyOf(found: FoundFunction): string {
  if (found.kind === 'own') return found.definition.functionName;
  const { functionName, version } = found.record;
  return version === '$LATEST' ? functionName : `${functionName} ${version.padStart(20, '0')}`;
}
