import { invalidParameter, revisionMismatch } from '../errors.ts';
import { recordAnswer } from '../functions/configuration.ts';
import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { publishing } from '../functions/versions.ts';
import { lambdaOperation } from '../operation.ts';

/**
 * Keeps what `$LATEST` is now under a number.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export const publishVersion = lambdaOperation(
  201,
  {
    FunctionName: FUNCTION_NAME,
    CodeSha256: { type: 'String' },
    Description: { type: 'String', max: 256 },
    RevisionId: { type: 'String' },
  },
  (input, { functions, clock }) => {
    const { name } = qualifiedName(input.FunctionName, undefined);
    const { function: found } = functions.changeable(name);
    const { latest } = found;
    if (input.RevisionId !== undefined && input.RevisionId !== latest.revisionId) {
      throw revisionMismatch('GetFunction/GetAlias');
    }
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== latest.codeSha256) {
      throw invalidParameter(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    const { changed, version } = publishing(found, input.Description ?? '', clock.now());
    if (changed !== found) functions.put(changed);
    return recordAnswer(version);
  },
);
