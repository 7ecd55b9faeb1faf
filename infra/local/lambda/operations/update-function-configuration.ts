import { randomUUID } from 'node:crypto';
import { revisionMismatch } from '../errors.ts';
import { updatedConfiguration } from '../functions/configuration.ts';
import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { checkSettings, SETTINGS, settingsOf } from '../functions/settings.ts';
import { lambdaOperation } from '../operation.ts';

/**
 * Changes the settings that the request names, and leaves the others. Invocations that begin after the answer have them.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
export const updateFunctionConfiguration = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME, ...SETTINGS, RevisionId: { type: 'String' } },
  (input, { functions, roleTrust, clock }) => {
    const { name } = qualifiedName(input.FunctionName, undefined);
    const { function: found } = functions.changeable(name);
    if (input.RevisionId !== undefined && input.RevisionId !== found.latest.revisionId) {
      throw revisionMismatch('GetFunction/GetAlias');
    }
    checkSettings(input, roleTrust);
    const latest = {
      ...found.latest,
      ...settingsOf(input, name),
      lastModified: clock.now(),
      revisionId: randomUUID(),
    };
    functions.put({ ...found, latest });
    return updatedConfiguration(latest);
  },
);
