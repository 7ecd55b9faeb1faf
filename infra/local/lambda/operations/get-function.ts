import { pathToFileURL } from 'node:url';
import { LOCAL } from '../../../../telemetry/topology.ts';
import { notFound } from '../errors.ts';
import { configurationOf } from '../functions/configuration.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { json, lambdaOperation, type Operation } from '../operation.ts';

/**
 * A function with a link to its code, and its tags and reserved concurrency if it has any.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */
export const getFunction = lambdaOperation(
  200,
  { FunctionName: FUNCTION_NAME, Qualifier: QUALIFIER },
  async (input, { functions, endpoint }) => {
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    const found = functions.find(name, qualifier);
    const Configuration = await configurationOf(found, input.Qualifier !== undefined);
    if (found.kind === 'own') {
      const Location = pathToFileURL(found.definition.file).href;
      return { Configuration, Code: { RepositoryType: 'S3', Location } };
    }
    const { tags, reservedConcurrency } = found.function;
    return {
      Configuration,
      Code: { RepositoryType: 'S3', Location: `${endpoint()}${archivePath(found.record.codeSha256)}` },
      ...(tags.length === 0 ? {} : { Tags: Object.fromEntries(tags) }),
      ...(reservedConcurrency === null
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    };
  },
  "The link to the code leads to this port and does not expire; that of the kit's own functions is the file's.",
);

/** As a presigned link names its service, so does this one. */
function archivePath(codeSha256: string): string {
  const hexadecimal = Buffer.from(codeSha256, 'base64').toString('hex');
  const scope = encodeURIComponent(`wildrydes/20150331/${LOCAL.region}/lambda/aws4_request`);
  return `/snapshots/${hexadecimal}?X-Amz-Credential=${scope}`;
}

/** What such a link leads to. */
export const getArchive: Operation = ({ names }, { functions }) => {
  const archive = functions.code.archive(names.Sha256 ?? '');
  if (archive === undefined) throw notFound('The code is gone.');
  return { ...json({}), headers: { 'Content-Type': 'application/zip' }, body: archive };
};
