import { randomUUID } from 'node:crypto';
import { revisionMismatch } from '../errors.ts';
import { updatedConfiguration } from '../functions/configuration.ts';
import { FUNCTION_NAME, qualifiedName } from '../functions/function-name.ts';
import { publishing } from '../functions/versions.ts';
import { lambdaOperation } from '../operation.ts';
import { archiveOf, CODE } from './code.ts';

/**
 * Gives a function other code. Invocations that begin after the answer run it.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
 */
export const updateFunctionCode = lambdaOperation(
  200,
  {
    FunctionName: FUNCTION_NAME,
    ...CODE,
    Architectures: { type: 'List', each: { type: 'String', oneOf: ['x86_64', 'arm64'] }, min: 1, max: 1 },
    Publish: { type: 'Boolean' },
    DryRun: { type: 'Boolean' },
    RevisionId: { type: 'String' },
  },
  async (input, context) => {
    const { name } = qualifiedName(input.FunctionName, undefined);
    const insistOnRevision = () => {
      const found = context.functions.changeable(name).function;
      if (input.RevisionId !== undefined && input.RevisionId !== found.latest.revisionId) {
        throw revisionMismatch('GetFunction/GetAlias');
      }
      return found;
    };
    insistOnRevision();
    const archive = await archiveOf(input, context.readObject);
    return context.functions.code.add(archive, ({ sha256, size }) => {
      // It may have changed, or be gone, while the archive was unpacked.
      const found = insistOnRevision();
      const now = context.clock.now();
      const latest = {
        ...found.latest,
        architectures: input.Architectures ?? found.latest.architectures,
        codeSha256: sha256,
        codeSize: size,
        lastModified: now,
        revisionId: randomUUID(),
      };
      if (input.DryRun) return updatedConfiguration(latest);
      const changed = { ...found, latest };
      const published = input.Publish ? publishing(changed, '', now) : undefined;
      context.functions.put(published?.changed ?? changed);
      return updatedConfiguration(published?.version ?? latest);
    });
  },
);
